package org.slubcheck.benchmarks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.slubcheck.mm.Gfp;

/**
 * What the emulation cannot do without, written by hand: {@link LineStack} with the looks that an
 * allocation and a free of the engine take, and nothing else of it. It shows how near to the floor
 * any code can come that still is a slab allocator.
 *
 * <p>Beyond the floor it looks at the task's context, the cache's flags and the request's, finds the
 * CPU's queue behind the per-CPU pointer of the cache once irqs are off, and asks whether the queue is
 * empty or full; a free also finds the object's page and asks whose it is. The array is a local
 * variable, of which the compiler knows all that it can.
 *
 * <pre>
 *   words of memory: a cache {cpu, flags}, the irq lines, the areas {word, object[]}, struct pages
 *   {flags, slab}, the objects
 * </pre>
 */
final class CheckedStack {
    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

    private static final int CACHE = 8;
    private static final int CACHE_FLAGS = CACHE + 1;
    private static final int LINES = 64;
    private static final int AREAS = 128;
    private static final int AREA_WORDS = 128;
    private static final int PAGES = 512;
    private static final int PAGE_WORDS = 8;
    private static final int POOL = 1024;
    private static final int PAGE_SHIFT = 12;
    private static final int UNUSUAL = 0x310d00;
    private static final long PG_SLAB = 1 << 7;
    private static final int OBJECT_BYTES = 64;

    private final long[] words;
    private final long pool = bytes(POOL);
    private final int pages;
    private final int stride;
    private final int unit;
    private int context;

    /** A CPU's stack that is full of this many objects of 64 bytes. */
    CheckedStack(int max) {
        pages = 1;
        stride = OBJECT_BYTES;
        unit = (int) bytes(AREA_WORDS);
        words = new long[POOL + (1 << PAGE_SHIFT - 3)];
        words[CACHE] = bytes(AREAS);
        words[AREAS] = (long) AREA_WORDS << Integer.SIZE | max;
        for (int i = 0; i < max; i++) {
            words[AREAS + 1 + i] = pool + (long) i * OBJECT_BYTES;
        }
        words[PAGES] = PG_SLAB;
        words[PAGES + 1] = bytes(CACHE);
    }

    /** An object of the cache, from the CPU's queue. */
    long alloc(int cpu, long cache, int gfp) {
        long[] w = words;
        if (context != 0
                || (gfp & Gfp.ZERO) != 0
                || (w[index(cache) + CACHE_FLAGS - CACHE] & UNUSUAL) != 0) {
            throw unusual();
        }
        int line = take(w, cpu);
        int queue = index((long) WORDS.getAcquire(w, index(cache)) + (long) cpu * unit);
        long word = w[queue];
        if ((int) word <= 0) {
            throw unusual();
        }
        long object = w[queue + (int) word];
        w[queue] = word - 1;
        WORDS.setRelease(w, line, 0L);
        return object;
    }

    /** Gives an object of the cache to the CPU's queue. */
    void free(int cpu, long cache, long object) {
        long[] w = words;
        long pfn = object - pool >> PAGE_SHIFT;
        if (pfn < 0 || pfn >= pages) {
            throw unusual();
        }
        int page = PAGES + (int) pfn * PAGE_WORDS;
        if ((w[page] & PG_SLAB) == 0
                || w[page + 1] != cache
                || context != 0
                || (w[index(cache) + CACHE_FLAGS - CACHE] & UNUSUAL) != 0) {
            throw unusual();
        }
        int line = take(w, cpu);
        int queue = index((long) WORDS.getAcquire(w, index(cache)) + (long) cpu * unit);
        long word = w[queue];
        if ((int) word == (int) (word >>> Integer.SIZE)) {
            throw unusual();
        }
        w[queue + 1 + (int) word] = object;
        w[queue] = word + 1;
        WORDS.setRelease(w, line, 0L);
    }

    /** Writes the first word of an object. */
    void write(long object, long value) {
        words[index(object)] = value;
    }

    /** The address of the cache. */
    long cache() {
        return bytes(CACHE);
    }

    /** How many objects are in the queue. */
    int objects() {
        return (int) words[AREAS];
    }

    private int take(long[] w, int cpu) {
        int line = LINES + index((long) cpu * stride);
        if (!WORDS.compareAndSet(w, line, 0L, cpu + 1L)) {
            throw unusual();
        }
        return line;
    }

    private static int index(long address) {
        return (int) (address >>> 3);
    }

    private static long bytes(int index) {
        return (long) index << 3;
    }

    private static IllegalStateException unusual() {
        return new IllegalStateException("only the usual way is measured");
    }
}
