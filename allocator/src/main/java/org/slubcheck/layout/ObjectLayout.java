package org.slubcheck.layout;

/**
 * What calculate_sizes decides for a cache.
 *
 * <pre>
 *   0          object_size   inuse      offset + 8               size
 *   | object   | red zone    | free ptr | track alloc, free | red zone, padding |
 * </pre>
 *
 * @param align alignment of every object, bytes
 * @param inuse bytes of the object and the red zone directly behind it: where metadata begins
 * @param offset where the free pointer lies in a free object; {@link #NO_POINTER} if there is none
 * @param size bytes from one object to the next: slab_size in sysfs
 * @param order log2 of the pages of a slab, or {@link #NO_ORDER} when no order holds an object
 * @param objects objects of a slab; 0 without an order
 */
public record ObjectLayout(int align, int inuse, int offset, int size, int order, int objects) {
    /** The engine keeps no pointers in free objects. */
    public static final int NO_POINTER = -1;

    /** -ENOSYS: the cache cannot be created. */
    public static final int NO_ORDER = -1;

    /** Whether the cache can be created. */
    public boolean fits() {
        return order != NO_ORDER;
    }
}
