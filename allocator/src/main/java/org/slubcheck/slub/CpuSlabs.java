package org.slubcheck.slub;

import org.slubcheck.machine.Memory;
import org.slubcheck.mm.PageStruct;

/** show_slab_objects for CPU slabs: how many there are, by node. */
final class CpuSlabs {
    private CpuSlabs() {}

    /**
     * The file's text. Looks at the areas of all CPUs without a lock, while their CPUs work on them:
     * each is asked once for its slab, and the node is the slab's own (E. Dumazet, Nov 2011). A struct
     * page is always there to be looked at.
     */
    static String show(Slub k, long s) {
        Memory m = k.m;
        long[] nodes = new long[k.geometry.nodes()];
        long total = 0;
        for (int cpu = 0; cpu < k.geometry.cpus(); cpu++) {
            long page = m.readOnce(k.area(s, cpu) + KmemCacheCpu.PAGE);
            if (page != 0) {
                nodes[PageStruct.node(m, page)]++;
                total++;
            }
        }
        StringBuilder text = new StringBuilder().append(total);
        for (int node = 0; node < nodes.length && k.geometry.numa(); node++) {
            if (nodes[node] != 0) {
                text.append(" N").append(node).append('=').append(nodes[node]);
            }
        }
        return text.append('\n').toString();
    }
}
