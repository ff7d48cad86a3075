package org.slubcheck.scenarios;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.slubcheck.kernel.Census;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;

/**
 * One run of a scenario on its own copy of the machine.
 *
 * <p>{@link #run} is called once for each task, by any thread; {@link #violations} once when all
 * have ended, or when a tool has found that they never will.
 */
public final class Trial {
    private final Scenario scenario;
    private final Kernel kernel;
    private final long[] setup;
    private final Hands hands;
    private final String[] faults;
    private final String[] complaints;
    private final boolean[] died;
    private final int[] threads;
    private final long[] notes;
    private final boolean[] begun;
    private final boolean[] ended;
    private final Set<Call> without;
    private final boolean whole;
    private boolean overlapped;

    Trial(Scenario scenario, Kernel kernel, long[] setup, Hands hands, Set<Call> without) {
        this.scenario = scenario;
        this.kernel = kernel;
        this.setup = setup;
        this.hands = hands;
        this.faults = new String[scenario.tasks().size()];
        this.complaints = new String[faults.length];
        this.died = new boolean[faults.length];
        this.threads = new int[faults.length];
        this.notes = new long[faults.length];
        this.begun = new boolean[faults.length];
        this.ended = new boolean[faults.length];
        this.without = without;
        this.whole = without.isEmpty();
        Arrays.fill(threads, -1);
    }

    /** The machine of this run. */
    public Kernel kernel() {
        return kernel;
    }

    /** The i-th address that the prefix returned. */
    public long setup(int i) {
        return setup[i];
    }

    /** What the tasks hold. */
    public Hands hands() {
        return hands;
    }

    /** The scenario that is run. */
    public Scenario scenario() {
        return scenario;
    }

    /**
     * Whether a task makes one of its {@link Scenario#calls calls} in this run.
     *
     * @param number its place among the task's calls, from 0
     */
    public boolean makes(int task, int number) {
        return whole || !without.contains(new Call(task, number));
    }

    /** What a task has to say of its work when all have ended: a number of its own. */
    public void note(int task, long number) {
        notes[task] = number;
    }

    /** What a task has noted last, or 0. */
    public long noted(int task) {
        return notes[task];
    }

    /**
     * True when one task began while another was not yet at its end. Only for tools that run one
     * thread at a time.
     */
    public boolean overlapped() {
        return overlapped;
    }

    private void begin(int task) {
        begun[task] = true;
        for (int other = 0; other < begun.length; other++) {
            overlapped |= other != task && begun[other] && !ended[other];
        }
    }

    /**
     * Runs one task from its beginning to its end. Never throws: a kernel that dies has said so on
     * its console, and an exception of another kind is kept as a fault of the suite, as is a task for
     * whose CPU the machine is too small.
     */
    public void run(int task) {
        Task self = scenario.enter(task);
        if (self.highestCpu() >= kernel.geometry().cpus()) {
            faults[task] = scenario.tasks().get(task) + ": there is no CPU#" + self.highestCpu();
            return;
        }
        kernel.memory().runs(self);
        threads[task] = task;
        if (kernel.checked() != null) {
            kernel.checked().actor(task);
            threads[task] = kernel.checked().thread();
        }
        begin(task);
        try {
            scenario.body(task, self, this);
            kernel.machine().checkReturn(self, false, scenario.tasks().get(task));
        } catch (RuntimeException end) {
            if (kernel.machine().deathBy(end, scenario.tasks().get(task)) != null) {
                died[task] = true;
            } else {
                faults[task] = scenario.tasks().get(task) + ": " + end;
            }
        } finally {
            ended[task] = true;
        }
    }

    /**
     * What each task does, by the number that the access log has for its thread; of two tasks of one
     * thread the first.
     */
    public List<String> tasksByThread() {
        List<String> names = new ArrayList<>();
        for (int task = threads.length - 1; task >= 0; task--) {
            while (names.size() <= threads[task]) {
                names.add("task " + names.size());
            }
            if (threads[task] >= 0) {
                names.set(threads[task], scenario.tasks().get(task));
            }
        }
        return names;
    }

    /** The task that a thread of the access log ran, or -1; of two tasks of one thread the first. */
    public int taskOf(int thread) {
        for (int task = 0; task < threads.length; task++) {
            if (threads[task] == thread) {
                return task;
            }
        }
        return -1;
    }

    /** True when the kernel died under a task: locks and queues are then as it left them. */
    public boolean died() {
        for (boolean dead : died) {
            if (dead) {
                return true;
            }
        }
        return false;
    }

    /**
     * Everything that is wrong: what the kernel reported, what the tasks and the scenario say, and, unless
     * the kernel died in mid-flight, what the census finds. Empty for a clean run.
     */
    public List<String> violations() {
        List<String> wrong = new ArrayList<>(kernel.reports());
        wrong.removeIf(report -> scenario.expects(this, report));
        if (!died()) {
            Stream.of(complaints).filter(Objects::nonNull).forEach(wrong::add);
            wrong.addAll(scenario.judge(this));
            wrong.addAll(Census.of(kernel, hands.all()));
        }
        return wrong;
    }

    /** A task says what is wrong with an answer that the kernel gave it; the first time counts. */
    void complain(int task, String what) {
        if (complaints[task] == null) {
            complaints[task] = what;
        }
    }

    /** Exceptions that are no finding but a fault of the suite. */
    public List<String> faults() {
        List<String> all = new ArrayList<>();
        for (String fault : faults) {
            if (fault != null) {
                all.add(fault);
            }
        }
        return all;
    }
}
