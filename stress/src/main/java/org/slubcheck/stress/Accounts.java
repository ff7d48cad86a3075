package org.slubcheck.stress;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Memory;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.scenarios.Trial;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slubq.FreeMap;

/**
 * The census's law for one cache, cheap enough for every sample: each of its objects is in exactly
 * one place, a task's hand, a CPU's queue or the free map of its slab. An observer, like the census;
 * the kernel is at rest and no queue claims more objects than it has room for.
 */
final class Accounts {
    private Accounts() {}

    /** The cache that the tasks of a scenario work on; 0 when its prefix makes none. */
    static long cacheOf(Trial trial) {
        try {
            long first = trial.setup(0);
            for (long s : trial.kernel().slab().caches()) {
                if (s == first) {
                    return s;
                }
            }
        } catch (ArrayIndexOutOfBoundsException none) {
            return 0;
        }
        return 0;
    }

    /** True when every object of the cache is in one place, and every place holds such objects. */
    static boolean balance(Trial trial, long s) {
        Kernel kernel = trial.kernel();
        Memory m = kernel.memory();
        int size = m.peekInt(s + KmemCache.SIZE);
        Places elsewhere = new Places(trial, s);
        int placed = 0;
        for (long i = 0; i < kernel.pages().pages(); i++) {
            long page = kernel.pages().pageAt(i);
            long flags = m.peek(page + PageStruct.FLAGS);
            if ((flags & (PageStruct.PG_SLAB | PageStruct.PG_TAIL)) != PageStruct.PG_SLAB
                    || m.peek(page + PageStruct.SLAB) != s) {
                continue;
            }
            long start = kernel.pages().addressOf(page);
            int objects = FreeMap.peekObjects(m, page);
            for (int object = 0; object < objects; object++) {
                int places = elsewhere.count(start + (long) object * size);
                placed += places;
                if (places + (FreeMap.peek(m, page, object) ? 1 : 0) != 1) {
                    return false;
                }
            }
        }
        return placed == elsewhere.count;
    }

    /** What is in hands and queues. */
    private static final class Places {
        private long[] objects;
        private int count;

        Places(Trial trial, long s) {
            objects = trial.hands().all();
            count = objects.length;
            for (int cpu = 0; cpu < trial.kernel().geometry().cpus(); cpu++) {
                for (long object : trial.kernel().slubq().peekQueue(s, cpu)) {
                    if (count == objects.length) {
                        objects = java.util.Arrays.copyOf(objects, 2 * count + 8);
                    }
                    objects[count++] = object;
                }
            }
        }

        int count(long object) {
            int places = 0;
            for (int i = 0; i < count; i++) {
                if (objects[i] == object) {
                    places++;
                }
            }
            return places;
        }
    }
}
