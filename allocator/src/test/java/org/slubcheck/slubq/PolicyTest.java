package org.slubcheck.slubq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Geometry.ZonePages;
import org.slubcheck.machine.MemPolicy;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.SlabConfig;
import org.slubcheck.slab.SlabFlags;

/** Which node an object is from. */
class PolicyTest {
    private static final SlabConfig PLAIN = SlabConfig.defaults().withMerge(false);

    private static NumaRig rig(int nodes) {
        return NumaRig.on(NumaRig.geometry(nodes, 4, nodes), PLAIN, Steps.mainline());
    }

    @Test
    void anObjectIsOfTheCpusNodeOrOfTheOneAskedFor() {
        NumaRig rig = rig(4);
        for (int cpu = 0; cpu < 4; cpu++) {
            assertThat(rig.nodeOf(rig.alloc(cpu, -1))).isEqualTo(cpu);
            for (int node = 0; node < 4; node++) {
                assertThat(rig.nodeOf(rig.alloc(cpu, node))).isEqualTo(node);
            }
        }
        rig.assertSound();
    }

    @Test
    void kmallocNodeToo() {
        NumaRig rig = rig(2);
        long p = rig.kernel.slab().kmallocNode(rig.task(0), 60, Gfp.KERNEL, 1);
        assertThat(rig.nodeOf(p)).isEqualTo(1);
        rig.kernel.slab().kfree(rig.task(0), p);
        rig.assertSound();
    }

    @Test
    void onlyCachesThatAreMarkedFollowThePolicyObjectByObject() {
        NumaRig rig = rig(4);
        Kernel kernel = rig.kernel;
        long spread = kernel.slab().create(rig.task(0), "spread", 32, 0, SlabFlags.MEM_SPREAD, 0);
        Task t = kernel.task(2).withPolicy(MemPolicy.interleave(0, 1, 3));
        List<Integer> nodes = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            nodes.add(rig.nodeOf(kernel.slab().alloc(t, spread, Gfp.KERNEL)));
            assertThat(rig.nodeOf(kernel.slab().alloc(t, rig.s, Gfp.KERNEL))).isEqualTo(2);
        }
        assertThat(nodes).containsExactly(0, 1, 3, 0, 1, 3);
        // Who asks for a node gets it, and an interrupt has no policy.
        assertThat(rig.nodeOf(kernel.slab().allocNode(t, spread, Gfp.KERNEL, 2))).isEqualTo(2);
        int[] inInterrupt = {-1};
        kernel.machine()
                .interrupt(
                        t,
                        1,
                        irq ->
                                inInterrupt[0] =
                                        rig.nodeOf(kernel.slab().alloc(irq, spread, Gfp.ATOMIC)));
        assertThat(inInterrupt[0]).isEqualTo(1);
        Task preferring = kernel.task(0).withPolicy(MemPolicy.preferred(3));
        assertThat(rig.nodeOf(kernel.slab().alloc(preferring, spread, Gfp.KERNEL))).isEqualTo(3);
        assertThat(kernel.reports()).isEmpty();
    }

    @Test
    void anExhaustedNodeIsReplacedByAnotherUnlessItMustBeThisOne() {
        NumaRig rig = rig(2);
        Kernel kernel = rig.kernel;
        int thisNode = Gfp.KERNEL | Gfp.THISNODE | Gfp.NOWARN;
        long object;
        while ((object = kernel.slab().allocNode(rig.task(0), rig.s, thisNode, 1)) != 0) {
            rig.held.add(object);
            assertThat(rig.nodeOf(object)).isEqualTo(1);
        }
        rig.assertSound();
        assertThat(rig.nodeOf(rig.alloc(0, 1))).isZero();
        // A CPU at home there gets objects, and its queue still none of another node.
        for (int i = 0; i < 20; i++) {
            assertThat(rig.nodeOf(rig.alloc(1, -1))).isZero();
            assertThat(rig.inQueue(1)).isZero();
        }
        assertThat(kernel.slab().allocNode(rig.task(1), rig.s, thisNode, -1)).isZero();
        rig.assertSound();
        rig.freeAll(1);
        rig.assertSound();
    }

    @Test
    void aNodeWithoutMemoryUsesTheNearest() {
        NumaRig rig =
                NumaRig.on(
                        NumaRig.geometry(3, 6, 3).withPages(new ZonePages(600, 0, 0, 0, 0)),
                        NumaRig.config(),
                        Steps.mainline());
        for (int cpu = 0; cpu < 6; cpu++) {
            assertThat(rig.nodeOf(rig.alloc(cpu, -1))).isZero();
            assertThat(rig.nodeOf(rig.alloc(cpu, 2))).isZero();
        }
        assertThat(rig.inQueue(4)).as("it has a queue all the same").isPositive();
        assertThat(rig.kernel.reports().stream().filter(r -> !r.contains("Unable to allocate")))
                .isEmpty();
    }

    /** The task goes to sleep for a slab of node 0 and wakes up on a CPU of node 1. */
    @Test
    void aTaskThatMovesMixesNothing() {
        NumaRig rig = rig(2);
        Task t = rig.task(0).migratingTo(1);
        long object = rig.kernel.slab().alloc(t, rig.s, Gfp.KERNEL);
        rig.held.add(object);
        assertThat(t.cpu()).isEqualTo(1);
        rig.assertSound();
        Task back = rig.task(0).migratingTo(1);
        rig.engine.flushAll(rig.task(0), rig.s);
        rig.engine.shrink(rig.task(0), rig.s);
        long asked = rig.kernel.slab().allocNode(back, rig.s, Gfp.KERNEL | Gfp.THISNODE, 0);
        rig.held.add(asked);
        assertThat(rig.nodeOf(asked)).isZero();
        rig.assertSound();
    }
}
