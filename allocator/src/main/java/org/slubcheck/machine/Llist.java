package org.slubcheck.machine;

/**
 * A lock-less list (include/linux/llist.h): a head word and a link word in each entry. Anybody adds,
 * who takes takes all, and neither waits. Newest first. All state is in memory.
 */
public final class Llist {
    private Llist() {}

    /** llist_add: the link of the entry belongs to the list from then on. Any context. */
    public static void add(Memory m, long head, long entry) {
        long first;
        do {
            first = m.readOnce(head);
            m.write(entry, first);
        } while (!m.cmpxchg(head, first, entry));
    }

    /** llist_del_all: the first entry, or 0; the rest follows by {@link #next}. Any context. */
    public static long delAll(Memory m, long head) {
        long first;
        do {
            first = m.readOnce(head);
        } while (first != 0 && !m.cmpxchg(head, first, 0));
        return first;
    }

    /** The entry behind one of a list that was taken, or 0. */
    public static long next(Memory m, long entry) {
        return m.read(entry);
    }
}
