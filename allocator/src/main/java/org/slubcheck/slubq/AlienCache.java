package org.slubcheck.slubq;

import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.LockClass;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.KmemCache;

/**
 * Alien queues (S+Q3 21/23, C. Lameter, 3 Aug 2010, as corrected in October 2010): where CPUs put
 * objects of other nodes, and find them again.
 *
 * <p>Who shares a queue also shares one alien queue for each other node. They stand below the shared
 * queue in one block, each 2<sup>alien_shift</sup> bytes long:
 *
 * <pre>
 *   node 1 of 4   | alien 3 | alien 2 | alien 0 | shared queue |
 *                 ^ -3 &lt;&lt; shift       ^ -1 &lt;&lt; shift
 * </pre>
 *
 * <p>Number k of a node is its own, plus one for a node below the home node: so that the home node,
 * whose objects are in the shared queue, takes no room and k is never 0. (The series wrote "k =
 * node"; node numbers above home count from home + 1 up, those below from 1.)
 *
 * <p>{@code alien_shift} is read plainly, behind the acquire of the shared pointer, and changes only
 * while no CPU has such a pointer. It is 0 where there are no alien queues; the series kept a flag
 * beside it, in a word that everybody reads.
 *
 * <p>A queue's lock is taken with irqs off and outside slab_lock and list_lock: a drain takes those.
 */
public final class AlienCache {
    /** The smallest queue that holds an object has 32 bytes. */
    private static final int MIN_SHIFT = 5;

    private static final int FEW_NODES = 4;
    private static final int SOME_NODES = 32;

    private AlienCache() {}

    // ---- where a queue is

    /** alien_shift, 0 for no alien queues; behind the acquire of a shared pointer, or slub_lock. */
    public static int shift(Slubq k, long s) {
        return k.m.readInt(s + KmemCache.ALIEN_SHIFT);
    }

    /** Sets alien_shift; slub_lock held for write and no queue is shared. */
    public static void setShift(Slubq k, long s, int shift) {
        k.m.writeInt(s + KmemCache.ALIEN_SHIFT, shift);
    }

    /** Bytes of all alien queues of a block that was made with this shift. */
    static int bytesOfAll(Slubq k, int shift) {
        return shift == 0 ? 0 : k.geometry.nodes() - 1 << shift;
    }

    /** alien_cache: an area's queue for a node; 0 for its own, or where there is none. Irqs off. */
    public static long queue(Slubq k, long s, long c, int node) {
        return at(k, s, SharedCache.of(k, c), k.areaNode(c), node);
    }

    /** The queue for a node below a shared queue of CPUs at home on another; or 0. */
    static long at(Slubq k, long s, long shared, int home, int node) {
        if (shared == 0 || node == home || node < 0) {
            return 0;
        }
        return below(shared, home, node, shift(k, s));
    }

    /** The queue for a node in a block that was made with this shift; 0 for the home node. */
    static long below(long shared, int home, int node, int shift) {
        return shift == 0 || node == home ? 0 : shared - ((long) number(home, node) << shift);
    }

    /** Which queue below the shared one a node's is; 1 for the nearest. */
    public static int number(int home, int node) {
        return node < home ? node + 1 : node;
    }

    // ---- sizes

    /**
     * The shift that a cache starts with: about as large as the shared queue up to 4 nodes, four
     * cache lines up to 32, one line beyond. 0 on a single node. Of a line that is too short for any
     * object two or four are taken.
     */
    static int initialShift(Geometry g, int queue) {
        if (g.nodes() == 1) {
            return 0;
        }
        int line = g.cacheLine();
        int lines = fls((SharedCache.bytes(queue) + line - 1 & -line) - 1);
        int min = fls(line - 1);
        int shift;
        if (g.nodes() <= FEW_NODES) {
            shift = Math.min(g.pageShift() - 1, lines);
        } else if (g.nodes() <= SOME_NODES) {
            shift = Math.min(2 + min, lines);
        } else {
            shift = min;
        }
        return Math.max(shift, MIN_SHIFT);
    }

    /** The shift of queues that hold so many objects at least; 0 for none. */
    public static int shiftFor(Geometry g, int objects) {
        if (objects == 0) {
            return 0;
        }
        int line = g.cacheLine();
        int bytes = Math.max(line, SharedCache.bytes(objects)) + line - 1 & -line;
        return fls(bytes + (bytes - 1)) - 1;
    }

    private static int fls(int x) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(x);
    }

    /** What an alien queue of a cache holds; as {@link #shift}, which is not 0. */
    static int capacity(Slubq k, long s) {
        return SharedCache.objects(1L << shift(k, s));
    }

    /** init_alien_cache of all queues below a shared one; the block is private. */
    static void init(Slubq k, long s, long shared) {
        int shift = shift(k, s);
        for (int number = 1; shift != 0 && number < k.geometry.nodes(); number++) {
            KmemCacheQueue.init(k.m, shared - ((long) number << shift), capacity(k, s));
        }
    }

    // ---- use

    /** spin_lock of an alien queue; irqs are off and no slab is locked. */
    public static void lock(Slubq k, Task t, long a) {
        k.machine.spinLock(t, a + KmemCacheQueue.LOCK, LockClass.ALIEN_LOCK);
    }

    /** spin_unlock of an alien queue. */
    public static void unlock(Slubq k, Task t, long a) {
        k.machine.spinUnlock(t, a + KmemCacheQueue.LOCK, LockClass.ALIEN_LOCK);
    }

    /**
     * slab_free_alien: an object of another node goes to its queue, which when full first drains
     * batches of its coldest; false when there is no such queue. Irqs are off.
     */
    static boolean free(Slubq k, Task t, long s, long c, long object, int node) {
        long a = queue(k, s, c, node);
        if (a == 0) {
            return false;
        }
        Memory m = k.m;
        boolean touched = true;
        lock(k, t, a);
        while (KmemCacheQueue.isFull(m, a)) {
            Drain.queue(k, t, s, a, KmemCache.batch(m, s));
            touched = false;
        }
        KmemCacheQueue.put(m, a, object, touched);
        unlock(k, t, a);
        return true;
    }

    /** Objects in all alien queues of a cache; slub_lock held. */
    static long objectsInAll(Slubq k, long s) {
        long sum = 0;
        for (long l : SharedCache.list(k, s)) {
            int home = k.areaNode(SharedCache.area(k, s, SharedCache.firstCpu(k, s, l)));
            sum += objectsBelow(k, s, l, home);
        }
        return sum;
    }

    /** Objects in the alien queues below a shared one; slub_lock held. */
    static long objectsBelow(Slubq k, long s, long shared, int home) {
        long sum = 0;
        for (int node = 0; node < k.geometry.nodes(); node++) {
            long a = at(k, s, shared, home, node);
            sum += a == 0 ? 0 : KmemCacheQueue.racyObjects(k.m, a);
        }
        return sum;
    }
}
