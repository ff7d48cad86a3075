package org.slubcheck.slubq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;
import org.slubcheck.kernel.Census;
import org.slubcheck.machine.Machine;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.SlabConfig;
import org.slubcheck.slab.SlabInfo;

/**
 * Random work on random topologies, with shared and alien queues that come, go and change their
 * size: every object stays in one place and on its node, and in the end every page is back.
 */
class NumaPropertiesTest {
    /** A machine; groups of CPUs may span nodes or split them. */
    record Topology(int nodes, int cpus, int groups, boolean stats, long debug) {
        NumaRig boot(boolean shared, Steps steps) {
            SlabConfig config = NumaRig.config().withStats(stats).withDebugFlags(debug);
            return NumaRig.on(
                    NumaRig.geometry(nodes, cpus, groups), config.withSharedQueues(shared), steps);
        }
    }

    /** What can be done; the numbers are taken modulo what there is. */
    enum Kind {
        ALLOC,
        FREE,
        FREE_IN_INTERRUPT,
        SHARED_SIZE,
        ALIEN_SIZE,
        QUEUE_SIZE,
        EXPIRE,
        EXPIRE_ALL,
        SHRINK,
        READ
    }

    record Op(Kind kind, int cpu, int number) {}

    @Provide
    Arbitrary<Topology> topologies() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.integers().between(1, 8),
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.of(true, false),
                        Arbitraries.of(0L, 0L, Booted.allDebug()))
                .as(Topology::new);
    }

    @Provide
    Arbitrary<List<Op>> ops() {
        Arbitrary<Kind> kinds =
                Arbitraries.frequencyOf(
                        Tuple.of(10, Arbitraries.just(Kind.ALLOC)),
                        Tuple.of(7, Arbitraries.just(Kind.FREE)),
                        Tuple.of(2, Arbitraries.just(Kind.FREE_IN_INTERRUPT)),
                        Tuple.of(3, Arbitraries.of(Kind.class)));
        return Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(0, 7),
                        Arbitraries.integers().between(0, 9999))
                .as(Op::new)
                .list()
                .ofMinSize(20)
                .ofMaxSize(250);
    }

    /** 60 machines with up to 250 calls of up to 12 objects: 10 s. */
    @Property(tries = 60)
    void everyObjectKeepsItsPlaceAndItsNode(
            @ForAll("topologies") Topology topology, @ForAll("ops") List<Op> ops) {
        NumaRig rig = topology.boot(true, Steps.mainline());
        Map<Long, Integer> nodes = new TreeMap<>();
        for (int i = 0; i < ops.size(); i++) {
            run(rig, ops.get(i), nodes);
            if (i % 25 == 0) {
                rig.assertSound();
            }
        }
        rig.assertSound();
        rig.held.forEach(o -> assertThat(rig.nodeOf(o)).isEqualTo(nodes.get(o)));
        rig.freeAll(0);
        rig.expireAll();
        assertThat(rig.slabs()).as("every page is back").isZero();
        rig.assertSound();
        rig.kernel.slab().destroy(rig.task(0), rig.s);
        rig.assertSound();
    }

    /**
     * The same calls with shared and alien queues, with shared ones alone and without any: the same
     * objects are live, by call and by node, and behind a full flush the slabs account for these and
     * no more. Which slab an object is in depends on the queues, so slabs are compared when nothing
     * is live. 40 times three machines: 8 s.
     */
    @Property(tries = 40)
    void queuesChangeNothingThatACallerCanSee(
            @ForAll("topologies") Topology topology, @ForAll("ops") List<Op> ops) {
        NumaRig both = topology.boot(true, Steps.mainline());
        NumaRig sharedAlone = topology.boot(true, Steps.mainline());
        sharedAlone.engine.setAlienQueueSize(sharedAlone.task(0), sharedAlone.s, 0);
        NumaRig none = topology.boot(false, Steps.mainline());
        List<NumaRig> rigs = List.of(both, sharedAlone, none);
        for (Op op : ops) {
            if (op.kind.ordinal() <= Kind.FREE_IN_INTERRUPT.ordinal() || op.kind == Kind.SHRINK) {
                rigs.forEach(rig -> run(rig, op, new TreeMap<>()));
            }
        }
        rigs.forEach(rig -> assertThat(rig.engine.shrink(rig.task(0), rig.s)).isZero());
        List<Long> inuse = inuse(none);
        List<Integer> nodes = nodesOfHeld(none);
        for (NumaRig rig : List.of(none, sharedAlone, both)) {
            assertThat(nodesOfHeld(rig)).isEqualTo(nodes);
            assertThat(inuse(rig)).isEqualTo(inuse);
            rig.assertSound();
            rig.freeAll(0);
            assertThat(rig.engine.shrink(rig.task(0), rig.s)).isZero();
            assertThat(rig.slabs()).isZero();
        }
    }

    /** A machine whose drain of shared queues forgets a batch is seen by the same property. */
    @Test
    void aMachineThatLosesObjectsIsSeen() {
        Steps bad =
                Steps.mainline()
                        .with(
                                SlubqNumaSteps.FORGET,
                                (k, t, s, shift) -> {
                                    for (int cpu = 0; cpu < k.geometry.cpus(); cpu++) {
                                        long q = k.queueOf(SharedCache.area(k, s, cpu));
                                        k.m.storeRelease(q + KmemCacheQueue.SHARED, 0);
                                    }
                                });
        NumaRig rig = new Topology(2, 4, 2, false, 0).boot(true, bad);
        for (int i = 0; i < 60; i++) {
            rig.alloc(i % 4, -1);
        }
        rig.freeAll(0);
        assertThat(rig.store("shared_queue_size", "0")).isZero();
        assertThat(Census.of(rig.kernel, new long[0])).anyMatch(w -> w.contains("it is lost"));
    }

    /** Nothing that the watched machine does is a race, a bad access or a broken lock rule. */
    @Property(tries = 8)
    void theWatchedMachineReportsNothing(
            @ForAll("topologies") Topology topology, @ForAll("ops") List<Op> ops) {
        NumaRig rig =
                NumaRig.checked(
                        NumaRig.geometry(topology.nodes, topology.cpus, topology.groups),
                        NumaRig.config());
        ops.forEach(op -> run(rig, op, new TreeMap<>()));
        rig.freeAll(0);
        rig.expireAll();
        rig.assertSound();
    }

    private static void run(NumaRig rig, Op op, Map<Long, Integer> nodes) {
        int cpus = rig.kernel.geometry().cpus();
        int cpu = op.cpu % cpus;
        switch (op.kind) {
            case ALLOC -> alloc(rig, cpu, op.number, nodes);
            case FREE -> {
                for (int i = 0; i < op.number % 12 && !rig.held.isEmpty(); i++) {
                    rig.free(cpu, rig.held.get(op.number % rig.held.size()));
                }
            }
            case FREE_IN_INTERRUPT -> freeInInterrupt(rig, cpu, op.number);
            case SHARED_SIZE -> rig.store("shared_queue_size", "" + op.number % 60);
            case ALIEN_SIZE -> rig.store("alien_queue_size", "" + op.number % 40);
            case QUEUE_SIZE -> rig.store("cpu_queue_size", "" + op.number % 30);
            case EXPIRE ->
                    rig.engine.expire(
                            rig.task(cpu), rig.s, op.number % rig.kernel.geometry().nodes() - 1);
            case EXPIRE_ALL -> rig.engine.expireAll(rig.task(cpu), -1);
            case SHRINK -> rig.engine.shrink(rig.task(cpu), rig.s);
            case READ -> {
                rig.show("shared_caches");
                rig.show("alien_queue_size");
                rig.show("alien_caches");
                SlabInfo.show(rig.kernel.slab(), rig.task(cpu));
            }
        }
    }

    /** Objects in a row; every third row is of a node that the caller names. */
    private static void alloc(NumaRig rig, int cpu, int number, Map<Long, Integer> nodes) {
        int count = rig.kernel.geometry().nodes();
        boolean named = number % 3 == 0;
        int node = named ? number % count : -1;
        int expected = named ? node : rig.kernel.geometry().nodeOfCpu(cpu);
        for (int i = 0; i < number % 12; i++) {
            long object = rig.alloc(cpu, node);
            assertThat(object).isNotZero();
            assertThat(rig.nodeOf(object)).isEqualTo(expected);
            nodes.put(object, expected);
        }
    }

    private static void freeInInterrupt(NumaRig rig, int cpu, int number) {
        if (!rig.held.isEmpty()) {
            long object = rig.held.remove(number % rig.held.size());
            Task task = rig.task((cpu + 1) % rig.kernel.geometry().cpus());
            Machine.IpiHandler free = irq -> rig.kernel.slab().free(irq, rig.s, object);
            rig.kernel.machine().interrupt(task, cpu, free);
        }
    }

    private static List<Integer> nodesOfHeld(NumaRig rig) {
        List<Integer> nodes = new ArrayList<>();
        rig.held.forEach(object -> nodes.add(rig.nodeOf(object)));
        return nodes;
    }

    private static List<Long> inuse(NumaRig rig) {
        List<Long> inuse = new ArrayList<>();
        for (int node = 0; node < rig.kernel.geometry().nodes(); node++) {
            inuse.add(SlabInfo.counts(rig.kernel.slab(), rig.task(0), rig.s, node).inuse());
        }
        return inuse;
    }
}
