package org.slubcheck.gate.doctor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether two threads really run at the same time, by what they see of each other.
 *
 * <p>Two threads go over two arrays: one stores x[i] and loads y[i], the other stores y[i] and loads
 * x[i]. Where both run at once each sees some of the other's stores and not all, and where neither saw
 * the other's at the same i, both stores were still in the CPUs' buffers (Dekker's 0, 0). Where one ran
 * behind the other it saw all of its stores and was itself not seen at all.
 *
 * @param rounds how often both went over the arrays
 * @param overlapped in how many of them each saw the other
 * @param buffered how often neither saw the other at one place
 * @param places how many places there were in all
 */
public record Overlap(int rounds, int overlapped, long buffered, long places) {
    private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);
    private static final int ROUNDS = 200;
    private static final int TRIES = 10;
    private static final int PLACES = 1 << 12;

    /** Ints from place to place: a cache line and the one that is fetched with it. */
    private static final int LINE = 32;

    private static final int SPINS = 1 << 12;

    /**
     * Measures it, with this thread as one of the two: a third would take a CPU from them. Takes half a
     * second where two CPUs are idle, and some where they are not: beside other work one has to be
     * patient to see a store late.
     *
     * @param cpus how many there are to run on: with one there is nothing to be patient for
     */
    public static Overlap measure(int cpus) throws InterruptedException {
        Overlap all = once();
        for (int i = 1; cpus > 1 && i < TRIES && all.buffered == 0; i++) {
            Overlap more = once();
            all =
                    new Overlap(
                            all.rounds + more.rounds,
                            all.overlapped + more.overlapped,
                            more.buffered,
                            all.places + more.places);
        }
        return all;
    }

    private static Overlap once() throws InterruptedException {
        AtomicInteger gate = new AtomicInteger();
        int[] x = new int[PLACES * LINE];
        int[] y = new int[PLACES * LINE];
        int[] at = new int[2 * LINE];
        int[] seenHere = new int[PLACES];
        int[] seenThere = new int[PLACES];
        Thread other =
                new Thread(
                        () -> {
                            for (int round = 0; round < ROUNDS; round++) {
                                meet(gate, 4 * round + 2);
                                go(1, round, at, y, x, seenThere);
                                meet(gate, 4 * round + 4);
                            }
                        },
                        "overlap");
        other.setDaemon(true);
        other.start();
        int overlapped = 0;
        long buffered = 0;
        for (int round = 0; round < ROUNDS; round++) {
            meet(gate, 4 * round + 2);
            go(0, round, at, x, y, seenHere);
            // Here the other one is through, and waits for this one to have looked.
            await(gate, 4 * round + 3);
            buffered += neither(seenHere, seenThere);
            overlapped += any(seenHere) && any(seenThere) ? 1 : 0;
            Arrays.fill(x, 0);
            Arrays.fill(y, 0);
            meet(gate, 4 * round + 4);
        }
        other.join();
        return new Overlap(ROUNDS, overlapped, buffered, (long) ROUNDS * PLACES);
    }

    /**
     * Goes over the places, each when the other thread is about there, too: stores must meet within
     * nanoseconds. Who has waited for the other in vain waits no more in this round.
     */
    private static void go(int me, int round, int[] at, int[] mine, int[] others, int[] seen) {
        int patience = SPINS;
        for (int i = 0; i < PLACES; i++) {
            int step = round * PLACES + i + 1;
            INTS.setRelease(at, me * LINE, step);
            int spins = 0;
            while (spins < patience && (int) INTS.getAcquire(at, (1 - me) * LINE) < step) {
                Thread.onSpinWait();
                spins++;
            }
            patience = spins == patience ? 0 : patience;
            INTS.setOpaque(mine, i * LINE, 1);
            seen[i] = (int) INTS.getOpaque(others, i * LINE);
        }
    }

    private static boolean any(int[] seen) {
        for (int one : seen) {
            if (one != 0) {
                return true;
            }
        }
        return false;
    }

    private static long neither(int[] first, int[] second) {
        long count = 0;
        for (int i = 0; i < first.length; i++) {
            count += (first[i] | second[i]) == 0 ? 1 : 0;
        }
        return count;
    }

    /** Waits until both are here: together they have counted up to this. */
    private static void meet(AtomicInteger gate, int count) {
        gate.incrementAndGet();
        await(gate, count);
    }

    private static void await(AtomicInteger gate, int count) {
        int spins = 0;
        while (gate.get() < count) {
            Thread.onSpinWait();
            if (++spins > SPINS) {
                spins = 0;
                Thread.yield();
            }
        }
    }
}
