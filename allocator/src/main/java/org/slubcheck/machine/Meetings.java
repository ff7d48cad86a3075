package org.slubcheck.machine;

/**
 * The words of memory that tasks meet in: one writes there and another reads or writes.
 *
 * <p>For a model checker. An access to a word that no other task touches, or a load of one that no
 * other task writes, commutes with all that the others do. To switch before it or before the next
 * access that does not commute leads to the same end, so the first of the two need be no switch
 * point. Which words those are nobody knows beforehand: an exploration goes by what was {@linkplain
 * #meets known} when it began, while it {@linkplain #touch records} what it sees. If in the end that
 * is no more than was known ({@link #complete}), every interleaving with its number of preemptions
 * is the like of one that was run; otherwise it is to be run again, with what is known {@link
 * #next}.
 *
 * <p>Plain accesses count: a marked load of a word that another task stores to plainly does not
 * commute with that store. There the plain access is a switch point, too: it is not ordered with the
 * marked one by anything, and the race detector lets that pass. Between plain accesses alone it does
 * not.
 *
 * <p>To give memory out or to take it back counts as well: each access to it is judged by that. Two
 * who do so to memory that nobody uses do not meet. Up to {@link #TASKS} tasks, of which one runs at
 * a time. The argument in full, and what it rests on: docs/decisions/0009.
 */
public class Meetings {
    /** Most tasks that can be told apart. */
    public static final int TASKS = 4;

    private static final int WRITES = 0b10101010;

    /** What is known or was seen of each word: a bit for reads and one for writes of each task. */
    private static final class Words {
        final byte[] any;
        final byte[] marked;

        /** Who gave the word out or took it back; both bits of a task. */
        final byte[] shadow;

        Words(int count) {
            this(new byte[count], new byte[count], new byte[count]);
        }

        private Words(byte[] any, byte[] marked, byte[] shadow) {
            this.any = any;
            this.marked = marked;
            this.shadow = shadow;
        }

        Words copy() {
            return new Words(any.clone(), marked.clone(), shadow.clone());
        }

        /** Whether two tasks do to a word what does not commute. */
        boolean conflict(int word) {
            for (int task = 0; task < TASKS; task++) {
                boolean writes = (any[word] & WRITES & of(task)) != 0;
                boolean gives = (shadow[word] & of(task)) != 0;
                if (writes && meetsAccess(task, word, true) || gives && meetsUser(task, word)) {
                    return true;
                }
            }
            return false;
        }

        boolean meetsAccess(int task, int word, boolean write) {
            int others = others(any[word] | shadow[word], task);
            return (write ? others : others & WRITES) != 0;
        }

        boolean meetsMarked(int task, int word, boolean write) {
            int others = others(marked[word] | shadow[word], task);
            return (write ? others : others & WRITES) != 0;
        }

        boolean meetsUser(int task, int word) {
            boolean othersToo = others(shadow[word], task) != 0;
            return others(any[word], task) != 0 || any[word] != 0 && othersToo;
        }

        /** What is there of other tasks; a byte is widened with its sign, which is nobody's. */
        private static int others(int bits, int task) {
            return bits & 0xff & ~of(task);
        }
    }

    private final Words known;
    private final Words seen;
    private boolean grown;

    /** Nothing is known of a memory of so many bytes yet: no task meets another. */
    public Meetings(long bytes) {
        this(new Words(Memory.index(bytes)));
    }

    /** What another knows when it has seen what it has. */
    Meetings(Meetings before) {
        this(before.seen.copy());
    }

    private Meetings(Words known) {
        this.known = known;
        this.seen = known.copy();
    }

    /** What is known when this has seen what it has. */
    public Meetings next() {
        return new Meetings(this);
    }

    /** True when no two tasks met in a word in another way than was known. */
    public boolean complete() {
        return !grown;
    }

    /** Words in which tasks are known to meet. */
    public int count() {
        int count = 0;
        for (int word = 0; word < known.any.length; word++) {
            count += conflictAt(word) ? 1 : 0;
        }
        return count;
    }

    /** Whether tasks are known to meet in a word. */
    public boolean conflictAt(int word) {
        return known.conflict(word);
    }

    /** Whether a task is known to meet no other, anywhere: all that it does commutes with the rest. */
    public boolean alone(int task) {
        for (int word = 0; word < known.any.length; word++) {
            if (((known.any[word] | known.shadow[word]) & of(task)) != 0 && conflictAt(word)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether an access of a task to a word is known not to commute with another task's; of a plain
     * access: with another task's marked one.
     */
    boolean meets(int task, int word, boolean write, boolean marked) {
        return marked ? known.meetsAccess(task, word, write) : known.meetsMarked(task, word, write);
    }

    /** Whether others are known to use a word that a task gives out or takes back. */
    boolean meetsUser(int task, int word) {
        return known.meetsUser(task, word);
    }

    /** Records an access. */
    void touch(int task, int word, boolean write, boolean marked) {
        int bit = (write ? 0b10 : 0b01) << 2 * task;
        if ((seen.any[word] & bit) == 0 || marked && (seen.marked[word] & bit) == 0) {
            seen.any[word] |= (byte) bit;
            seen.marked[word] |= (byte) (marked ? bit : 0);
            grown |= seen.conflict(word);
        }
    }

    /** Records that a task gives a word out or takes it back. */
    void give(int task, int word) {
        if ((seen.shadow[word] & of(task)) == 0) {
            seen.shadow[word] |= (byte) of(task);
            grown |= seen.conflict(word);
        }
    }

    private static int of(int task) {
        return 0b11 << 2 * task;
    }
}
