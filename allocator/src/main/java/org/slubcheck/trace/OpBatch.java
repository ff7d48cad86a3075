package org.slubcheck.trace;

/**
 * Operations for a machine, in the order of the trace; filled by {@link TraceInference} and reused.
 *
 * <p>An object is named by its slot and its turn: slots are used again, and the turn counts how many
 * objects the slot has held before. So an allocation may begin once the slot's turn has come, and a
 * free once the object of that turn is there, on whatever CPUs they run.
 */
public final class OpBatch {
    /** Give back the object in the slot as the trace did: kfree or kmem_cache_free. */
    public static final byte FREE = 0;

    /** kmem_cache_alloc. */
    public static final byte ALLOC = 1;

    /** kmalloc. */
    public static final byte KMALLOC = 2;

    /** What to do. */
    public final byte[] op;

    /** Whether the object is given back by kfree. */
    public final boolean[] kfree;

    /** The CPU to do it on. */
    public final int[] cpu;

    /** Where the object is remembered. */
    public final int[] slot;

    /** How many objects the slot has held before this one. */
    public final int[] turn;

    /** Index of the {@link TracedCache}, also for a free. */
    public final int[] cache;

    /** Bytes asked for; of an allocation. */
    public final int[] size;

    /** {@link TraceGfp} bits; of an allocation. */
    public final int[] gfp;

    /** Node asked for, -1 for any; of an allocation. */
    public final int[] node;

    /** Operations in the batch. */
    public int count;

    /** Room for the operations of an event batch: an event makes two at most. */
    public OpBatch(int events) {
        int capacity = 2 * events;
        op = new byte[capacity];
        kfree = new boolean[capacity];
        cpu = new int[capacity];
        slot = new int[capacity];
        turn = new int[capacity];
        cache = new int[capacity];
        size = new int[capacity];
        gfp = new int[capacity];
        node = new int[capacity];
    }
}
