package org.slubcheck.defects;

import org.slubcheck.machine.Memory;
import org.slubcheck.mm.ListHead;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slab.Slab;

/** Fix-up walks along lists of nodes, as the commit of 2010 has them. */
final class BootFixup {
    private BootFixup() {}

    /** Tells the slabs of a list of every node who owns them. */
    static void walk(Slab k, long s, int head) {
        Memory m = k.memory();
        for (int node = 0; node < k.geometry().nodes(); node++) {
            long n = k.node(s, node);
            if (n != 0) {
                long list = n + head;
                for (long at = ListHead.next(m, list); at != list; at = ListHead.next(m, at)) {
                    PageStruct.setSlab(m, PageStruct.ofLru(at), s);
                }
            }
        }
    }

    /** Partial lists, then full ones. */
    static void walkBoth(Slab k, long s) {
        walk(k, s, KmemCacheNode.PARTIAL);
        walk(k, s, KmemCacheNode.FULL);
    }
}
