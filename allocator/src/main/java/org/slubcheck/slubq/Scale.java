package org.slubcheck.slubq;

import org.slubcheck.machine.Geometry;

/**
 * The sizes of queues on machines of all sizes: the kernel's own where pages have 4 KiB
 * or more, and proportionate ones where a whole machine is smaller than one such page.
 */
public final class Scale {
    private static final int REAL_PAGE = 4096;
    private static final int SMALL_PAGE = 512;

    private Scale() {}

    /**
     * initial_queue_size of S+Q3 15/23 by the size of an object: 8 beyond a page, 24 beyond 1024
     * bytes, 54 beyond 256, else 120. On pages below 4 KiB the thresholds are the same parts of a
     * page and the queues 4, 4, 6 and 8; on pages below 512 bytes all queues are 4.
     */
    public static int initialQueue(Geometry g, int size) {
        int page = g.pageSize();
        if (page < SMALL_PAGE) {
            return Tunables.MIN_QUEUE;
        }
        boolean real = page >= REAL_PAGE;
        int quarter = real ? 1024 : page / 4;
        int sixteenth = real ? 256 : page / 16;
        if (size > page) {
            return real ? 8 : 4;
        } else if (size > quarter) {
            return real ? 24 : 4;
        } else if (size > sixteenth) {
            return real ? 54 : 6;
        }
        return real ? 120 : 8;
    }
}
