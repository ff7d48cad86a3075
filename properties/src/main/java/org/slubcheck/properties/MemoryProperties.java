package org.slubcheck.properties;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Geometry.LateMemory;
import org.slubcheck.machine.Geometry.ZonePages;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Slab;

/** Memory that comes after the machine was switched on: while it boots, or when it runs. */
@AddLifecycleHook(Handover.class)
final class MemoryProperties {
    private static final int SIZE = 24;

    private final Subject subject = Subject.current();

    /**
     * Firmware announces memory at any point of kmem_cache_init, or the memory comes at run time. Then
     * every node serves allocations.
     *
     * @param nodes 0 for a kernel without NUMA
     * @param late nodes whose memory is late; all of them boot in ZONE_DMA
     * @param point where it is announced; 0 for at run time
     */
    @Property
    void memoryMayComeAtAnyTime(
            @ForAll @IntRange(min = 0, max = 4) int nodes,
            @ForAll @IntRange(min = 1, max = 4) int late,
            @ForAll @IntRange(min = 1, max = 4) int cpus,
            @ForAll @IntRange(min = 0, max = 5) int point) {
        if (subject.tired()) {
            return;
        }
        Geometry geometry = geometry(nodes, Math.min(late, Math.max(1, nodes)), cpus, point);
        String name =
                String.format(
                        "boot %s cpus=%d memory of %d comes %s",
                        nodes == 0 ? "UMA" : "NUMA nodes=" + nodes,
                        cpus,
                        geometry.late().nodes(),
                        point == 0 ? "later" : "at point " + point);
        Rig rig = Rig.up(name, KernelConfig.of(geometry), subject.steps());
        subject.judge(rig.wrong(), rig.story());
        Kernel k = rig.kernel();
        Task task = rig.task(0);
        for (int node = 0; node < geometry.nodes() && point == 0; node++) {
            int comes = node;
            long error =
                    rig.call(
                            task,
                            "online_pages(node " + node + ")",
                            () -> k.slab().memoryHotplug().online(task, comes) ? 0 : -1);
            rig.require(error == 0 == geometry.isLate(node), "node " + node + " does not come");
        }
        subject.judge(rig.wrong(), rig.story());
        everyNodeServes(rig, task);
        subject.judge(rig.wrong(), rig.story());
    }

    private static Geometry geometry(int nodes, int late, int cpus, int point) {
        return new Geometry(
                        nodes == 0 ? "uma-late" : "numa-late",
                        cpus,
                        Math.max(1, nodes),
                        nodes > 0,
                        512,
                        32,
                        4,
                        new ZonePages(128, 0, 96, 0, 0),
                        16,
                        512,
                        4096,
                        64)
                .withLate(new LateMemory(late, point));
    }

    private static void everyNodeServes(Rig rig, Task task) {
        Slab slab = rig.kernel().slab();
        long s =
                rig.call(
                        task,
                        "kmem_cache_create(\"own\", " + SIZE + ", 0, 0, NULL)",
                        () -> slab.create(task, "own", SIZE, 0, 0, 0));
        List<Long> objects = new ArrayList<>();
        for (int node = 0; node < rig.kernel().geometry().nodes() && !rig.dead(); node++) {
            int of = node;
            long object =
                    rig.call(
                            task,
                            "kmem_cache_alloc_node(" + node + ", own, GFP_THISNODE)",
                            () -> slab.allocNode(task, s, Gfp.KERNEL | Gfp.THISNODE, of));
            rig.require(object != 0, "node " + node + " has no memory");
            if (object != 0) {
                objects.add(object);
            }
        }
        for (long object : objects) {
            rig.run(task, "kmem_cache_free(own)", () -> slab.free(task, s, object));
        }
        rig.run(task, "kmem_cache_destroy(own)", () -> slab.destroy(task, s));
    }
}
