package org.slubcheck.catalogue;

import static org.slubcheck.verdict.Technique.BOOT;
import static org.slubcheck.verdict.Technique.FAULT;
import static org.slubcheck.verdict.Technique.LOCKDEP;
import static org.slubcheck.verdict.Technique.MODEL;
import static org.slubcheck.verdict.Technique.PROPERTY;
import static org.slubcheck.verdict.Technique.STRESS;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slubcheck.defects.Defect;
import org.slubcheck.defects.Defects;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.verdict.Technique;

/**
 * The work list: every defect, the techniques that must find it, and what each of them runs.
 *
 * <p>A subject is a scenario's id for {@link Technique#MODEL}, {@link Technique#STRESS} and {@link
 * Technique#LOCKDEP}, and {@code Suite.property} of the properties module for the others.
 */
public final class Catalogue {
    /**
     * A defect and where it is looked for.
     *
     * @param defect the defect
     * @param subjects what each technique runs; the defect's best technique is among them
     */
    public record Entry(Defect<?> defect, Map<Technique, String> subjects) {
        /** The engines whose code the defect is in, in the order of {@link KernelConfig#ENGINES}. */
        public List<String> engines() {
            return enginesWith(defect.step().name());
        }
    }

    private static final String BOOT_IS_SOUND = "BootProperties.bootIsSound";
    private static final String BOOT_FAULTS = "FaultProperties.everyBootAllocationMayFail";
    private static final String CALL_FAULTS = "FaultProperties.everyCallAllocationMayFail";

    private static final String ONE_NODE_HAS_ALL = "BootProperties.oneNodeMayHaveAllMemory";

    private static final String EARLY_RESERVE = "PercpuProperties.earlyReserveEndsInTime";
    private static final String PERCPU_BOOT = "PercpuProperties.areasOutliveTheBoot";
    private static final String NUMA_IS_SOUND = "NumaProperties.machineStaysSound";

    private static final List<Entry> ENTRIES = new Builder().fill().build();

    private Catalogue() {}

    /** The engines that have a step: its name begins with the part of the kernel that it is in. */
    static List<String> enginesWith(String step) {
        return KernelConfig.ENGINES.stream()
                .filter(
                        engine ->
                                switch (step.substring(0, step.indexOf('.'))) {
                                    case "slubq" -> engine.equals("slubq");
                                    case "slub" ->
                                            step.startsWith("slub.lockless.")
                                                    ? engine.equals("slub-lockless")
                                                    : engine.startsWith("slub")
                                                            && !engine.equals("slubq");
                                    default -> true;
                                })
                .toList();
    }

    /** All entries, in the order of the catalogue. */
    public static List<Entry> entries() {
        return ENTRIES;
    }

    /** The entry of a defect's id, upper or lower case. */
    public static Optional<Entry> byId(String id) {
        return ENTRIES.stream().filter(e -> e.defect().id().equalsIgnoreCase(id)).findFirst();
    }

    private static final class Builder {
        private final Map<String, Map<Technique, String>> subjects = new LinkedHashMap<>();

