package org.slubcheck.properties;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.SlabFlags;

/**
 * Every allocation fails once: for each kind of allocation and each K, the K-th of an otherwise
 * healthy run. Nothing is drawn by chance; a clean verdict speaks of all cases of these machines.
 */
@AddLifecycleHook(Handover.class)
final class FaultProperties {
    private final Subject subject = Subject.current();
    private long cases;

    private static List<KernelConfig> machines() {
        List<KernelConfig> machines = new ArrayList<>();
        for (Geometry g : List.of(Geometry.micro(), Geometry.small(), Geometry.numa(4))) {
            KernelConfig config = KernelConfig.of(g).withFaults(true);
            machines.add(config.with(config.slab().withFailslab(true)));
        }
        KernelConfig small = machines.get(1);
        machines.add(small.with(small.slab().withDebugFlags(SlabFlags.DEBUG_METADATA)));
        machines.add(small.with(small.slab().withDmaLate(true).withSysfs(false)));
        return machines;
    }

    /**
     * A boot that lacks memory either says so and stops (panic, BUG) or comes up with everything in
     * order. It never faults and never hangs.
     */
    @Example
    void everyBootAllocationMayFail() {
        for (KernelConfig config : machines()) {
            Rig whole = boot(config, null, 0);
            judge(whole.wrong(), whole.story());
            for (Faults.Kind kind : Faults.Kind.values()) {
                long attempts = whole.kernel().faults().attempts(kind);
                for (long k = 1; k <= attempts; k++) {
                    Rig rig = boot(config, kind, k);
                    cases++;
                    judge(rig.stopped() ? rig.wrongBeforeItStopped() : rig.wrong(), rig.story());
                }
            }
        }
        subject.exhausted(cases);
    }

    private Rig boot(KernelConfig config, Faults.Kind kind, long k) {
        String fault =
                kind == null ? "" : ", the " + FaultSweep.nth(k) + " " + kind.label() + " fails";
        Rig rig = Rig.off("boot " + config.geometry().name() + fault, config, subject.steps());
        if (kind != null) {
            rig.kernel().faults().failAt(kind, k);
        }
        rig.boot();
        return rig;
    }

    /**
     * A call that lacks memory says so, changes nothing, leaks nothing, holds nothing, and works
     * when it is made again.
     */
    @Example
    void everyCallAllocationMayFail() {
        for (KernelConfig config : machines()) {
            Rig booted = subject.boot("boot " + config.geometry().name(), config);
            judge(booted.wrong(), booted.story());
            for (ApiCall call : ApiCall.common()) {
                Rig warm = booted.fork();
                long[] attempts = warmUp(warm, call);
                for (Faults.Kind kind : Faults.Kind.values()) {
                    for (long k = 1; k <= attempts[kind.ordinal()]; k++) {
                        fail(warm.fork(), call, kind, k);
                    }
                }
            }
        }
        subject.exhausted(cases);
    }

    /** Runs a call without a fault, so that it has its caches warm; returns its attempts by kind. */
    private long[] warmUp(Rig rig, ApiCall call) {
        Task task = rig.task(0);
        rig.shrinkAll();
        long prepared = call.prepare(rig, task);
        Faults faults = rig.kernel().faults();
        long[] attempts = new long[Faults.Kind.values().length];
        for (Faults.Kind kind : Faults.Kind.values()) {
            attempts[kind.ordinal()] = -faults.attempts(kind);
        }
        long result = rig.call(task, call.text(), () -> call.run(rig, task, prepared));
        for (Faults.Kind kind : Faults.Kind.values()) {
            attempts[kind.ordinal()] += faults.attempts(kind);
        }
        rig.require(call.succeeded(result), call.text() + " fails although memory is free");
        call.undo(rig, task, prepared, result);
        rig.shrinkAll();
        judge(rig.wrong(), rig.story());
        return attempts;
    }

    private void fail(Rig rig, ApiCall call, Faults.Kind kind, long k) {
        cases++;
        Task task = rig.task(0);
        long pages = rig.kernel().pages().freePages();
        long percpu = rig.kernel().percpu().allocatedBytes();
        long prepared = call.prepare(rig, task);
        rig.note("the " + FaultSweep.nth(k) + " " + kind.label() + " of the next call fails");
        rig.kernel().faults().failAt(kind, k);
        long result = rig.call(task, call.text(), () -> call.run(rig, task, prepared));
        rig.kernel().faults().failAt(kind, 0);
        rig.require(
                call.succeeded(result) || call.failed(result),
                call.text() + " returns " + result + " for want of memory");
        judge(rig.wrong(call.held(prepared, result)), rig.story());
        call.undo(rig, task, prepared, result);
        judge(rig.wrong(), rig.story());

        long again = call.prepare(rig, task);
        long next = rig.call(task, call.text(), () -> call.run(rig, task, again));
        rig.require(call.succeeded(next), call.text() + " fails although memory is free again");
        call.undo(rig, task, again, next);
        rig.shrinkAll();
        rig.require(
                rig.kernel().pages().freePages() == pages,
                "free pages: " + pages + " before, " + rig.kernel().pages().freePages() + " after");
        rig.require(
                rig.kernel().percpu().allocatedBytes() == percpu,
                "per-CPU bytes in use: "
                        + percpu
                        + " before, "
                        + rig.kernel().percpu().allocatedBytes()
                        + " after");
        judge(rig.wrong(), rig.story());
    }

    private void judge(List<String> wrong, List<String> story) {
        if (!wrong.isEmpty()) {
            subject.failedAfter(Math.max(1, cases));
        }
        subject.judge(wrong, story);
    }
}
