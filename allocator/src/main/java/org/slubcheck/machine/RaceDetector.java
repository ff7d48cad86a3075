package org.slubcheck.machine;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds unordered conflicting accesses by happens-before, with vector clocks.
 *
 * <p>Rules. Two accesses of the same 4 bytes by different threads, one at least a store, one at
 * least plain, and not ordered: a race. Marked against marked is none. Orders come from
 *
 * <ul>
 *   <li>the program, within a thread;
 *   <li>a release store and the acquiring load that reads it, or reads what atomic operations made
 *       of it: each word used so has a sync clock. A release store replaces it. A compare and
 *       exchange that stored, or an add, acquires it and puts its own in place, which contains it:
 *       the release sequence goes on. Any other store breaks the sequence, also a WRITE_ONCE by
 *       the same thread;
 *   <li>an IPI with wait: a leg knows what its sender did before, the sender what all legs did;
 *       the legs do not know of each other, as they run at the same time on their CPUs. A leg is
 *       a context like a thread, one for each CPU, and goes on where the last one on that CPU
 *       stopped: the CPU's line orders the two;
 *   <li>full barriers, as C11's fences: a marked store behind a barrier publishes what stood before
 *       the barrier, and a barrier behind a marked load acquires what that load read. Two barriers
 *       alone order nothing.
 * </ul>
 *
 * <p>Deliberately stricter than the kernel's memory model in one thing: an atomic operation orders
 * by way of its own word alone, it is not a barrier for the marked accesses around it. Every lock is
 * taken by a compare and exchange, and if that were a barrier, no WRITE_ONCE inside a critical
 * section could ever be the publication that lacks its release.
 *
 * <p>A failed compare and exchange is a marked load without order. Clocks move after the access:
 * the access is judged by what its thread knew before it.
 *
 * <p>Parts of a word: {@link Memory} stores them by writing back the whole word, so two unordered
 * stores to different halves lose one of them, marked or not; that is reported too.
 *
 * <p>Memory that is freed and used again needs no rule: the allocator's locks order its lives.
 *
 * <p>State is kept in plain int arrays, for 64 bytes of memory at a time, made when first touched.
 * Not thread safe; {@link Observers} serialises.
 */
final class RaceDetector {
    /** How many contexts can be told apart unless more are asked for. */
    static final int CONTEXTS = 8;

    /** A race: two accesses, the later one first. */
    record Race(
            long address,
            boolean write,
            boolean marked,
            int thread,
            boolean otherWrote,
            boolean otherMarked,
            int other,
            boolean lostUpdate) {}

    /** Is told of each race once. */
    @FunctionalInterface
    interface Sink {
        /** A race was found. */
        void found(Race race);
    }

    private static final int CELL_SHIFT = 2;
    private static final int CELLS = 16;

    /** Clocks of the last accesses to a cell, a row of threads for each sort of access. */
    private static final int PLAIN_READ = 0;

    private static final int PLAIN_WRITE = 1;
    private static final int MARKED_READ = 2;
    private static final int MARKED_WRITE = 3;
    private static final int ROWS = 4;

    private final Sink sink;

    /** Most contexts, and the length of a clock. */
    private final int most;

    /** Ints of a cell. */
    private final int stride;

    /** Behind the cells: for each word where its sync clock stands, 0 for none. */
    private final int sync;

    private final int[][] pages;
    private final int[] clocks;
    private final int[] fences;
    private final int[] seen;
    private int[] syncs;
    private int syncEnd;
    private int threads;
    private Set<Long> reported = Set.of();

    RaceDetector(long bytes, Sink sink) {
        this(bytes, CONTEXTS, sink);
    }

    RaceDetector(long bytes, int most, Sink sink) {
        this.sink = sink;
        this.most = most;
        stride = ROWS * most;
        sync = CELLS * stride;
        clocks = new int[most * most];
        fences = new int[most * most];
        seen = new int[most * most];
        syncs = new int[most * 16];
        syncEnd = most;
        pages = new int[(int) ((bytes >>> CELL_SHIFT) / CELLS) + 1][];
        for (int t = 0; t < most; t++) {
            clocks[t * most + t] = 1;
        }
    }

