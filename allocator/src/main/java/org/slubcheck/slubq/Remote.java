package org.slubcheck.slubq;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.slubbase.PartialLists;

/**
 * Allocation from another node than the CPU's (S+Q3 19/23 and 21/23, C. Lameter, 3 Aug 2010, in the
 * lock order of October 2010): the CPU's own queue is left alone.
 *
 * <ol>
 *   <li>The hottest object of the alien queue for that node.
 *   <li>Else one object of a partial slab of the node, and a batch more into the alien queue.
 *   <li>Else the same of a new slab of the node.
 *   <li>Else, where the caller did not say THISNODE, one object from wherever the page allocator
 *       has a page, and at last of any node's partial slabs. The series failed here.
 * </ol>
 *
 * <p>Locks nest alien, slab, list. Irqs are off but for the window around a new slab, behind which
 * the task may be elsewhere and the alien queue may be gone.
 */
public final class Remote {
    private Remote() {}

    /** An object of a node that is not the area's, or 0. Irqs are off. */
    static long alloc(Slubq k, Task t, long s, int asked, int node, long c) {
        int gfp = k.numa.remoteFlags.flags(asked);
        long before = AlienCache.queue(k, s, c, node);
        long object = k.numa.remoteTake.take(k, t, s, before, node);
        if (object != 0) {
            k.stat(t, s, before == 0 ? StatItem.ALLOC_REMOTE : StatItem.ALLOC_ALIEN);
            return object;
        }
        boolean thisNode = (gfp & Gfp.THISNODE) != 0;
        int only = gfp | Gfp.THISNODE | Gfp.NORETRY | (thisNode ? 0 : Gfp.NOWARN);
        long page = Refill.newSlab(k, t, s, only, gfp, node);
        long area = k.steps.reload.area(k, t, s, c);
        if (page == 0) {
            return thisNode ? 0 : ofAnySlab(k, t, s, gfp);
        }
        k.stat(t, s, StatItem.ALLOC_REMOTE);
        long a = k.numa.alienReload.queue(k, s, before, area, node);
        a = PageStruct.node(k.m, page) == node ? a : 0;
        if (a != 0) {
            AlienCache.lock(k, t, a);
        }
        PartialLists.slabLock(k, t, page);
        object = split(k, t, s, page, a);
        if (a != 0) {
            AlienCache.unlock(k, t, a);
        }
        return object;
    }

    /** The mainline of {@link SlubqNumaSteps#REMOTE_TAKE}. */
    static long take(Slubq k, Task t, long s, long a, int node) {
        if (a == 0) {
            long page = partial(k, t, s, node);
            return page == 0 ? 0 : split(k, t, s, page, 0);
        }
        AlienCache.lock(k, t, a);
        long object = pop(k, a);
        if (object == 0) {
            long page = partial(k, t, s, node);
            object = page == 0 ? 0 : split(k, t, s, page, a);
        }
        AlienCache.unlock(k, t, a);
        return object;
    }

    /** For steps: the hottest object of an alien queue, or 0. Its lock is held. */
    public static long pop(Slubq k, long a) {
        return KmemCacheQueue.objects(k.m, a) > 0 ? KmemCacheQueue.get(k.m, a) : 0;
    }

    /** For steps: a locked partial slab of a node, off its list; or 0. Irqs are off. */
    public static long partial(Slubq k, Task t, long s, int node) {
        return PartialLists.getPartial(k, t, s, Gfp.THISNODE, node);
    }

    /**
     * For steps: takes one object out of a locked slab that is on no list, fills an alien queue with
     * up to a batch of the others, puts the slab on its list and unlocks it. The queue's lock is
     * held; 0 for no queue.
     */
    public static long split(Slubq k, Task t, long s, long page, long a) {
        Memory m = k.m;
        long object = one(k, s, page);
        if (a != 0) {
            int have = KmemCacheQueue.objects(m, a);
            int room = Math.min(KmemCacheQueue.max(m, a), KmemCache.batch(m, s)) - have;
            int count = Math.max(0, Math.min(room, FreeMap.available(m, page)));
            Refill.retrieve(k, t, s, page, KmemCacheQueue.slot(a, have), count);
            KmemCacheQueue.setObjects(m, a, have + count);
            KmemCacheQueue.setTouched(m, a, true);
        }
        Refill.toLists(k, t, s, page);
        PartialLists.slabUnlock(k, t, page);
        return object;
    }

    /** retrieve_objects of one: the lowest free object of a locked slab, or 0. */
    static long one(Slubq k, long s, long page) {
        Memory m = k.m;
        long map = FreeMap.address(m, page);
        int bit = FreeMap.first(m, map, FreeMap.objects(m, page));
        if (bit < 0) {
            return 0;
        }
        FreeMap.testAndClear(m, map, bit);
        long object = k.pages.addressOf(page) + (long) bit * KmemCache.size(m, s);
        if ((KmemCache.flags(m, s) & SlabFlags.DEBUG_FLAGS) != 0) {
            ObjectDebug.toQueue(k, s, page, object);
        }
        return object;
    }

    /** An object of any partial slab, this CPU's node first; or 0. Irqs are off. */
    static long ofAnySlab(Slubq k, Task t, long s, int gfp) {
        long page = PartialLists.getPartial(k, t, s, gfp, -1);
        return page == 0 ? 0 : split(k, t, s, page, 0);
    }
}
