package org.slubcheck.slubbase;

import org.slubcheck.machine.Console;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Poison;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slab.SlabFlags;

/** Slabs from and to the page allocator: new_slab and discard_slab. */
public final class SlabPages {
    private SlabPages() {}

    /**
     * new_slab: a slab on no list with every object free, constructed and, where asked for, set up
     * for debugging; 0 when out of memory. Irqs as the flags need them; no spin lock is held.
     *
     * <p>It is private until its first lists or objects are published; PG_slab is set last all the
     * same, for those who look at any page.
     */
    public static long newSlab(SlubBase k, Task t, long s, int gfp, int node) {
        if ((gfp & Gfp.SLAB_BUG_MASK) != 0) {
            throw k.machine.bug("mm/slub.c new_slab");
        }
        Memory m = k.m;
        int flags =
                gfp & (Gfp.RECLAIM_MASK | Gfp.CONSTRAINT_MASK)
                        | m.readInt(s + KmemCache.ALLOCFLAGS);
        long oo = KmemCache.oo(m, s);
        // The first try may fail: it is worth neither a complaint nor an effort.
        int lightly = (flags | Gfp.NOWARN | Gfp.NORETRY) & ~Gfp.NOFAIL;
        long page = k.pages.allocPagesNode(t, node, lightly, KmemCache.ooOrder(oo));
        if (page == 0) {
            oo = m.read(s + KmemCache.MIN);
            page = k.pages.allocPagesNode(t, node, flags, KmemCache.ooOrder(oo));
            if (page == 0) {
                return 0;
            }
        }
        setup(k, t, s, page, KmemCache.ooObjects(oo));
        count(k, s, page, 1);
        m.writeOnce(page + PageStruct.FLAGS, PageStruct.flags(m, page) | PageStruct.PG_SLAB);
        return page;
    }

    private static void setup(SlubBase k, Task t, long s, long page, int objects) {
        Memory m = k.m;
        long start = k.pages.addressOf(page);
        long bytes = bytes(k, page);
        int size = KmemCache.size(m, s);
        PageStruct.setSlab(m, page, s);
        if ((KmemCache.flags(m, s) & SlabFlags.POISON) != 0) {
            m.fill(start, bytes, ObjectBytes.POISON_INUSE);
        } else if (k.init.any()) {
            m.fill(start, bytes, 0);
        }
        k.free.init(s, page, objects);
        long ctor = m.read(s + KmemCache.CTOR);
        for (int i = 0; i < objects; i++) {
            long object = start + (long) i * size;
            ObjectBytes.setup(k, s, object);
            if (ctor != 0) {
                k.slab.ctors().construct(t, m, ctor, object);
            }
        }
        if (k.observed) {
            close(k, s, page, start, bytes);
        }
    }

    /** Tells the address shadow that objects are free and all between them is out of bounds. */
    private static void close(SlubBase k, long s, long page, long start, long bytes) {
        Memory m = k.m;
        int objects = k.free.objects(page);
        int size = KmemCache.size(m, s);
        int objsize = KmemCache.objsize(m, s);
        m.poison(start, bytes, Poison.REDZONE);
        for (int i = 0; i < objects; i++) {
            m.poison(start + (long) i * size, objsize, Poison.FREE_OBJECT);
        }
        k.free.unpoison(page);
    }

    /**
     * discard_slab: gives an empty slab back to the page allocator. It is on no list and unlocked,
     * and nobody has an object of it. Behind a grace period if the cache asks for that. Irqs are off.
     */
    public static void discardSlab(SlubBase k, Task t, long s, long page) {
        count(k, s, page, -1);
        k.countDiscard(t, s);
        if ((KmemCache.flags(k.m, s) & SlabFlags.DESTROY_BY_RCU) != 0) {
            k.rcu().call(t, PageStruct.lru(page));
        } else {
            freeSlab(k, t, s, page);
        }
    }

    /** rcu_free_slab: the grace period is over; the head is in the page. */
    public static void rcuFree(SlubBase k, Task t, long head) {
        long page = PageStruct.ofLru(head);
        freeSlab(k, t, PageStruct.slab(k.m, page), page);
    }

    /** __free_slab. */
    private static void freeSlab(SlubBase k, Task t, long s, long page) {
        Memory m = k.m;
        int order = PageStruct.compoundOrder(m, page);
        if ((KmemCache.flags(m, s) & SlabFlags.DEBUG_FLAGS) != 0) {
            ObjectBytes.checkFreeSlab(k, s, page);
        }
        PageStruct.clearFlags(m, page, PageStruct.PG_SLAB);
        PageStruct.setSlab(m, page, 0);
        PageStruct.setFreelist(m, page, 0);
        PageStruct.resetMapcount(m, page);
        k.pages.freePages(t, page, order);
    }

    /** Bytes of a slab. */
    public static long bytes(SlubBase k, long page) {
        return (long) k.geometry.pageSize() << PageStruct.compoundOrder(k.m, page);
    }

    /** inc_slabs_node and dec_slabs_node; early in boot the node is not there yet. */
    private static void count(SlubBase k, long s, long page, int slabs) {
        countOn(k, k.node(s, PageStruct.node(k.m, page)), page, slabs);
    }

    private static void countOn(SlubBase k, long n, long page, int slabs) {
        if (n != 0) {
            k.m.fetchAdd(n + KmemCacheNode.NR_SLABS, slabs);
            k.m.fetchAdd(n + KmemCacheNode.TOTAL_OBJECTS, (long) slabs * k.free.objects(page));
        }
    }

    /** See {@link org.slubcheck.slab.Engine#earlyNodeAlloc}. */
    public static long earlyNodeAlloc(SlubBase k, Task t, long s, int node) {
        Memory m = k.m;
        long page = newSlab(k, t, s, Gfp.NOWAIT, node);
        if (page == 0) {
            throw k.machine.panic("SLUB: no memory for the kmem_cache_node of node " + node);
        }
        if (PageStruct.node(m, page) != node) {
            k.machine
                    .console()
                    .printk(
                            Console.Level.ERR,
                            "SLUB: Unable to allocate memory from node %d\n"
                                    + "SLUB: Allocating a useless per node structure in order to be able"
                                    + " to continue",
                            node);
        }
        PartialLists.slabLock(k, t, page);
        long n = k.free.takeFirst(s, page);
        if (k.observed) {
            m.unpoisonObject(n, KmemCache.objsize(m, s), s);
        }
        ObjectBytes.setActive(k, s, n);
        m.write(KmemCache.nodeSlot(s, node), n);
        k.initKmemCacheNode(n);
        int books = k.earlyBooks.node(PageStruct.node(m, page), node);
        // A page of a node whose struct was there already has been counted when it became a slab.
        if (books == node) {
            countOn(k, n, page, 1);
        }
        long home = k.node(s, books);
        if (k.free.inuse(page) == k.free.objects(page)) {
            PartialLists.addFull(k, t, s, home, page);
        } else {
            PartialLists.addPartial(k, t, home, page);
        }
        PartialLists.slabUnlock(k, t, page);
        return n;
    }
}
