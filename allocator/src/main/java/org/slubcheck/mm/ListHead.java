package org.slubcheck.mm;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.StructLayout;

/**
 * struct list_head in memory: a circular list whose links are embedded in its members.
 *
 * <p>All accesses are plain, as in the kernel: the caller holds the lock of the list. An address
 * stands for a list_head; the struct around it starts at that address less the field's offset.
 */
public final class ListHead {
    /** Offset of next. */
    public static final int NEXT = 0;

    /** Offset of prev. */
    public static final int PREV = 8;

    /** sizeof(struct list_head). */
    public static final int SIZE = 16;

    /**
     * What {@link #del} leaves in next. As in the kernel it is no mapped address and ends in 100,
     * so that a walk over a deleted entry faults and the fault is recognised; the upper digits are
     * chosen to lie beyond any memory that this machine can have (2<sup>34</sup> bytes).
     */
    public static final long LIST_POISON1 = 0x7_dead_0100L;

    /** What {@link #del} leaves in prev; see {@link #LIST_POISON1}. */
    public static final long LIST_POISON2 = 0x7_dead_0200L;

    /** Where the fields stand. */
    public static final StructLayout LAYOUT =
            StructLayout.of("list_head").word("next").word("prev").build();

    private ListHead() {}

    /** INIT_LIST_HEAD: an empty list, or an entry that is on no list. */
    public static void init(Memory m, long list) {
        m.write(list + NEXT, list);
        m.write(list + PREV, list);
    }

    /** list_add: puts an entry first. */
    public static void add(Memory m, long entry, long head) {
        insert(m, entry, head, m.read(head + NEXT));
    }

    /** list_add_tail: puts an entry last. */
    public static void addTail(Memory m, long entry, long head) {
        insert(m, entry, m.read(head + PREV), head);
    }

    /** list_del: takes an entry off its list and poisons its links. */
    public static void del(Memory m, long entry) {
        unlink(m, entry);
        m.write(entry + NEXT, LIST_POISON1);
        m.write(entry + PREV, LIST_POISON2);
    }

    /** list_move: takes an entry off its list and puts it first on another. */
    public static void move(Memory m, long entry, long head) {
        unlink(m, entry);
        add(m, entry, head);
    }

    /** list_move_tail: takes an entry off its list and puts it last on another. */
    public static void moveTail(Memory m, long entry, long head) {
        unlink(m, entry);
        addTail(m, entry, head);
    }

    /** list_empty. */
    public static boolean isEmpty(Memory m, long head) {
        return m.read(head + NEXT) == head;
    }

    /** The entry behind this one; the head when this is the last. */
    public static long next(Memory m, long entry) {
        return m.read(entry + NEXT);
    }

    /** The entry before this one; the head when this is the first. */
    public static long prev(Memory m, long entry) {
        return m.read(entry + PREV);
    }

    /**
     * list_splice: puts all entries of a list before the first of another. The head of the first
     * list still points at its old entries and must be initialised before it is used again.
     */
    public static void splice(Memory m, long list, long head) {
        long first = m.read(list + NEXT);
        if (first == list) {
            return;
        }
        long last = m.read(list + PREV);
        long after = m.read(head + NEXT);
        link(m, head, first);
        link(m, last, after);
    }

    private static void insert(Memory m, long entry, long before, long after) {
        link(m, entry, after);
        link(m, before, entry);
    }

    private static void unlink(Memory m, long entry) {
        link(m, m.read(entry + PREV), m.read(entry + NEXT));
    }

    private static void link(Memory m, long left, long right) {
        m.write(left + NEXT, right);
        m.write(right + PREV, left);
    }
}
