package org.slubcheck.scenarios;

import java.util.Arrays;

/**
 * Which objects each task holds: what the census needs to place every object. Kept outside kernel
 * memory, one array for each task, so tasks share nothing here.
 */
public final class Hands {
    private static final int START = 8;

    private final long[][] held;
    private final int[] count;

    Hands(int tasks) {
        held = new long[tasks][START];
        count = new int[tasks];
    }

    private Hands(Hands other) {
        held = new long[other.held.length][];
        for (int i = 0; i < held.length; i++) {
            held[i] = other.held[i].clone();
        }
        count = other.count.clone();
    }

    Hands copy() {
        return new Hands(this);
    }

    /** A task got an object; 0 is nobody's. */
    public void hold(int task, long object) {
        if (object == 0) {
            return;
        }
        if (count[task] == held[task].length) {
            held[task] = Arrays.copyOf(held[task], 2 * count[task]);
        }
        held[task][count[task]++] = object;
    }

    /** The object that a task got last leaves its hand; 0 when it holds none. */
    public long drop(int task) {
        return count[task] == 0 ? 0 : held[task][--count[task]];
    }

    /** How many objects a task holds. */
    public int held(int task) {
        return count[task];
    }

    /** Everything that any task holds. Only when all tasks have ended. */
    public long[] all() {
        long[] all = new long[Arrays.stream(count).sum()];
        int n = 0;
        for (int task = 0; task < held.length; task++) {
            System.arraycopy(held[task], 0, all, n, count[task]);
            n += count[task];
        }
        return all;
    }
}
