package org.slubcheck.machine;

/**
 * Read-copy-update: what readers may still look at is freed after a grace period.
 *
 * <p>A word counts the tasks in a read section; a grace period has passed for a callback when the count
 * was 0 at any time since it was queued. That is later than need be where sections overlap, and never
 * too early. Callbacks wait on one list with a spin lock. They run when they are queued and nobody
 * reads, when the last reader leaves, and in {@link #barrier}: softirqs and timers, which run them on
 * hardware, do not exist here.
 */
public final class Rcu {
    /** Words that this needs. */
    static final int WORDS = 4;

    private static final int BARRIER_MUTEX = 0;
    private static final int READERS = Memory.WORD;
    private static final int LOCK = 2 * Memory.WORD;
    private static final int CALLBACKS = 3 * Memory.WORD;

    /** What a callback does. */
    @FunctionalInterface
    public interface Callback {
        /** The grace period is over; irqs may be off, must not sleep. */
        void run(Task task, long head);
    }

    private final Machine machine;
    private final Memory memory;
    private final long base;
    private final Hotplug hotplug;
    private final Callback callback;

    /**
     * RCU of one machine; cheap, all state is in memory.
     *
     * @param callback what every callback does
     */
    public Rcu(Machine machine, Hotplug hotplug, Callback callback) {
        this.machine = machine;
        this.memory = machine.memory();
        this.base = machine.rcuWords();
        this.hotplug = hotplug;
        this.callback = callback;
    }

    /** rcu_read_lock: until {@link #readUnlock} nothing is freed that can be found now. No sleep. */
    public void readLock(Task task) {
        task.preemptDisable();
        memory.fetchAdd(base + READERS, 1);
    }

    /** rcu_read_unlock. */
    public void readUnlock(Task task) {
        memory.fetchAdd(base + READERS, -1);
        task.preemptEnable();
        process(task);
    }

    /**
     * call_rcu: runs the callback behind a grace period. Any context.
     *
     * @param head address of a word that belongs to RCU until then
     */
    public void call(Task task, long head) {
        boolean irqs = lock(task);
        memory.write(head, memory.read(base + CALLBACKS));
        memory.write(base + CALLBACKS, head);
        unlock(task, irqs);
        process(task);
    }

    /** synchronize_rcu: returns when a grace period is over. Sleeps. */
    public void synchronize(Task task) {
        machine.mightSleep(task, "kernel/rcutree.c synchronize_rcu");
        memory.awaitClear(base + READERS, -1L);
    }

    /**
     * rcu_barrier: returns when every callback that was queued before has run. Holds
     * rcu_barrier_mutex and keeps CPUs from coming and going, as each that is online is asked for its
     * callbacks (get_online_cpus, since 2012). Sleeps.
     */
    public void barrier(Task task) {
        String where = "kernel/rcutree.c rcu_barrier";
        machine.mutexLock(task, base + BARRIER_MUTEX, LockClass.RCU_BARRIER_MUTEX, where);
        hotplug.getOnlineCpus(task);
        boolean irqs = lock(task);
        long pending = detach();
        unlock(task, irqs);
        synchronize(task);
        runAll(task, pending);
        hotplug.putOnlineCpus(task);
        machine.mutexUnlock(task, base + BARRIER_MUTEX, LockClass.RCU_BARRIER_MUTEX);
    }

    /** Runs what waits, if nobody reads. */
    private void process(Task task) {
        boolean irqs = lock(task);
        // All that is on the list now was queued before this look at the readers.
        long pending = memory.loadAcquire(base + READERS) == 0 ? detach() : 0;
        unlock(task, irqs);
        runAll(task, pending);
    }

    private long detach() {
        long pending = memory.read(base + CALLBACKS);
        memory.write(base + CALLBACKS, 0);
        return pending;
    }

    private void runAll(Task task, long first) {
        long head = first;
        while (head != 0) {
            long next = memory.read(head);
            callback.run(task, head);
            head = next;
        }
    }

    private boolean lock(Task task) {
        return machine.spinLockIrqSave(task, base + LOCK, LockClass.RCU_LOCK);
    }

    private void unlock(Task task, boolean irqs) {
        machine.spinUnlockIrqRestore(task, base + LOCK, LockClass.RCU_LOCK, irqs);
    }
}
