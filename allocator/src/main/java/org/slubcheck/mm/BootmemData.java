package org.slubcheck.mm;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.machine.StructLayout;

/**
 * struct bootmem_data of 2.6.36 in memory, and the bits of its map: static accessors over an address.
 *
 * <p>A set bit is a page that is reserved or taken. The map stands in pages of the node itself; a
 * node without memory has none, and its pointer is NULL. One CPU, so no lock; init data, so gone
 * with free_initmem.
 */
final class BootmemData {
    static final StructLayout LAYOUT =
            StructLayout.of("bootmem_data")
                    .word("node_min_pfn")
                    .word("node_low_pfn")
                    .word("node_bootmem_map")
                    .word("hint_idx")
                    .build();

    private static final int MIN = LAYOUT.offset("node_min_pfn");
    private static final int LOW = LAYOUT.offset("node_low_pfn");
    private static final int MAP = LAYOUT.offset("node_bootmem_map");
    private static final int HINT = LAYOUT.offset("hint_idx");

    private BootmemData() {}

    /** Bytes of a map of so many pages: whole words. */
    static long mapBytes(int pages) {
        return ((long) pages + Long.SIZE - 1) / Long.SIZE * Memory.WORD;
    }

    /** init_bootmem_core: the pages from min to low, all of them reserved. */
    static void init(Memory m, long bdata, int min, int low, long map) {
        m.write(bdata + MIN, min);
        m.write(bdata + LOW, low);
        m.write(bdata + MAP, map);
        m.write(bdata + HINT, 0);
        if (map != 0) {
            m.fill(map, mapBytes(low - min), -1);
        }
    }

    /** node_bootmem_map; 0 for a node without memory. */
    static long map(Memory m, long bdata) {
        return m.read(bdata + MAP);
    }

    /** hint_idx: below it no page is free. */
    static int hint(Memory m, long bdata) {
        return (int) m.read(bdata + HINT);
    }

    /** Sets hint_idx. */
    static void setHint(Memory m, long bdata, int index) {
        m.write(bdata + HINT, index);
    }

    /** node_min_pfn. */
    static int min(Memory m, long bdata) {
        return (int) m.read(bdata + MIN);
    }

    /** True when none of the pages from pfn on is reserved or taken; the node has a map. */
    static boolean allFree(Memory m, long bdata, int pfn, int pages) {
        long map = map(m, bdata);
        int from = pfn - min(m, bdata);
        int end = from + pages;
        for (int i = from; i < end; i = (i / Long.SIZE + 1) * Long.SIZE) {
            if ((m.read(word(map, i)) & mask(i, end)) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Sets or clears the bits of pages. */
    static void mark(Memory m, long bdata, int pfn, int pages, boolean taken) {
        long map = map(m, bdata);
        int from = pfn - min(m, bdata);
        int end = from + pages;
        for (int i = from; i < end; i = (i / Long.SIZE + 1) * Long.SIZE) {
            long word = word(map, i);
            long bits = mask(i, end);
            m.write(word, taken ? m.read(word) | bits : m.read(word) & ~bits);
        }
    }

    /** Whether the bit of a page is clear; an observer's view, false without a map. */
    @Observer
    static boolean peekFree(Memory m, long bdata, int pfn) {
        long map = m.peek(bdata + MAP);
        int i = pfn - (int) m.peek(bdata + MIN);
        return map != 0
                && i >= 0
                && pfn < m.peek(bdata + LOW)
                && (m.peek(word(map, i)) >>> i & 1) == 0;
    }

    private static long word(long map, int i) {
        return map + (long) (i / Long.SIZE) * Memory.WORD;
    }

    /** The bits of i and what follows it in its word, up to the end. */
    private static long mask(int i, int end) {
        int bit = i % Long.SIZE;
        int count = Math.min(Long.SIZE - bit, end - i);
        return (count == Long.SIZE ? -1L : (1L << count) - 1) << bit;
    }
}
