package org.slubcheck.machine;

import java.util.List;

/**
 * A checked memory and what its observers know, at one moment: the stuff of a crash dump. A value:
 * the machine may go on.
 *
 * @param memory a bare copy of every word
 * @param shadow which of them may be used
 * @param runners the threads that have touched the memory, by their number
 * @param by the number of the thread that asked; -1 when it never touched the memory
 * @param entries how many entries the access log had
 * @param accesses how many accesses there were so far, those of the machines included that this one
 *     is a copy of
 */
public record Capture(
        Memory memory,
        ShadowImage shadow,
        List<Runner> runners,
        int by,
        int entries,
        long accesses) {

    /** Keeps a copy. */
    public Capture {
        runners = List.copyOf(runners);
    }

    /**
     * Who ran in a thread, and how it stood.
     *
     * @param thread the number that {@link AccessLog#thread} gives
     * @param cpu where; -1 when nobody had said who runs
     * @param interrupt in interrupt context
     * @param irqsOff the CPU's interrupts were off by it
     * @param waitsFor the word that it waited for, whose bits were still set; -1 when it did not wait
     * @param held the locks that lockdep saw it take and not give back, oldest first, those of the
     *     tasks that it interrupted first
     */
    public record Runner(
            int thread,
            int cpu,
            boolean interrupt,
            boolean irqsOff,
            long waitsFor,
            List<HeldLock> held) {
        /** Keeps a copy. */
        public Runner {
            held = List.copyOf(held);
        }
    }

    /** A lock that is held: its class as the kernel calls it, and where it is. */
    public record HeldLock(String name, long address) {}
}
