package org.slubcheck.machine;

import java.util.ArrayList;
import java.util.List;

/**
 * A thread that touched a {@link CheckedMemory}, and as whom; or what a CPU does on behalf of the
 * sender of an IPI, which is no thread of its own.
 *
 * <p>Not thread safe; {@link Observers} serialises.
 */
final class Runner {
    /** The {@link #index} of a leg. */
    private static final int NO_INDEX = -1;

    private final Thread thread;

    /** How many threads had touched the memory before it. */
    final int index;

    /** Which of the tasks that may meet it is, or -1. */
    int actor = -1;

    /** As whom it runs now, in an interrupt the interrupt; null before it was said. */
    Task task;

    /** As whom it runs outside of interrupts. */
    private Task process;

    /** Accesses since it runs as its task. */
    long accesses;

    /** How many times deep it looks at what is poisoned on purpose. */
    int metadataAccess;

    /** The word that it waits at, or -1, and the bits that are to be clear. */
    long waitsFor = -1;

    long waitMask;

    /** Its context for the race detector, and that of the leg that it runs; -1 for none. */
    int context = -1;

    int leg = -1;

    /** What the legs of an IPI under way begin with, and what its sender is to learn. */
    int[] sent;

    int[] learnt;

    /** A thread, nobody's task yet. */
    Runner(Thread thread, int index) {
        this.thread = thread;
        this.index = index;
    }

    /** What one CPU does for the senders of IPIs, whichever thread runs it. */
    static Runner ofLeg(int cpu) {
        Runner leg = new Runner(null, NO_INDEX);
        leg.task = new Task(cpu, true, null);
        return leg;
    }

    boolean isLeg() {
        return thread == null;
    }

    boolean runsIn(Thread other) {
        return thread == other;
    }

    /** From here on it runs as a task, or as an interrupt of it; another task counts anew. */
    void runs(Task next) {
        task = next;
        if (!next.interrupt && next != process) {
            process = next;
            accesses = 0;
        }
    }

    /** Its CPU, or -1. */
    int cpu() {
        return task == null ? -1 : task.cpu;
    }

    boolean interrupt() {
        return task != null && task.interrupt;
    }

    /** Whether it waits for bits that are still set. */
    boolean waits(long[] words) {
        return waitsFor >= 0 && (words[Memory.index(waitsFor)] & waitMask) != 0;
    }

    /** How it stands; a task that an interrupt waits behind counts as its own. */
    Capture.Runner captured(long[] words) {
        List<Capture.HeldLock> locks = new ArrayList<>();
        if (process != null && process != task) {
            process.held.addTo(locks);
        }
        if (task != null) {
            task.held.addTo(locks);
        }
        // The address of a wait that died of it may lie outside.
        boolean inside = waitsFor <= (long) words.length * Memory.WORD - Memory.WORD;
        return new Capture.Runner(
                index,
                cpu(),
                interrupt(),
                task != null && task.irqsOff(),
                inside && waits(words) ? waitsFor : -1,
                locks);
    }

    String who() {
        return task == null
                ? "task " + index
                : "CPU#" + task.cpu + (task.interrupt ? " in interrupt" : "");
    }
}
