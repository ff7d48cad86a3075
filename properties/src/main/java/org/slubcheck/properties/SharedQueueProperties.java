package org.slubcheck.properties;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.slubq.Slubq;

/** Shared and alien queues on machines with pages of a real size, where sizes are the kernel's. */
@AddLifecycleHook(Handover.class)
final class SharedQueueProperties {
    /** Of its own: no other cache has this flag. */
    private static final long OWN = SlabFlags.DESTROY_BY_RCU;

    private final Subject subject = Subject.current();

    @Provide
    Arbitrary<Shape> realMachines() {
        return Shapes.real();
    }

    /** The block of a cache's queues holds all that is laid out in it, on any number of nodes. */
    @Property
    void blockHoldsItsQueues(
            @ForAll("realMachines") Shape shape,
            @ForAll @IntRange(min = 8, max = 512) int size,
            @ForAll @IntRange(min = 60, max = 120) int queue) {
        if (subject.tired()) {
            return;
        }
        Rig rig = subject.machine(shape);
        Slab slab = rig.kernel().slab();
        Slubq engine = rig.kernel().slubq();
        Task task = rig.task(0);
        String create = "kmem_cache_create(\"victim\", " + size + ", SLAB_DESTROY_BY_RCU)";
        long s = rig.call(task, create, () -> slab.create(task, "victim", size, 0, OWN, 0));
        // Somebody's small objects, beside which a block that is too small would come to stand.
        long neighbour = rig.call(task, "kmalloc(16)", () -> slab.kmalloc(task, 16, Gfp.KERNEL));
        rig.call(
                task,
                "echo " + queue + " > shared_queue_size",
                () -> engine.setSharedQueueSize(task, s, queue));
        subject.judge(rig.wrong(neighbour), rig.story());
        rig.call(task, "echo 0 > shared_queue_size", () -> engine.setSharedQueueSize(task, s, 0));
        subject.judge(rig.wrong(neighbour), rig.story());
    }
}
