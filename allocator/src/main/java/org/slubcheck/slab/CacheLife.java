package org.slubcheck.slab;

import org.slubcheck.layout.SlubLayout;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Machine;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.ListHead;

/**
 * The life of a cache: kmem_cache_open, create, merging, close, destroy. As 2.6.35 with S+Q3 10/23
 * (C. Lameter, 3 Aug 2010): slub_lock is held for write over all of it.
 */
final class CacheLife {
    private static final int MIN_PARTIAL = 5;
    private static final int MAX_PARTIAL = 10;
    private static final int MIN_OBJECT = 8;

    private CacheLife() {}

    // ---- open and close

    /**
     * kmem_cache_open: fills a struct that nobody else knows. False when out of memory or when no
     * slab can hold an object; the struct holds nothing then.
     */
    static boolean open(
            Slab k, Task t, long s, long name, long size, long align, long flags, long ctor) {
        Memory m = k.memory();
        k.requireMapped(s, "kmem_cache_open");
        m.fill(s, k.kmemSize(), 0);
        m.write(s + KmemCache.NAME, name);
        m.write(s + KmemCache.CTOR, ctor);
        m.writeOnceInt(s + KmemCache.OBJSIZE, (int) size);
        m.writeInt(s + KmemCache.ALIGN, (int) align);
        long debug = k.config().debug().flags(Names.load(m, name));
        m.write(s + KmemCache.FLAGS, flags | debug);
        if (calculateSizes(k, s)) {
            int log = 31 - Integer.numberOfLeadingZeros(KmemCache.size(m, s));
            m.write(s + KmemCache.MIN_PARTIAL, Math.max(MIN_PARTIAL, Math.min(MAX_PARTIAL, log)));
            KmemCache.setRefcount(m, s, 1);
            k.engine().initCache(s);
            if (initNodes(k, t, s)) {
                if (k.engine().allocKmemCacheCpus(t, s)) {
                    k.code.firstAreas.published(k, t, s);
                    return true;
                }
                if (k.stateOrdinal() != SlabState.DOWN.ordinal()) {
                    // While DOWN the nodes are objects of this very cache, which cannot free; and
                    // then the kernel panics.
                    freeNodes(k, t, s);
                }
            }
        }
        if ((flags & SlabFlags.PANIC) != 0) {
            throw k.machine()
                    .panic(
                            String.format(
                                    "Cannot create slab %s size=%d realsize=%d order=%d offset=0"
                                            + " flags=%x",
                                    Names.load(m, name),
                                    size,
                                    KmemCache.size(m, s),
                                    KmemCache.ooOrder(KmemCache.oo(m, s)),
                                    flags));
        }
        return false;
    }

    /** calculate_sizes; without what debugging wants room for, where that is not worth it. */
    private static boolean calculateSizes(Slab k, long s) {
        if (!k.engine().calculateSizes(s, -1)) {
            return false;
        }
        Memory m = k.memory();
        if (!k.config().debug().higherOrderOff()
                || k.order(KmemCache.size(m, s)) <= k.order(KmemCache.objsize(m, s))) {
            return true;
        }
        m.write(s + KmemCache.FLAGS, KmemCache.flags(m, s) & ~SlabFlags.DEBUG_METADATA);
        return k.engine().calculateSizes(s, -1);
    }

    private static boolean initNodes(Slab k, Task t, long s) {
        if (!k.geometry().numa()) {
            k.engine().initKmemCacheNode(k.node(s, 0));
            return true;
        }
        for (int node = 0; node < k.geometry().nodes(); node++) {
            if (!NodeHotplug.used(k, node)) {
                continue;
            }
            if (k.stateOrdinal() == SlabState.DOWN.ordinal()) {
                k.engine().earlyNodeAlloc(t, s, node);
            } else {
                long n = k.engine().alloc(t, k.kmemCacheNode(), Gfp.KERNEL, node);
                if (n == 0) {
                    freeNodes(k, t, s);
                    return false;
                }
                setNode(k, s, node, n);
                k.engine().initKmemCacheNode(n);
            }
        }
        return true;
    }

    private static void freeNodes(Slab k, Task t, long s) {
        if (!k.geometry().numa()) {
            return;
        }
        for (int node = 0; node < k.geometry().nodes(); node++) {
            long n = k.node(s, node);
            if (n != 0) {
                k.engine().free(k.memory(), t, k.kmemCacheNode(), n);
            }
            setNode(k, s, node, 0);
        }
    }

    private static void setNode(Slab k, long s, int node, long n) {
        k.memory().write(KmemCache.nodeSlot(s, node), n);
    }

    /**
     * kmem_cache_close: gives slabs, areas and nodes back. False when objects are left, and then
     * nothing but empty slabs is gone: 2.6.35 freed the areas first.
     */
    private static boolean close(Slab k, Task t, long s) {
        return k.code.closeLock.around(k, t, () -> closeUnder(k, t, s));
    }

