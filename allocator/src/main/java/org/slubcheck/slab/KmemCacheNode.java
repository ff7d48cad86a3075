package org.slubcheck.slab;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.StructLayout;

/**
 * struct kmem_cache_node of 2.6.35 with SLUB_DEBUG: static accessors over an address.
 *
 * <p>{@code list_lock} guards both lists and nr_partial; nr_partial is also read without it, to
 * skip an empty node. {@code touched} stands in the same word and says that the partial list
 * changed since expiry last looked (October 2010). {@code nr_slabs} and {@code total_objects} are atomic.
 */
public final class KmemCacheNode {
    /** Offsets as on x86-64. */
    public static final StructLayout LAYOUT =
            StructLayout.of("kmem_cache_node")
                    .word("list_lock")
                    .integer("nr_partial")
                    .integer("touched")
                    .word("partial.next")
                    .word("partial.prev")
                    .word("nr_slabs")
                    .word("total_objects")
                    .word("full.next")
                    .word("full.prev")
                    .build();

    public static final int LIST_LOCK = LAYOUT.offset("list_lock");
    public static final int NR_PARTIAL = LAYOUT.offset("nr_partial");
    public static final int PARTIAL = LAYOUT.offset("partial.next");
    public static final int NR_SLABS = LAYOUT.offset("nr_slabs");
    public static final int TOTAL_OBJECTS = LAYOUT.offset("total_objects");
    public static final int FULL = LAYOUT.offset("full.next");

    private static final long NR_MASK = 0xffffffffL;
    private static final long TOUCHED = 1L << Integer.SIZE;

    private KmemCacheNode() {}

    /** nr_partial, racily; exact under list_lock. */
    public static long nrPartial(Memory m, long n) {
        return m.readOnceInt(n + NR_PARTIAL);
    }

    /** Sets nr_partial, and touches the node; list_lock held. */
    public static void setNrPartial(Memory m, long n, long count) {
        m.writeOnce(n + NR_PARTIAL, count & NR_MASK | TOUCHED);
    }

    /** touched, racily; exact under list_lock. */
    public static boolean touched(Memory m, long n) {
        return (m.readOnce(n + NR_PARTIAL) & TOUCHED) != 0;
    }

    /** Clears touched; list_lock held. */
    public static void clearTouched(Memory m, long n) {
        m.writeOnce(n + NR_PARTIAL, m.readOnce(n + NR_PARTIAL) & NR_MASK);
    }

    /** Slabs of this node; atomic. */
    public static long nrSlabs(Memory m, long n) {
        return m.readOnce(n + NR_SLABS);
    }

    /** Objects of all slabs of this node; atomic. */
    public static long totalObjects(Memory m, long n) {
        return m.readOnce(n + TOTAL_OBJECTS);
    }
}
