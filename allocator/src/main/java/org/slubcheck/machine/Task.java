package org.slubcheck.machine;

/**
 * What runs on a CPU: a process, or an interrupt.
 *
 * <p>A task knows its CPU, whether it is an interrupt, and what the kernel's context rules need:
 * its irq state and how many spin locks it holds. Make one inside the operation that it runs, so
 * that it stays local to its thread. Not shared, so its fields are plain.
 */
public final class Task {
    private static final int MAX_MIGRATIONS = 8;
    private static final int PREEMPT_MASK = 0xffff;
    private static final int INTERRUPT = 1 << 16;
    private static final int IRQS_OFF = 1 << 17;

    int cpu;
    final boolean interrupt;

    /**
     * preempt_count with the irq state above it, so that one look tells a fast path that nothing is
     * unusual: spin locks held, {@link #INTERRUPT}, {@link #IRQS_OFF}.
     */
    private long context;

    /** Spin locks that were held already when this task turned irqs off. */
    int preemptCountAtIrqsOff;

    /** The task that waits for this interrupt to end, or null; its locks count as held. */
    final Task waiter;

    private int[] route = {};
    private int travelled;

    private MemPolicy policy = MemPolicy.local();

    private boolean inHandler;

    /** Locks held, oldest first; kept for lockdep alone. */
    final HeldLocks held = new HeldLocks();

    Task(int cpu, boolean interrupt, Task waiter) {
        this.cpu = cpu;
        this.interrupt = interrupt;
        this.waiter = waiter;
        this.context = interrupt ? INTERRUPT | IRQS_OFF : 0;
    }

    /** A process on a CPU, irqs on. */
    public static Task on(int cpu) {
        return new Task(cpu, false, null);
    }

    /**
     * Plans migrations: at its first migration point the task moves to the first CPU, and so on.
     * Returns this task.
     */
    public Task migratingTo(int... cpus) {
        if (cpus.length > MAX_MIGRATIONS) {
            throw new IllegalArgumentException("at most " + MAX_MIGRATIONS + " migrations");
        }
        route = cpus.clone();
        return this;
    }

    /** Sets the memory policy; returns this task. */
    public Task withPolicy(MemPolicy nodes) {
        policy = nodes;
        return this;
    }

    /** The memory policy, or what the cpuset says. */
    public MemPolicy policy() {
        return policy;
    }

    /** From here on, or no more, it runs the handler of a sysfs file and keeps the file from going. */
    public void inHandler(boolean on) {
        inHandler = on;
    }

    /** True while it keeps a sysfs file from going, and so must not wait for who removes it. */
    public boolean inHandler() {
        return inHandler;
    }

    /** The CPU it runs on now. */
    public int cpu() {
        return cpu;
    }

    /** True in interrupt context. */
    public boolean inInterrupt() {
        return interrupt;
    }

    /** The locks it holds; empty unless somebody observes locks. */
    public HeldLocks held() {
        return held;
    }

    /** True while this task has its CPU's interrupts off. */
    public boolean irqsOff() {
        return (context & IRQS_OFF) != 0;
    }

    /** 0 where {@link #atomic} is false, and else no bit above the lower 32. */
    public long context() {
        return context;
    }

    /** True where sleeping is forbidden: irqs off, a spin lock held, or an interrupt. */
    public boolean atomic() {
        return context != 0;
    }

    void setIrqsOff(boolean off) {
        context = off ? context | IRQS_OFF : context & ~IRQS_OFF;
    }

    /** Spin locks held, and read sections of RCU. */
    int preemptCount() {
        return (int) context & PREEMPT_MASK;
    }

    /** preempt_disable. */
    void preemptDisable() {
        context++;
    }

    /** preempt_enable; the count is not 0. */
    void preemptEnable() {
        context--;
    }

    /** The highest number of a CPU that the task is on or will migrate to. */
    public int highestCpu() {
        int highest = cpu;
        for (int next : route) {
            highest = Math.max(highest, next);
        }
        return highest;
    }

    /** Moves on if a migration is planned; only called with irqs on and no spin lock held. */
    void migrate() {
        if (travelled < route.length) {
            cpu = route[travelled++];
        }
    }
}