    /** True when nothing is left; destroy holds slub_lock for write. */
    private static boolean closeUnder(Slab k, Task t, long s) {
        k.engine().closing(t, s);
        k.engine().flushAll(t, s);
        k.code.closeAreas.at(k, t, s, CloseSteps.Areas.Moment.FLUSHED);
        for (int node = 0; node < k.geometry().nodes(); node++) {
            if (k.node(s, node) != 0 && k.engine().freePartialOfNode(t, s, node)) {
                return false;
            }
        }
        k.code.closeAreas.at(k, t, s, CloseSteps.Areas.Moment.EMPTY);
        freeNodes(k, t, s);
        return true;
    }

    /** Gives areas and nodes of a cache without slabs back; the struct stays. */
    private static void release(Slab k, Task t, long s) {
        k.engine().freeKmemCacheCpus(t, s);
        freeNodes(k, t, s);
    }

    // ---- create

    static long create(Slab k, Task t, long name, long size, long align, long flags, long ctor) {
        Machine machine = k.machine();
        if (name == 0) {
            machine.console().warn("mm/slub.c kmem_cache_create", "the name is NULL");
            return 0;
        }
        String text = Names.load(k.memory(), name);
        if (text.isEmpty()) {
            machine.console().warn("mm/slub.c kmem_cache_create", "the name is empty");
            return failed(k, text, flags);
        }
        if (!sane(k, t, size, align, ctor)) {
            machine.report("kmem_cache_create(" + text + ") integrity check failed");
            return failed(k, text, flags);
        }
        if (text.indexOf(' ') >= 0) {
            // It confuses parsers of slabinfo; the cache is made all the same.
            machine.console()
                    .warn("mm/slub.c kmem_cache_create", "cache name \"" + text + "\" has spaces");
        }
        k.downWrite(t, "kmem_cache_create");
        long s = findMergeable(k, text, size, align, flags, ctor);
        s = s != 0 ? alias(k, t, s, name, size) : fresh(k, t, name, size, align, flags, ctor);
        if (s == 0) {
            k.code.createErrorExit.leave(k, t);
            return failed(k, text, flags);
        }
        k.upWrite(t);
        return s;
    }

    private static boolean sane(Slab k, Task t, long size, long align, long ctor) {
        long largest = (long) k.geometry().pageSize() << k.geometry().maxOrder() - 1;
        return !t.inInterrupt()
                && size >= MIN_OBJECT
                && size <= largest
                && align >= 0
                && align <= k.geometry().pageSize()
                && (align & align - 1) == 0
                && k.ctors().known(ctor);
    }

    private static long failed(Slab k, String name, long flags) {
        if ((flags & SlabFlags.PANIC) != 0) {
            throw k.machine().panic("Cannot create slabcache " + name);
        }
        return 0;
    }

    /** One more user of a cache; under slub_lock. 0 when sysfs refuses the name. */
    private static long alias(Slab k, Task t, long s, long name, long size) {
        Memory m = k.memory();
        KmemCache.setRefcount(m, s, KmemCache.refcount(m, s) + 1);
        int objsize = KmemCache.objsize(m, s);
        // The object may grow, so that zeroing on allocation reaches all of what the new user asked
        // for.
        if (size > objsize) {
            m.writeOnceInt(s + KmemCache.OBJSIZE, (int) size);
        }
        int inuse = (int) align(size, Memory.WORD);
        if (inuse > KmemCache.inuse(m, s)) {
            m.writeOnceInt(s + KmemCache.INUSE, inuse);
        }
        if (k.code.aliasLock.around(k, t, () -> SysfsSlab.alias(k, t, s, name)) != 0) {
            KmemCache.setRefcount(m, s, KmemCache.refcount(m, s) - 1);
            return 0;
        }
        return s;
    }

    /** A new cache; under slub_lock. 0 when out of memory or when sysfs refuses it. */
    private static long fresh(
            Slab k, Task t, long name, long size, long align, long flags, long ctor) {
        Memory m = k.memory();
        long s = k.kmalloc(t, k.kmemSize(), Gfp.KERNEL);
        if (s == 0) {
            return 0;
        }
        if (!open(k, t, s, name, size, align, flags, ctor)) {
            k.kfree(t, s);
            return 0;
        }
        ListHead.add(m, s + KmemCache.LIST, k.wiring().slabCaches());
        if (k.code.aliasLock.around(k, t, () -> SysfsSlab.add(k, t, s)) != 0) {
            k.code.sysfsRefusal.undo(k, t, s);
            return 0;
        }
        return s;
    }

    /** The mainline of {@link BootSteps#SYSFS_REFUSAL}. */
    static void undoCreate(Slab k, Task t, long s) {
        ListHead.del(k.memory(), s + KmemCache.LIST);
        // 2.6.35 frees the struct alone and leaks what it points to.
        release(k, t, s);
        k.kfree(t, s);
    }

    // ---- merging

