package org.slubcheck.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The knowledge which thread runs as which task, and which of the race detector's contexts is whose.
 *
 * <p>Looked up at each access, so a thread that has two in a row is found at once, and any other by
 * a walk over the few that there are.
 *
 * <p>Not thread safe; {@link Observers} serialises.
 */
final class Runners {
    /** The memory that they touch. */
    private final long[] words;

    /** For each context of the race detector who it is; the leg of a CPU has a runner of its own. */
    private final List<Runner> contextOwners = new ArrayList<>();

    private final List<Runner> legs = new ArrayList<>();

    private Runner[] threads = new Runner[4];
    private int count;
    private Runner last;

    Runners(long[] words) {
        this.words = words;
    }

    /** The calling thread's. */
    Runner current() {
        Thread thread = Thread.currentThread();
        if (last != null && last.runsIn(thread)) {
            return last;
        }
        for (int i = 0; i < count; i++) {
            if (threads[i].runsIn(thread)) {
                last = threads[i];
                return last;
            }
        }
        if (count == threads.length) {
            threads = Arrays.copyOf(threads, 2 * count);
        }
        last = new Runner(thread, count);
        threads[count++] = last;
        return last;
    }

    /** The index of the calling thread's, or -1 where it never touched this memory. */
    int known() {
        for (int i = 0; i < count; i++) {
            if (threads[i].runsIn(Thread.currentThread())) {
                return i;
            }
        }
        return -1;
    }

    /** The context of a runner, or of the leg that it runs. */
    int context(Runner runner) {
        if (runner.leg >= 0) {
            return runner.leg;
        }
        if (runner.context < 0) {
            runner.context = contextOwners.size();
            contextOwners.add(runner);
        }
        return runner.context;
    }

    /** The context of the leg of a CPU, always the same one. */
    int legContext(int cpu) {
        for (Runner leg : legs) {
            if (leg.cpu() == cpu) {
                return context(leg);
            }
        }
        Runner leg = Runner.ofLeg(cpu);
        legs.add(leg);
        return context(leg);
    }

    /** Whose context it is. */
    Runner inContext(int context) {
        return contextOwners.get(context);
    }

    /** How all threads stand, in the order in which they came. */
    List<Capture.Runner> captured() {
        List<Capture.Runner> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(threads[i].captured(words));
        }
        return all;
    }

    /** Who waits now, for bits that are still set. */
    List<CheckedMemory.Wait> waits() {
        List<CheckedMemory.Wait> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (threads[i].waits(words)) {
                all.add(new CheckedMemory.Wait(threads[i].cpu(), threads[i].waitsFor));
            }
        }
        return all;
    }
}
