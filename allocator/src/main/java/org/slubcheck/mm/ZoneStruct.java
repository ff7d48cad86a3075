package org.slubcheck.mm;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.StructLayout;

/**
 * struct zone in memory, as much as a buddy allocator needs: the lock, then for each order a
 * free_area of a list_head and nr_free.
 */
public final class ZoneStruct {
    private static final int LOCK = 0;
    private static final int FREE_AREA = 8;
    private static final int NR_FREE = ListHead.SIZE;
    private static final int AREA_SIZE = ListHead.SIZE + Memory.WORD;

    private ZoneStruct() {}

    /** Where the fields stand on a machine with this many orders. */
    public static StructLayout layout(int maxOrder) {
        StructLayout area =
                StructLayout.of("free_area")
                        .embed("free_list", ListHead.LAYOUT)
                        .word("nr_free")
                        .build();
        StructLayout.Builder zone = StructLayout.of("zone").word("lock");
        for (int order = 0; order < maxOrder; order++) {
            zone.embed("free_area[" + order + "]", area);
        }
        return zone.build();
    }

    /** sizeof on a machine with this many orders. */
    static int size(int maxOrder) {
        return FREE_AREA + AREA_SIZE * maxOrder;
    }

    /** The address of the spin lock. */
    static long lock(long zone) {
        return zone + LOCK;
    }

    /** The address of the list of free blocks of an order. */
    static long freeList(long zone, int order) {
        return zone + FREE_AREA + (long) AREA_SIZE * order;
    }

    /** The address of the number of free blocks of an order. */
    static long nrFree(long zone, int order) {
        return freeList(zone, order) + NR_FREE;
    }
}
