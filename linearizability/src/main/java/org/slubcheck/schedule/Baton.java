package org.slubcheck.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Turns;
import org.slubcheck.scenarios.Trial;

/**
 * Runs the tasks of a trial one at a time: a thread for each, of which only the one that holds the
 * baton goes on. It is handed over before an access to memory, when a task waits, and when it is
 * over, to whom the {@link Director} names. So the run depends on nothing but the trial and the
 * director.
 *
 * <p>A run is over when every task is, when none can go on, or when the director says that it is off
 * course. Threads that are left then are ended by an error that no kernel code catches, and memory is
 * as they left it.
 */
final class Baton implements Turns {
    /** More accesses than any scenario makes; who needs more goes round in circles. */
    private static final int MOST_ACCESSES = 200_000;

    /** Ends a thread whose run is over. */
    private static final class Cut extends Error {
        private static final long serialVersionUID = 1L;

        Cut() {
            super(null, null, false, false);
        }
    }

    private final Trial trial;
    private final Memory memory;
    private final Director director;
    private final Semaphore[] mayGo;
    private final Thread[] threads;
    private final List<Integer> tasks;
    private final boolean[] over;
    private final int[] accesses;
    private final long[] waitsFor;
    private final long[] waitMask;
    private final List<Passage> passages = new ArrayList<>();
    private int left;
    private int running = Director.NOBODY;
    private int total;
    private boolean stopped;
    private boolean endless;
    private OffCourse offCourse;
    private Throwable broken;

    private Baton(Trial trial, List<Integer> tasks, Director director) {
        this.trial = trial;
        this.memory = trial.kernel().memory();
        this.director = director;
        this.tasks = List.copyOf(tasks);
        int all = trial.scenario().tasks().size();
        mayGo = new Semaphore[all];
        threads = new Thread[all];
        over = new boolean[all];
        accesses = new int[all];
        waitsFor = new long[all];
        waitMask = new long[all];
        left = tasks.size();
        for (int task = 0; task < all; task++) {
            over[task] = !tasks.contains(task);
            mayGo[task] = new Semaphore(0);
        }
    }

    /**
     * Runs some tasks of a trial to the end; the others never begin. Returns when no thread of it is
     * left.
     */
    static Baton run(Trial trial, List<Integer> tasks, Director director) {
        Baton baton = new Baton(trial, tasks, director);
        baton.run();
        return baton;
    }

    private void run() {
        trial.kernel().checked().takeTurns(this);
        for (int task : tasks) {
            threads[task] = new Thread(() -> work(task), "task-" + task);
            threads[task].setDaemon(true);
            threads[task].start();
        }
        handOver(begins());
        for (int task : tasks) {
            join(threads[task]);
        }
        trial.kernel().checked().takeTurns(null);
    }

    private int begins() {
        try {
            return director.first(this);
        } catch (OffCourse lost) {
            offCourse = lost;
            return Director.NOBODY;
        }
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void work(int task) {
        mayGo[task].acquireUninterruptibly();
        if (stopped) {
            return;
        }
        try {
            trial.run(task);
        } catch (Cut end) {
            return;
        } catch (Error e) {
            broken = e;
        }
        over[task] = true;
        left--;
        passages.add(new Passage(task, accesses[task], Leg.End.DONE, 0));
        handOver(choose(task, Leg.End.DONE, 0));
    }

    // ---- what the tasks call

    @Override
    public void access(long address) {
        int task = begin();
        if (director.leaves(this, task, address)) {
            give(task, Leg.End.BEFORE, address);
        }
        accesses[task]++;
    }

    @Override
    public void await(long address, long mask) {
        int task = begin();
        waitsFor[task] = address;
        waitMask[task] = mask;
        boolean leaves = director.leaves(this, task, address);
        if (leaves && canGo(task)) {
            give(task, Leg.End.BEFORE, address);
        }
        while (!canGo(task)) {
            give(task, Leg.End.WAITS, address);
        }
        waitMask[task] = 0;
        accesses[task]++;
    }

    private int begin() {
        if (stopped) {
            throw new Cut();
        }
        if (++total > MOST_ACCESSES) {
            endless = true;
            stop();
            throw new Cut();
        }
        return running;
    }

    private void give(int task, Leg.End end, long address) {
        int next = choose(task, end, address);
        if (next == task) {
            return;
        }
        passages.add(new Passage(task, accesses[task], end, address));
        handOver(next);
        mayGo[task].acquireUninterruptibly();
        if (stopped) {
            throw new Cut();
        }
    }

    private int choose(int task, Leg.End end, long address) {
        try {
            return director.next(this, task, end, address);
        } catch (OffCourse lost) {
            offCourse = lost;
            return Director.NOBODY;
        }
    }

    private void handOver(int next) {
        if (next == Director.NOBODY || broken != null) {
            stop();
        } else {
            running = next;
            mayGo[next].release();
        }
    }

    private void stop() {
        stopped = true;
        for (Semaphore semaphore : mayGo) {
            semaphore.release();
        }
    }

    // ---- what directors and judges ask

    /** The tasks that take part. */
    List<Integer> tasks() {
        return tasks;
    }

    /** How many accesses a task has made. */
    int accesses(int task) {
        return accesses[task];
    }

    /** True when a task is not over and does not wait. */
    boolean canGo(int task) {
        return !over[task]
                && (waitMask[task] == 0 || (memory.peek(waitsFor[task]) & waitMask[task]) == 0);
    }

    /** The first task that can go on, or {@link Director#NOBODY}. */
    int anybody() {
        for (int task = 0; task < over.length; task++) {
            if (canGo(task)) {
                return task;
            }
        }
        return Director.NOBODY;
    }

    /** The trial. */
    Trial trial() {
        return trial;
    }

    /** The legs, as they were run. */
    List<Passage> passages() {
        return List.copyOf(passages);
    }

    /** How often a task had to give way that could have gone on. */
    int preemptions() {
        return (int) passages.stream().filter(p -> p.end() == Leg.End.BEFORE).count();
    }

    /** True when tasks were left and none could go on. */
    boolean deadlock() {
        return left > 0 && offCourse == null && broken == null && !endless;
    }

    /** True when the tasks made too many accesses to be ever over. */
    boolean endless() {
        return endless;
    }

    /** Where the run left its schedule, or null. */
    OffCourse offCourse() {
        return offCourse;
    }

    /** An error of the JVM in a task, or null. */
    Throwable broken() {
        return broken;
    }
}
