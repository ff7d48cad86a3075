package org.slubcheck.slubbase;

import org.slubcheck.machine.Console;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.FsReclaim;
import org.slubcheck.machine.Poison;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.PageAllocator;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.MemInit;
import org.slubcheck.slab.SlabFlags;

/**
 * The hooks for memory checkers (S+Q3 12/23): before and after an allocation, and in a free. They
 * mask the gfp flags for themselves, as the fast path no longer does (S+Q3 13/23). On a kernel
 * without fault injection, on memory that nobody observes, they cost two tests.
 */
public final class Hooks {
    private Hooks() {}

    /**
     * slab_pre_alloc_hook: reports an allocation that may sleep where it must not, tells lockdep of
     * one that may reclaim, though the queue may have an object, and says whether
     * the allocation is made to fail. Irqs as the caller has them.
     */
    public static boolean preAlloc(SlubBase k, Task t, long s, int gfp) {
        if ((gfp & Gfp.WAIT) != 0) {
            if (t.atomic()) {
                mightSleep(k, t, gfp);
            } else if (k.observed && PageAllocator.mayReclaim(t, gfp)) {
                FsReclaim.mayRun(k.machine, t);
            }
        }
        return k.failslab && shouldFailslab(k, s, gfp);
    }

    /** slab_post_alloc_hook, and clearing, which comes before it. Irqs as the caller has them. */
    public static void postAlloc(SlubBase k, long s, int gfp, long object) {
        if (object == 0) {
            return;
        }
        int size = KmemCache.objsize(k.m, s);
        if (k.observed && k.pages.pageOf(object) != 0) {
            k.m.unpoisonObject(object, size, s);
        }
        if ((gfp & Gfp.ZERO) != 0 || k.init.onAlloc() && MemInit.clears(k.m, s)) {
            k.m.fill(object, size, 0);
        }
    }

    /**
     * slab_free_hook_irq: from here on nobody may use the object; of a cache with SLAB_DESTROY_BY_RCU
     * a reader may still look at it. Once for each free. Irqs off, but for the lockless fast path.
     */
    public static void free(SlubBase k, long s, long object) {
        if (k.init.onFree() && k.pages.pageOf(object) != 0 && MemInit.clears(k.m, s)) {
            k.m.fill(object, KmemCache.objsize(k.m, s), 0);
        }
        if (k.observed
                && k.pages.pageOf(object) != 0
                && (KmemCache.flags(k.m, s) & SlabFlags.DESTROY_BY_RCU) == 0) {
            k.m.poison(object, KmemCache.objsize(k.m, s), Poison.FREE_OBJECT);
        }
    }

    private static void mightSleep(SlubBase k, Task t, int gfp) {
        if ((k.hookMask.flags(gfp, k.pages.allowedMask()) & Gfp.WAIT) != 0) {
            k.machine.mightSleep(t, "mm/slub.c slab_alloc");
        }
    }

    /** should_failslab: a request that must not fail does not. */
    private static boolean shouldFailslab(SlubBase k, long s, int gfp) {
        if ((gfp & Gfp.NOFAIL) != 0) {
            return false;
        }
        Faults faults = k.slab.faults();
        if (faults.shouldFail(Faults.Kind.SLAB)) {
            return true;
        }
        if (!faults.failslab().isOn()
                || !faults.failslab()
                        .shouldFail(
                                KmemCache.objsize(k.m, s),
                                (gfp & Gfp.WAIT) != 0,
                                (KmemCache.flags(k.m, s) & SlabFlags.FAILSLAB) != 0)) {
            return false;
        }
        k.machine.console().printk(Console.Level.NOTICE, Faults.FORCED);
        return true;
    }
}