        Builder fill() {
            add("B01", BOOT, BOOT_IS_SOUND);
            add("B02", BOOT, "SlubProperties.bootIsSound");
            add("B03", BOOT, "SlubProperties.fullBootSlabsHaveTheirOwner");
            add("B06", BOOT, "SlubProperties.bootIsSound");
            add("B04", BOOT, BOOT_IS_SOUND);
            add("B05", BOOT, BOOT_IS_SOUND);
            add("B07", PROPERTY, BOOT_IS_SOUND);
            add("B08", FAULT, BOOT_FAULTS);
            add("B09", PROPERTY, "BootProperties.bootCachesAreNotShared");
            add("Q01", MODEL, "window-vs-resize");
            add("Q02", MODEL, "walk-vs-resize");
            add("Q03", STRESS, "stat-vs-resize");
            add("Q03", MODEL, "stat-vs-resize");
            add("Q04", STRESS, "shrink-vs-alloc");
            add("Q04", MODEL, "shrink-vs-alloc");
            add("Q04a", MODEL, "resize-vs-user");
            add("Q04a", STRESS, "resize-vs-user");
            add("Q04r", MODEL, "shrink-vs-alloc");
            add("Q05", MODEL, "destroy-vs-create");
            add("Q06", MODEL, "alias-vs-destroy");
            add("Q07", FAULT, CALL_FAULTS);
            add("B10", BOOT, BOOT_IS_SOUND);
            add("B13", BOOT, BOOT_IS_SOUND);
            add("B16", BOOT, ONE_NODE_HAS_ALL);
            add("B17", BOOT, "DebugProperties.theOptionReachesItsCaches");
            add("Q12", BOOT, "BootProperties.dmaIsServedOnceUp");
            add("Q21", PROPERTY, "BootProperties.dmaIsServedOnEveryNode");
            add("Q22", BOOT, ONE_NODE_HAS_ALL);
            add("B14", BOOT, "BootProperties.uniqueIdsAreUnique");
            add("Q10", BOOT, "BootProperties.cachesMayGoBeforeSysfsIsUp");
            add("Q14", FAULT, CALL_FAULTS);
            add("Q18", BOOT, BOOT_IS_SOUND);
            add("U10", MODEL, "read-vs-alloc");
            add("U11", MODEL, "validate-vs-free");
            add("U4", FAULT, CALL_FAULTS);
            add("Q08", LOCKDEP, "read-vs-destroy");
            add("Q08", MODEL, "read-vs-destroy");
            add("Q09", LOCKDEP, "destroy-vs-cpu-down");
            add("Q09", MODEL, "destroy-vs-cpu-down");
            add("U1", LOCKDEP, "destroy-vs-cpu-up");
            add("U1", MODEL, "destroy-vs-cpu-up");
            add("U2a", MODEL, "recreate-vs-worker");
            add("U2b", LOCKDEP, "shrink-vs-destroy-vs-cpu-up");
            add("U2b", MODEL, "shrink-vs-destroy-vs-cpu-up");
            add("U2c", PROPERTY, NUMA_IS_SOUND);
            add("U2d", MODEL, "recreate-vs-worker");
            add("Q11", MODEL, "dma-first-use");
            add("Q11", STRESS, "dma-first-use");
            add("Q13", PROPERTY, "BootProperties.uniqueIdsAreUnique");
            add("Q15", MODEL, "dma-late-vs-create");
            add("Q16", FAULT, BOOT_FAULTS);
            add("Q17", BOOT, BOOT_IS_SOUND);
            add("Q19", PROPERTY, "ApiProperties.allocationSucceedsWhileMemoryIsFree");
            add("Q20", PROPERTY, NUMA_IS_SOUND);
            add("F01", PROPERTY, "ApiProperties.failedCheckKeepsIrqState");
            add("F02", MODEL, "migrating-refill");
            add("F02", PROPERTY, "ApiProperties.migrationLosesNothing");
            add("F03", PROPERTY, "ApiProperties.migrationLosesNothing");
            add("F03", MODEL, "migrating-to-node");
            add("F04", MODEL, "shared-take");
            add("F05", PROPERTY, "SharedQueueProperties.blockHoldsItsQueues");
            add("F06", PROPERTY, "ApiProperties.batchStaysWithinTheQueue");
            add("F07", MODEL, "shrink-vs-shrink");
            add("F08", FAULT, CALL_FAULTS);
            add("F09", LOCKDEP, "destroy-vs-create");
            add("F10", PROPERTY, NUMA_IS_SOUND);
            add("F11", LOCKDEP, "remote-refill-vs-drain");
            add("F11", MODEL, "remote-refill-vs-drain");
            add("F12", MODEL, "remote-alloc-vs-removal");
            add("F13", MODEL, "remote-free-vs-alien-resize");
            add("B11", PROPERTY, "NumaProperties.machineStaysSoundWhileItChanges");
            add("B12", BOOT, "MemoryProperties.memoryMayComeAtAnyTime");
            add("B15", BOOT, "MemoryProperties.memoryMayComeAtAnyTime");
            add("U3", LOCKDEP, "read-vs-memory-notifier");
            add("U3", MODEL, "read-vs-memory-notifier");
            add("U3a", MODEL, "validate-vs-memory-offline");
            add("F15", MODEL, "removal-vs-cpu-up");
            add("F16", PROPERTY, NUMA_IS_SOUND);
            add("F17", PROPERTY, NUMA_IS_SOUND);
            add("F18", PROPERTY, "NumaProperties.aBadFreeIsReportedOnce");
            add("F19", PROPERTY, NUMA_IS_SOUND);
            add("F20", LOCKDEP, "expire-vs-irq-free");
            add("F21", MODEL, "expire-vs-removal");
            add("F22", LOCKDEP, "kswapd-vs-create");
            add("F22", MODEL, "create-under-pressure");
            add("F23", BOOT, "BootProperties.earlyReserveIsChecked");
            add("E01", BOOT, "EarlyProperties.pagesHaveOneOwner");
            add("E02", BOOT, "EarlyProperties.earlySlabsSurviveMemmapInit");
            add("E03", BOOT, "EarlyProperties.whatTheLastKernelLeftIsForgotten");
            add("E04", BOOT, "EarlyProperties.oneCallIsEnough");
            add("E05", PROPERTY, "EarlyProperties.dmaIsServedEarly");
            add("E06", PROPERTY, "EarlyProperties.earlyBlocksGoBack");
            add("E07", PROPERTY, "EarlyProperties.theNearestNodeServes");
            add("P01", BOOT, EARLY_RESERVE);
            add("P02", PROPERTY, EARLY_RESERVE);
            add("P03", PROPERTY, PERCPU_BOOT);
            add("P04", BOOT, PERCPU_BOOT);
            add("P05", BOOT, PERCPU_BOOT);
            add("P06", MODEL, "percpu-free-vs-extend");
            add("P07", PROPERTY, PERCPU_BOOT);
            add("P08", BOOT, PERCPU_BOOT);
            add("U7", MODEL, "lockless-free-vs-migration");
            add("U8", MODEL, "lockless-partial-vs-free");
            add("U9", MODEL, "lockless-alloc-vs-flush");
            add("U12", MODEL, "lockless-free-vs-get-page");
            add("U15", PROPERTY, "DebugProperties.aDamagedSlabStaysListed");
            add("U17", PROPERTY, "DebugProperties.shrinkSortsTheSlabsOfEveryNode");
            add("U18", PROPERTY, "ApiProperties.creatingACacheInterruptsNobody");
            add("U10s", MODEL, "slub-count-vs-alloc");
            add("O01", MODEL, "shrink-vs-resize");
            return this;
        }

        private void add(String id, Technique technique, String subject) {
            subjects.computeIfAbsent(id, any -> new LinkedHashMap<>()).put(technique, subject);
        }

        List<Entry> build() {
            List<Entry> entries = new ArrayList<>();
            for (Defect<?> defect : Defects.all()) {
                Map<Technique, String> where = subjects.getOrDefault(defect.id(), Map.of());
                if (!where.containsKey(defect.best())) {
                    throw new IllegalStateException(
                            defect.id() + " is not looked for where it must be");
                }
                entries.add(new Entry(defect, Map.copyOf(where)));
            }
            return List.copyOf(entries);
        }
    }
}
