package org.slubcheck.defects;

import org.slubcheck.machine.Memory;
import org.slubcheck.mm.ListHead;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slab.Slab;

/** Fix-up walks along lists of nodes, as the commit of 2010 has them. */
final class BootFixup {
    /** The census of a page that is on the list of a cache and names another one as its owner. */
    static final String LISTED_ELSEWHERE =
            "is on the (partial|full) list and should not be: its owner is another cache, ";

    /**
     * What follows from a stale owner when the census does not come to tell it: the owner's sizes and
     * flags, four bytes each, are read from the freed block, and never a node pointer or the whole
     * struct, as by who moves it too late; or a struct kmem_cache has come to lie
     * there, and the page is on the list of a cache that does not own it.
     */
    static final String FOLLOWED =
            "|\\A(?!.*^BUG: KASAN: use-after-free in [^\\n]*\\nRead of size (8|\\d{3,}) )"
                    + ".*^BUG: KASAN: use-after-free in 0x[0-9a-f]+\\nRead of size 4 "
                    + "|^kmem_cache(_node)? node#\\d+: page#\\d+ "
                    + LISTED_ELSEWHERE;

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