    /** Plain load. */
    void read(int t, long address, long bytes) {
        enter(t);
        for (long cell = cell(address), last = cell(address + bytes - 1); cell <= last; cell++) {
            int[] page = page(cell);
            int at = at(cell);
            judge(page, at, t, cell, false, false, PLAIN_WRITE);
            judge(page, at, t, cell, false, false, MARKED_WRITE);
            page[at + PLAIN_READ * most + t] = clocks[t * most + t];
        }
    }

    /** Plain store. */
    void write(int t, long address, long bytes) {
        write(t, address, bytes, false);
    }

    /** Plain store of an int that does not write the other half of its word back. */
    void writeAlone(int t, long address) {
        write(t, address, Integer.BYTES, true);
    }

    private void write(int t, long address, long bytes, boolean alone) {
        enter(t);
        long first = cell(address);
        long last = cell(address + bytes - 1);
        for (long cell = first; cell <= last; cell++) {
            int[] page = page(cell);
            int at = at(cell);
            judge(page, at, t, cell, true, false, PLAIN_WRITE);
            judge(page, at, t, cell, true, false, MARKED_WRITE);
            judge(page, at, t, cell, true, false, PLAIN_READ);
            judge(page, at, t, cell, true, false, MARKED_READ);
            page[at + PLAIN_WRITE * most + t] = clocks[t * most + t];
            if (page[sync + word(cell)] != 0) {
                clear(page[sync + word(cell)]);
            }
        }
        if (alone) {
            return;
        }
        if ((first & 1) != 0) {
            judgeRest(t, first - 1, false);
        }
        if ((last & 1) == 0) {
            judgeRest(t, last + 1, false);
        }
    }

    /** READ_ONCE, or a compare and exchange that failed. */
    void readOnce(int t, long address, int bytes) {
        enter(t);
        markedRead(t, address, bytes);
        int at = page(cell(address))[sync + word(cell(address))];
        if (at != 0) {
            join(seen, t * most, syncs, at);
        }
    }

    /** WRITE_ONCE. */
    void writeOnce(int t, long address, int bytes) {
        enter(t);
        markedWrite(t, address, bytes);
        if (bytes < Memory.WORD) {
            judgeRest(t, cell(address) ^ 1, true);
        }
        int at = page(cell(address))[sync + word(cell(address))];
        if (fences[t * most + t] != 0) {
            publish(fences, t, address);
        } else if (at != 0) {
            clear(at);
        }
    }

    /** smp_load_acquire, or the end of a wait. */
    void acquire(int t, long address) {
        enter(t);
        markedRead(t, address, Memory.WORD);
        int at = page(cell(address))[sync + word(cell(address))];
        if (at != 0) {
            join(clocks, t * most, syncs, at);
        }
    }

    /** smp_store_release. */
    void release(int t, long address) {
        enter(t);
        markedWrite(t, address, Memory.WORD);
        publish(clocks, t, address);
        clocks[t * most + t]++;
    }

    /** A compare and exchange that stored, or an add; of an int or a word. */
    void update(int t, long address, int bytes) {
        enter(t);
        markedWrite(t, address, bytes);
        int at = sync(address);
        join(clocks, t * most, syncs, at);
        System.arraycopy(clocks, t * most, syncs, at, most);
        clocks[t * most + t]++;
    }

    /** smp_mb. */
    void barrier(int t) {
        enter(t);
        join(clocks, t * most, seen, t * most);
        System.arraycopy(clocks, t * most, fences, t * most, most);
        clocks[t * most + t]++;
    }

    /**
     * An IPI leaves a task: what the task did before is known to every leg. Returns what the legs
     * are to begin with.
     */
    int[] send(int t) {
        enter(t);
        int[] sent = Arrays.copyOfRange(clocks, t * most, (t + 1) * most);
        clocks[t * most + t]++;
        return sent;
    }

    /** A leg begins, in a context of its own; it goes on knowing what was known there before. */
    void begin(int leg, int[] sent) {
        enter(leg);
        join(clocks, leg * most, sent, 0);
    }

    /** A leg ends: adds what it knows to what its sender will know. */
    void end(int leg, int[] known) {
        join(known, 0, clocks, leg * most);
        clocks[leg * most + leg]++;
    }

