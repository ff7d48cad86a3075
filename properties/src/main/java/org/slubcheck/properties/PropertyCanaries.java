package org.slubcheck.properties;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.defects.Suspect;
import org.slubcheck.machine.Step;
import org.slubcheck.machine.Steps;
import org.slubcheck.mm.EarlySteps;
import org.slubcheck.mm.PercpuSteps;
import org.slubcheck.slab.HotplugSteps;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabSteps;
import org.slubcheck.slubq.SlubqNumaSteps;
import org.slubcheck.slubq.SlubqSteps;
import org.slubcheck.slubq.Tunables;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * Proves, in the JVM that is about to judge, that properties, boot sequences and fault injection see
 * what they must and accuse nobody falsely: machines with mistakes that nobody has reported, one
 * step replaced in each, and the right machine beside each. A clean verdict of a technique counts
 * only after all of its canaries.
 */
public final class PropertyCanaries {
    private static final String MODEL = "ApiProperties.machineStaysSound";
    private static final String HOTPLUG = "NumaProperties.machineStaysSoundWhileItChanges";
    private static final String EXPIRY = "NumaProperties.fullExpiryGivesEveryPageBack";
    private static final String BOOT = "BootProperties.bootIsSound";
    private static final String BOOT_ORDER = "BootOrderProperties.documentedOrdersAreAccepted";
    private static final String EARLY_BOOT_ORDER =
            "BootOrderProperties.documentedOrdersAreAcceptedEarly";
    private static final String FAULTS = "FaultProperties.everyCallAllocationMayFail";

    /** Bad machines show within 30 tries; finding one and making it small takes 1 to 4 s. */
    private static final int TRIES = 200;

    /** The right machine: 0.5 s. */
    private static final int FIXED_TRIES = 20;

    /**
     * A canary.
     *
     * @param name the mistake in a word or two
     * @param fixed whether it is the right machine
     * @param technique what it is a canary of
     * @param subject the property that looks at it
     * @param step where the mistake is
     * @param steps the machine's code
     */
    public record Twin(
            String name,
            boolean fixed,
            Technique technique,
            String subject,
            Step<?> step,
            Steps steps) {

        /** The id of its verdict. */
        public String id() {
            return Verdict.CANARY + name;
        }

        /** Runs it. */
        public Verdict run(long seed) {
            return PropertyRunner.run(
                    new Suspect(id(), fixed, steps, step, null, null),
                    technique,
                    subject,
                    fixed ? FIXED_TRIES : TRIES,
                    seed);
        }
    }

    /** All of them: none may be missing where a clean verdict is to count. */
    public static final List<Twin> ALL = new Builder().fill().build();

    private PropertyCanaries() {}

    private static final class Builder {
        private final List<Twin> twins = new ArrayList<>();

        Builder fill() {
            add(
                    "resize-forgets-objects",
                    Technique.PROPERTY,
                    MODEL,
                    SlubqSteps.FLUSH_OLD,
                    (k, t, s, old) -> {});
            add(
                    "resize-keeps-tunables",
                    Technique.PROPERTY,
                    MODEL,
                    SlubqSteps.PUBLISH,
                    (k, t, s, area, queue, flushOld) -> {
                        k.memory().storeRelease(s + KmemCache.CPU, area);
                        flushOld.run();
                    });
            add(
                    "any-batch-will-do",
                    Technique.PROPERTY,
                    MODEL,
                    SlubqSteps.BATCH_CHECK,
                    (batch, queue) -> batch < Tunables.MIN_QUEUE);
            add(
                    "destroy-never-unlocks",
                    Technique.PROPERTY,
                    MODEL,
                    SlabSteps.DESTROY_UNLOCK,
                    (k, t, moment) -> {});
            add(
                    "expiry-passes-over-alien-queues",
                    Technique.PROPERTY,
                    EXPIRY,
                    SlubqNumaSteps.SKIP_QUEUE,
                    queue -> true);
            add(
                    "memory-comes-unprepared",
                    Technique.PROPERTY,
                    HOTPLUG,
                    HotplugSteps.NODE_NEEDED,
                    (k, s, node) -> false);
            add(
                    "boot-caches-unreferenced",
                    Technique.BOOT,
                    BOOT,
                    SlabSteps.BOOT_REFCOUNT,
                    (k, t, s) -> KmemCache.setRefcount(k.memory(), s, 0));
            add(
                    "early-map-stays-for-ever",
                    Technique.BOOT,
                    BOOT_ORDER,
                    PercpuSteps.TARGET_CHUNKS,
                    (first, reserved) -> new long[1]);
            add(
                    "memmap-init-resets-slabs",
                    Technique.BOOT,
                    EARLY_BOOT_ORDER,
                    EarlySteps.MEMMAP_GUARD,
                    taken -> false);
            add(
                    "failed-create-keeps-irqs-off",
                    Technique.FAULT,
                    FAULTS,
                    SlabSteps.CREATE_ERROR_EXIT,
                    (k, t) -> {
                        k.upWrite(t);
                        k.machine().irqSave(t);
                    });
            return this;
        }

        private <F> void add(
                String name, Technique technique, String subject, Step<F> step, F mistake) {
            Steps right = Steps.mainline();
            twins.add(new Twin(name, false, technique, subject, step, right.with(step, mistake)));
            twins.add(new Twin(name, true, technique, subject, step, right));
        }

        List<Twin> build() {
            return List.copyOf(twins);
        }
    }
}
