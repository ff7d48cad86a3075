package org.slubcheck.trace;

/**
 * Events of a trace, in its order, as columns of primitives; filled by {@link TraceParser} and
 * reused. Columns that an event does not have hold 0, but {@link #node} and {@link #name} hold -1.
 *
 * <p>The columns are open for speed; who is handed a batch reads it.
 */
public final class EventBatch {
    /** kmalloc, kmalloc_node. */
    public static final byte KMALLOC = 0;

    /** kmem_cache_alloc, kmem_cache_alloc_node. */
    public static final byte CACHE_ALLOC = 1;

    /** kfree. */
    public static final byte KFREE = 2;

    /** kmem_cache_free. */
    public static final byte CACHE_FREE = 3;

    /** The kind of each event. */
    public final byte[] kind;

    /** The CPU that the event happened on. */
    public final int[] cpu;

    /** The identity of the object, hashed by the kernel; 0 is NULL. */
    public final long[] ptr;

    /** The cache's name, an index for {@link TraceParser#name}; -1 where the kernel prints none. */
    public final int[] name;

    /** Bytes asked for; the object size of a cache. */
    public final int[] bytesReq;

    /** Bytes that the recorded kernel gave. */
    public final int[] bytesAlloc;

    /** {@link TraceGfp} bits. */
    public final int[] gfp;

    /** The node asked for, -1 for any. */
    public final int[] node;

    /** Events in the batch. */
    public int size;

    /** A batch for at most so many events. */
    public EventBatch(int capacity) {
        kind = new byte[capacity];
        cpu = new int[capacity];
        ptr = new long[capacity];
        name = new int[capacity];
        bytesReq = new int[capacity];
        bytesAlloc = new int[capacity];
        gfp = new int[capacity];
        node = new int[capacity];
    }

    /** The most events that it holds. */
    public int capacity() {
        return kind.length;
    }

    /** Whether an event is an allocation. */
    public static boolean isAlloc(byte kind) {
        return kind <= CACHE_ALLOC;
    }
}
