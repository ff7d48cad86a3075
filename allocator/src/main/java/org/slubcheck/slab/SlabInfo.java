package org.slubcheck.slab;

import org.slubcheck.machine.LockClass;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.ListHead;
import org.slubcheck.mm.PageStruct;

/** /proc/slabinfo, version 2.1, and the counts behind it and behind sysfs. */
public final class SlabInfo {
    private static final String HEADER =
            "slabinfo - version: 2.1\n"
                    + "# name            <active_objs> <num_objs> <objsize> <objperslab>"
                    + " <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata"
                    + " <active_slabs> <num_slabs> <sharedavail>\n";

    private SlabInfo() {}

    /** The counts of one node; exact when nobody works on the cache meanwhile. */
    public record Counts(long slabs, long objects, long free, long partial, long partialObjects) {
        Counts plus(Counts other) {
            return new Counts(
                    slabs + other.slabs,
                    objects + other.objects,
                    free + other.free,
                    partial + other.partial,
                    partialObjects + other.partialObjects);
        }

        /** Objects that are in no slab's free map: with callers or in queues. */
        public long inuse() {
            return objects - free;
        }
    }

    /** The whole file; takes slub_lock for read. */
    public static String show(Slab k, Task t) {
        StringBuilder text = new StringBuilder(HEADER);
        Memory m = k.memory();
        k.downRead(t, "s_start");
        long head = k.wiring().slabCaches();
        for (long at = ListHead.next(m, head); at != head; at = ListHead.next(m, at)) {
            text.append(line(k, t, at - KmemCache.LIST));
        }
        k.upRead(t);
        return text.toString();
    }

    private static String line(Slab k, Task t, long s) {
        Memory m = k.memory();
        Counts all = counts(k, t, s);
        long oo = KmemCache.oo(m, s);
        return new Row(
                        k.name(s),
                        all.inuse(),
                        all.objects(),
                        KmemCache.size(m, s),
                        KmemCache.ooObjects(oo),
                        1L << KmemCache.ooOrder(oo),
                        KmemCache.queue(m, s),
                        KmemCache.batch(m, s),
                        m.readInt(s + KmemCache.SHARED_QUEUE),
                        all.slabs(),
                        k.engine().sharedObjects(s))
                .line();
    }

    /** The lines above the first row, each with its newline. */
    public static String header() {
        return HEADER;
    }

    /**
     * A row.
     *
     * @param inuse objects that are in no slab's free map
     * @param limit what a CPU's queue is to hold
     * @param shared what a shared queue is to hold
     * @param sharedAvailable what shared queues hold now
     */
    public record Row(
            String name,
            long inuse,
            long objects,
            long size,
            long perSlab,
            long pagesPerSlab,
            long limit,
            long batch,
            long shared,
            long slabs,
            long sharedAvailable) {

        /** As the file has it, with its newline. */
        public String line() {
            return String.format(
                    "%-17s %6d %6d %6d %4d %4d : tunables %4d %4d %4d : slabdata %6d %6d %6d\n",
                    name,
                    inuse,
                    objects,
                    size,
                    perSlab,
                    pagesPerSlab,
                    limit,
                    batch,
                    shared,
                    slabs,
                    slabs,
                    sharedAvailable);
        }
    }

    /** The sum over all nodes; slub_lock is held, or the cache cannot go. */
    public static Counts counts(Slab k, Task t, long s) {
        Counts sum = new Counts(0, 0, 0, 0, 0);
        for (int node = 0; node < k.geometry().nodes(); node++) {
            sum = sum.plus(counts(k, t, s, node));
        }
        return sum;
    }

    /** The counts of a node; takes its list_lock. */
    public static Counts counts(Slab k, Task t, long s, int node) {
        long n = k.node(s, node);
        if (n == 0) {
            return new Counts(0, 0, 0, 0, 0);
        }
        Memory m = k.memory();
        long lock = n + KmemCacheNode.LIST_LOCK;
        boolean irqs = k.machine().spinLockIrqSave(t, lock, LockClass.LIST_LOCK);
        long free = 0;
        long partialObjects = 0;
        long head = n + KmemCacheNode.PARTIAL;
        for (long at = ListHead.next(m, head); at != head; at = ListHead.next(m, at)) {
            long page = PageStruct.ofLru(at);
            free += k.engine().available(page);
            partialObjects += k.engine().objectsOf(page);
        }
        Counts counts =
                new Counts(
                        KmemCacheNode.nrSlabs(m, n),
                        KmemCacheNode.totalObjects(m, n),
                        free,
                        KmemCacheNode.nrPartial(m, n),
                        partialObjects - free);
        k.machine().spinUnlockIrqRestore(t, lock, LockClass.LIST_LOCK, irqs);
        return counts;
    }
}