    /** slab_unmergeable; under slub_lock. */
    static boolean unmergeable(Slab k, long s) {
        Memory m = k.memory();
        return !k.config().merge()
                || (KmemCache.flags(m, s) & SlabFlags.NEVER_MERGE) != 0
                || m.read(s + KmemCache.CTOR) != 0
                || KmemCache.refcount(m, s) < 0;
    }

    /**
     * find_mergeable; under slub_lock. 0 when a new cache is needed, also when slub_debug says that
     * this one is to be debugged: until 2016 it was merged all the same, and was not.
     */
    private static long findMergeable(
            Slab k, String name, long size, long align, long asked, long ctor) {
        long flags = asked | k.config().debug().flags(name);
        if (!k.config().merge() || (flags & SlabFlags.NEVER_MERGE) != 0 || ctor != 0) {
            return 0;
        }
        Memory m = k.memory();
        long words = align(size, Memory.WORD);
        long alignment =
                SlubLayout.calculateAlignment(
                        flags, (int) align, (int) words, k.geometry().cacheLine());
        long wanted = align(words, alignment);
        long same = flags & SlabFlags.MERGE_SAME;
        long head = k.wiring().slabCaches();
        for (long at = ListHead.next(m, head); at != head; at = ListHead.next(m, at)) {
            long s = at - KmemCache.LIST;
            int have = KmemCache.size(m, s);
            if (!unmergeable(k, s)
                    && wanted <= have
                    && (KmemCache.flags(m, s) & SlabFlags.MERGE_SAME) == same
                    && (have & alignment - 1) == 0
                    && have - wanted < Memory.WORD) {
                return s;
            }
        }
        return 0;
    }

    static long align(long size, long to) {
        return size + to - 1 & -to;
    }

    // ---- destroy

    static void destroy(Slab k, Task t, long s) {
        Memory m = k.memory();
        k.requireMapped(s, "kmem_cache_destroy");
        // The caller has a reference, so the flags stay.
        long flags = KmemCache.flags(m, s);
        RcuSteps.at(k, t, flags, RcuSteps.Barrier.Moment.BEGIN);
        k.code.keepCpus.at(k, t, CpusSteps.KeepCpus.Moment.DESTROY);
        k.downWrite(t, "kmem_cache_destroy");
        ReleaseSteps.Dying dying = null;
        if (!listed(k, s)) {
            k.machine()
                    .report(
                            String.format(
                                    "SLUB: kmem_cache_destroy called for 0x%016x which is no cache.",
                                    s));
            k.code.destroyUnlock.at(k, t, SlabSteps.DestroyUnlock.Moment.KEPT);
        } else if (dropReference(m, s) != 0) {
            k.code.destroyUnlock.at(k, t, SlabSteps.DestroyUnlock.Moment.KEPT);
        } else {
            dying = destroyLast(k, t, s, flags);
        }
        k.code.keepCpus.at(k, t, CpusSteps.KeepCpus.Moment.DESTROYED);
        RcuSteps.at(k, t, flags, RcuSteps.Barrier.Moment.UNLOCKED);
        if (dying != null) {
            k.code.release.at(k, t, dying, ReleaseSteps.Release.Moment.UNLOCKED);
        }
    }

    private static int dropReference(Memory m, long s) {
        int references = KmemCache.refcount(m, s) - 1;
        KmemCache.setRefcount(m, s, references);
        return references;
    }

    /**
     * Takes a cache that nobody refers to out of everything, and gives slub_lock back. Its struct is
     * there yet.
     */
    private static ReleaseSteps.Dying destroyLast(Slab k, Task t, long s, long flags) {
        ListHead.del(k.memory(), s + KmemCache.LIST);
        k.code.destroyUnlock.at(k, t, SlabSteps.DestroyUnlock.Moment.UNLINKED);
        boolean empty = close(k, t, s);
        RcuSteps.at(k, t, flags, RcuSteps.Barrier.Moment.CLOSED);
        if (!empty) {
            k.machine()
                    .console()
                    .report(
                            Console.Level.ERR,
                            "SLUB "
                                    + k.name(s)
                                    + ": kmem_cache_destroy called for cache that still has"
                                    + " objects.");
        }
        ReleaseSteps.Dying dying = new ReleaseSteps.Dying(s, flags, empty);
        k.code.release.at(k, t, dying, ReleaseSteps.Release.Moment.CLOSED);
        if (!empty) {
            ListHead.add(k.memory(), s + KmemCache.LIST, k.wiring().slabLeaked());
        }
        k.code.destroyUnlock.at(k, t, SlabSteps.DestroyUnlock.Moment.DONE);
        return dying;
    }

    private static boolean listed(Slab k, long s) {
        Memory m = k.memory();
        long head = k.wiring().slabCaches();
        for (long at = ListHead.next(m, head); at != head; at = ListHead.next(m, at)) {
            if (at == s + KmemCache.LIST) {
                return true;
            }
        }
        return false;
    }
}
