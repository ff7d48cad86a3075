package org.slubcheck.slub;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Errno;

/** show_slab_objects for CPU slabs: how many there are, by node. */
final class CpuSlabs {
    private CpuSlabs() {}

    /**
     * The file's text. Looks at the areas of all CPUs without a lock, while their CPUs work on them,
     * and counts by node in an array from kmalloc. May sleep.
     */
    static String show(Slub k, Task t, long s) {
        Memory m = k.m;
        int count = k.geometry.nodes();
        long nodes = k.slab.kzalloc(t, (long) count * Memory.WORD, Gfp.KERNEL);
        if (nodes == 0) {
            return Errno.ENOMEM + "\n";
        }
        long total = 0;
        for (int cpu = 0; cpu < k.geometry.cpus(); cpu++) {
            int node = k.steps.cpuSlabNode.node(k, k.area(s, cpu));
            if (node != SlubSteps.CpuSlabNode.NONE) {
                long at = nodes + (long) node * Memory.WORD;
                m.write(at, m.read(at) + 1);
                total++;
            }
        }
        StringBuilder text = new StringBuilder().append(total);
        for (int node = 0; node < count && k.geometry.numa(); node++) {
            long slabs = m.read(nodes + (long) node * Memory.WORD);
            if (slabs != 0) {
                text.append(" N").append(node).append('=').append(slabs);
            }
        }
        k.slab.kfree(t, nodes);
        return text.append('\n').toString();
    }
}