    /** The sender has waited for all legs. */
    void receive(int t, int[] known) {
        join(clocks, t * most, known, 0);
    }

    private void enter(int t) {
        if (t >= threads) {
            if (t >= most) {
                throw new IllegalStateException(
                        "the race detector tells " + most + " contexts apart");
            }
            threads = t + 1;
        }
    }

    private void markedRead(int t, long address, int bytes) {
        for (long cell = cell(address), last = cell(address + bytes - 1); cell <= last; cell++) {
            int[] page = page(cell);
            int at = at(cell);
            judge(page, at, t, cell, false, true, PLAIN_WRITE);
            page[at + MARKED_READ * most + t] = clocks[t * most + t];
        }
    }

    private void markedWrite(int t, long address, int bytes) {
        for (long cell = cell(address), last = cell(address + bytes - 1); cell <= last; cell++) {
            int[] page = page(cell);
            int at = at(cell);
            judge(page, at, t, cell, true, true, PLAIN_WRITE);
            judge(page, at, t, cell, true, true, PLAIN_READ);
            page[at + MARKED_WRITE * most + t] = clocks[t * most + t];
        }
    }

    private void judge(
            int[] page, int at, int t, long cell, boolean write, boolean marked, int row) {
        for (int u = 0; u < threads; u++) {
            if (u != t && page[at + row * most + u] > clocks[t * most + u]) {
                found(cell, write, marked, t, row, u, false);
            }
        }
    }

    /** The half of a word that a store to the other half writes back as it found it. */
    private void judgeRest(int t, long cell, boolean marked) {
        int[] page = page(cell);
        int at = at(cell);
        for (int u = 0; u < threads; u++) {
            if (u != t) {
                int known = clocks[t * most + u];
                if (page[at + PLAIN_WRITE * most + u] > known) {
                    found(cell, true, marked, t, PLAIN_WRITE, u, true);
                } else if (page[at + MARKED_WRITE * most + u] > known) {
                    found(cell, true, marked, t, MARKED_WRITE, u, true);
                }
            }
        }
    }

    private void found(
            long cell, boolean write, boolean marked, int t, int row, int u, boolean lostUpdate) {
        if (reported.isEmpty()) {
            reported = new HashSet<>();
        }
        int kinds = (write ? 1 : 0) | (marked ? 2 : 0) | row << 2 | (lostUpdate ? 16 : 0);
        if (reported.add((cell >> 1) << 5 | kinds)) {
            boolean otherWrote = row == PLAIN_WRITE || row == MARKED_WRITE;
            boolean otherMarked = row == MARKED_READ || row == MARKED_WRITE;
            sink.found(
                    new Race(
                            cell << CELL_SHIFT,
                            write,
                            marked,
                            t,
                            otherWrote,
                            otherMarked,
                            u,
                            lostUpdate));
        }
    }

    /** Where the sync clock of a word stands; it gets one if it has none. */
    private int sync(long address) {
        int[] page = page(cell(address));
        int slot = sync + word(cell(address));
        if (page[slot] == 0) {
            if (syncEnd == syncs.length) {
                syncs = Arrays.copyOf(syncs, 2 * syncs.length);
            }
            page[slot] = syncEnd;
            syncEnd += most;
        }
        return page[slot];
    }

    private void publish(int[] from, int t, long address) {
        int at = sync(address); // first: it may move the sync clocks to a larger array
        System.arraycopy(from, t * most, syncs, at, most);
    }

    private void clear(int at) {
        Arrays.fill(syncs, at, at + most, 0);
    }

    private void join(int[] into, int i, int[] from, int j) {
        for (int k = 0; k < most; k++) {
            into[i + k] = Math.max(into[i + k], from[j + k]);
        }
    }

    private int[] page(long cell) {
        int i = (int) (cell / CELLS);
        int[] page = pages[i];
        if (page == null) {
            page = new int[sync + CELLS / 2];
            pages[i] = page;
        }
        return page;
    }

    private int at(long cell) {
        return (int) (cell % CELLS) * stride;
    }

    private static int word(long cell) {
        return (int) (cell % CELLS) >> 1;
    }

    private static long cell(long address) {
        return address >>> CELL_SHIFT;
    }
}
