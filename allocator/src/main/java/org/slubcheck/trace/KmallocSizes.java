package org.slubcheck.trace;

/** The kmalloc caches of 2.6.36 on x86-64: kmalloc_index and SLUB_MAX_SIZE. */
public final class KmallocSizes {
    /** The smallest. */
    public static final int MIN = 8;

    /** The largest: two pages. */
    public static final int MAX = 8192;

    /** Types of requests that a class number tells apart. */
    static final int CLASSES = 2 * 16;

    private KmallocSizes() {}

    /** kmalloc_index: 1 is 96 bytes, 2 is 192, otherwise log2; 0 for no cache. */
    public static int index(int size) {
        if (size == 0 || size > MAX) {
            return 0;
        }
        if (size > 64 && size <= 96) {
            return 1;
        }
        if (size > 128 && size <= 192) {
            return 2;
        }
        return size <= MIN ? 3 : Integer.SIZE - Integer.numberOfLeadingZeros(size - 1);
    }

    /** The object size of an index. */
    public static int size(int index) {
        switch (index) {
            case 0:
                return 0;
            case 1:
                return 96;
            case 2:
                return 192;
            default:
                return 1 << index;
        }
    }
}
