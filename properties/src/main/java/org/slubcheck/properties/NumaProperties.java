package org.slubcheck.properties;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.Slab;

/** Sequences of calls on machines with several nodes, shared and alien queues. */
@AddLifecycleHook(Handover.class)
final class NumaProperties {
    private static final String MISALIGNED = "Misaligned object";

    private final Subject subject = Subject.current();

    @Provide
    Arbitrary<Topology> machines() {
        return Topology.any();
    }

    @Provide
    Arbitrary<Topology> bareMachines() {
        return Topology.bare();
    }

    @Provide
    Arbitrary<List<NumaOp>> steps() {
        return NumaOp.sequences();
    }

    @Provide
    Arbitrary<Topology> lateMachines() {
        return Topology.withLateMemory();
    }

    @Provide
    Arbitrary<List<NumaOp>> hotplugSteps() {
        return NumaOp.hotplugSequences();
    }

    @Provide
    Arbitrary<List<NumaOp>> plainSteps() {
        return NumaOp.plainSequences();
    }

    /** Whatever queues come, go and overflow: every object is in one place and on its node. */
    @Property
    void machineStaysSound(
            @ForAll("machines") Topology machine, @ForAll("steps") List<NumaOp> steps) {
        if (!subject.tired()) {
            run(machine, steps);
        }
    }

    private NumaWorld run(Topology machine, List<NumaOp> steps) {
        NumaWorld world = new NumaWorld(subject.machine(machine));
        for (NumaOp op : steps) {
            world.apply(op);
            subject.judge(world.wrong(), world.story());
        }
        return world;
    }

    /** When all objects are freed, expiry finds every one of them, and every page is back. */
    @Property
    void fullExpiryGivesEveryPageBack(
            @ForAll("machines") Topology machine, @ForAll("steps") List<NumaOp> steps) {
        if (subject.tired()) {
            return;
        }
        expiresToNothing(run(machine, steps));
    }

    private void expiresToNothing(NumaWorld world) {
        world.freeAll();
        world.expireFully();
        world.require(
                world.slabs() == 0, world.slabs() + " slabs are left of objects that are free");
        subject.judge(world.wrong(), world.story());
    }

    /**
     * While CPUs and memory come and go every object stays in one place and on its node, no queue of a
     * CPU that is gone keeps any; and in the end expiry finds all that is free.
     */
    @Property
    void machineStaysSoundWhileItChanges(
            @ForAll("lateMachines") Topology machine, @ForAll("hotplugSteps") List<NumaOp> steps) {
        if (subject.tired()) {
            return;
        }
        expiresToNothing(run(machine, steps));
    }

    /**
     * The same calls with shared and alien queues and without: what is live is the same, by call and
     * by node; and behind a full flush the slabs account for that and no more.
     */
    @Property
    void queuesChangeNothingThatACallerSees(
            @ForAll("machines") Topology machine, @ForAll("plainSteps") List<NumaOp> steps) {
        if (subject.tired()) {
            return;
        }
        NumaWorld with = run(machine, steps);
        NumaWorld without = run(machine.withoutQueues(), steps);
        with.shrinkAll();
        without.shrinkAll();
        List<String> seen = with.visible();
        List<String> expected = without.visible();
        with.require(seen.equals(expected), "with queues " + seen + ", without " + expected);
        for (NumaWorld world : List.of(with, without)) {
            world.freeAll();
            world.shrinkAll();
            world.require(world.slabs() == 0, world.slabs() + " slabs are left without objects");
            subject.judge(world.wrong(), world.story());
        }
    }

    /**
     * A pointer into the middle of an object is freed, which nothing but debugging sees at once. It
     * is reported when it comes back to its slab, once, and whatever was queued behind it goes back
     * to the slab all the same.
     */
    @Property
    void aBadFreeIsReportedOnce(
            @ForAll("bareMachines") Topology machine,
            @ForAll @IntRange(min = 2, max = 6) int objects,
            @ForAll @IntRange(min = 0, max = 5) int which) {
        if (subject.tired()) {
            return;
        }
        Rig rig = subject.machine(machine);
        Kernel k = rig.kernel();
        Slab slab = k.slab();
        Task task = rig.task(0);
        long s =
                rig.call(
                        task,
                        "kmem_cache_create(\"own\", 32, 0, 0, NULL)",
                        () -> slab.create(task, "own", 32, 0, 0, 0));
        List<Long> held = new ArrayList<>();
        for (int i = 0; i < objects; i++) {
            held.add(
                    rig.call(task, "kmem_cache_alloc(own)", () -> slab.alloc(task, s, Gfp.KERNEL)));
        }
        int bad = which % objects;
        int reports = k.reports().size();
        for (int i = 0; i < objects; i++) {
            long p = held.get(i) + (i == bad ? Long.BYTES : 0);
            String text = "kmem_cache_free(own, " + ApiCall.hex(p) + ")";
            rig.run(task, text, () -> slab.free(task, s, p));
        }
        rig.run(task, "flush_all(own)", () -> slab.engine().flushAll(task, s));
        rig.expect(reports, MISALIGNED, 1);
        long times =
                k.reports().subList(reports, k.reports().size()).stream()
                        .filter(report -> report.contains(MISALIGNED))
                        .count();
        rig.require(times <= 1, "one misaligned free is reported " + times + " times");
        rig.require(
                rig.dead() || KmemCache.refcount(k.memory(), s) == 1, "the cache lost its owner");
        rig.giveUp(List.of(held.get(bad)));
        subject.judge(rig.wrong(), rig.story());
    }
}
