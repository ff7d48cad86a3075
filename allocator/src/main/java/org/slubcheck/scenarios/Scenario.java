package org.slubcheck.scenarios;

import java.util.List;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Task;

/**
 * A situation in which kernel code can go wrong. Stateless: what a run changes is in its {@link
 * Trial}.
 */
public abstract class Scenario {
    private final String id;
    private final String about;
    private final List<String> tasks;

    /**
     * @param id for the command line
     * @param about one sentence
     * @param tasks what each task does, one to three
     */
    protected Scenario(String id, String about, String... tasks) {
        this.id = id;
        this.about = about;
        this.tasks = List.of(tasks);
    }

    /** For the command line. */
    public final String id() {
        return id;
    }

    /** One sentence. */
    public final String about() {
        return about;
    }

    /** What each task does. */
    public final List<String> tasks() {
        return tasks;
    }

    /**
     * The calls of a task that {@link #body} can do without, each of which it asks {@link
     * Trial#makes} for; a task that is one call, or whose calls belong together, has one.
     */
    public List<String> calls(int task) {
        return List.of(tasks.get(task));
    }

    /** The kernel that it runs on: always the same object, as it is asked for in every run. */
    public abstract KernelConfig config();

    /** The CPU that a task starts on. */
    public int cpuOf(int task) {
        return task % config().geometry().cpus();
    }

    /** A kernel in which each cache has its own slabs, so that nobody else's objects are in them. */
    static KernelConfig unmerged(KernelConfig plain) {
        return plain.with(plain.slab().withMerge(false));
    }

    /** Creates a cache at boot; a prefix relies on getting it. */
    static long create(Kernel kernel, long name, int size, long flags) {
        long s = kernel.slab().create(kernel.task(0), name, size, 0, flags, 0);
        if (s == 0) {
            throw new IllegalStateException("the prefix cannot create a cache");
        }
        return s;
    }

    /** How far the kernel is booted before the prefix runs. */
    public Kernel.Stage stage() {
        return Kernel.Stage.RUNNING;
    }

    /** The task as it starts: its CPU, and where it will migrate to. */
    public Task enter(int task) {
        return Task.on(cpuOf(task));
    }

    /**
     * What has happened before: runs once, in the template, on the booted kernel. Objects that a
     * task is to start with go into its hand. Returns the addresses that the bodies need.
     */
    public abstract long[] prefix(Kernel kernel, Hands hands);

    /**
     * What a task does. The task is made inside this call's thread and irqs are on; they must be on
     * again at the end.
     */
    public abstract void body(int task, Task self, Trial trial);

    /**
     * What is wrong at the end beyond what the kernel and the census report. Runs when all tasks
     * have ended; reads memory as an observer.
     */
    public List<String> judge(Trial trial) {
        return List.of();
    }

    /**
     * True for a report of the kernel that belongs to what the tasks do, and says nothing of a
     * mistake of the kernel's.
     */
    public boolean expects(Trial trial, String report) {
        return false;
    }

    /**
     * What a run that has ended shows of the work of its tasks; counted over all runs of an
     * exploration.
     */
    public List<String> evidence(Trial trial) {
        return List.of();
    }

    /**
     * The {@link #evidence} without which an exploration proves nothing: each must be seen in a run
     * at least.
     */
    public List<String> needed() {
        return List.of();
    }
}
