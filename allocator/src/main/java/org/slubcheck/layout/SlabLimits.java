package org.slubcheck.layout;

/**
 * What a machine and its command line set for every cache.
 *
 * @param pageSize bytes, a power of two
 * @param cacheLine bytes, a power of two
 * @param cpus nr_cpu_ids: one more than the highest possible CPU
 * @param minOrder slub_min_order
 * @param maxOrder slub_max_order: beyond it slabs get as small as they can
 * @param minObjects slub_min_objects; 0 lets the number of CPUs decide
 * @param buddyOrders MAX_ORDER: orders that the page allocator has
 */
public record SlabLimits(
        int pageSize,
        int cacheLine,
        int cpus,
        int minOrder,
        int maxOrder,
        int minObjects,
        int buddyOrders) {

    /** PAGE_ALLOC_COSTLY_ORDER, the default of slub_max_order. */
    public static final int COSTLY_ORDER = 3;

    /** MAX_ORDER of 2.6.36 on x86-64. */
    public static final int BUDDY_ORDERS = 11;

    /** Checks the ranges; the message of the exception is fit for a user. */
    public SlabLimits {
        require(powerOfTwo(pageSize) && pageSize >= 64, "page size must be a power of two");
        require(powerOfTwo(cacheLine) && cacheLine >= 8, "cache line must be a power of two >= 8");
        require(cpus >= 1 && cpus <= 1 << 20, "cpus must be 1..1048576, not " + cpus);
        require(buddyOrders >= 1 && buddyOrders <= 16, "buddy orders must be 1..16");
        require(minOrder >= 0 && minOrder < buddyOrders, "slub_min_order out of range");
        require(maxOrder >= minOrder && maxOrder < buddyOrders, "slub_max_order out of range");
        require(minObjects >= 0, "slub_min_objects must not be negative");
    }

    /** The defaults of a kernel on a real machine. */
    public static SlabLimits of(int pageSize, int cacheLine, int cpus) {
        return of(pageSize, cacheLine, cpus, BUDDY_ORDERS);
    }

    /** The defaults on a machine with fewer buddy orders, where slub_max_order stays within them. */
    public static SlabLimits of(int pageSize, int cacheLine, int cpus, int buddyOrders) {
        int maxOrder = Math.min(COSTLY_ORDER, buddyOrders - 1);
        return new SlabLimits(pageSize, cacheLine, cpus, 0, maxOrder, 0, buddyOrders);
    }

    /** Another number of CPUs. */
    public SlabLimits withCpus(int count) {
        return new SlabLimits(
                pageSize, cacheLine, count, minOrder, maxOrder, minObjects, buddyOrders);
    }

    /** Bytes of a slab. */
    long slabBytes(int order) {
        return (long) pageSize << order;
    }

    /** get_order: the smallest order that holds so many bytes. */
    int orderOf(long bytes) {
        long pages = (bytes + pageSize - 1) / pageSize;
        return pages <= 1 ? 0 : Bits.fls(pages - 1);
    }

    /** Objects that a slab should have, as long as that many fit an order of maxOrder. */
    int wantedObjects(long size) {
        int wanted = minObjects != 0 ? minObjects : 4 * (Bits.fls(cpus) + 1);
        return (int) Math.min(wanted, slabBytes(maxOrder) / size);
    }

    private static boolean powerOfTwo(int n) {
        return n > 0 && (n & n - 1) == 0;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
