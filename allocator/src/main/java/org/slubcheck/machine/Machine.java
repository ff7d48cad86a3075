package org.slubcheck.machine;

/**
 * CPUs, interrupts and locks over a {@link Memory}.
 *
 * <p><b>Interrupts.</b> Turning irqs off is taking the CPU's <em>line</em>, a word in memory; nested
 * saves keep it, the outermost restore gives it back. Who interrupts a CPU takes its line, runs as
 * that CPU in interrupt context, and gives it back. That needs no poll points and always ends.
 * Where it is wider than hardware: the interrupted task may go on meanwhile with code that has irqs
 * on. Where it is narrower: a lock held with irqs on and also taken by an interrupt deadlocks on
 * hardware and passes here, so only lockdep judges irq safety.
 *
 * <p><b>Locks</b> are words in memory and pure await loops. A spin lock word is 0 or the holder's
 * CPU plus one; an rwsem counts readers in its low half, has its writer in bit 32 and waiting
 * writers above, which stop new readers as the kernel's fair rwsem does.
 *
 * <p><b>Context rules</b> are checked always: sleeping in atomic context, an IPI with irqs off,
 * per-CPU data with irqs on, irq state given back in the wrong order. A broken rule is a report on
 * the console, in the kernel's words, and the machine goes on.
 */
public final class Machine {
    private static final long FREE = 0;

    /** Behind a CPU's line: 1 while it is offline. Changed with its line held. */
    private static final int OFFLINE = Memory.WORD;

    private static final long WRITER = 1L << 32;
    private static final long WAITING_WRITER = 1L << 33;
    private static final long WRITERS = -WRITER;

    /** The nesting level of a second lock of one class, as spin_lock_nested takes it. */
    public static final int SINGLE_DEPTH_NESTING = 1;

    private final Memory memory;
    private final Geometry geometry;
    private final Console console;
    private final LockObserver observer;
    private final long lines;
    private final int lineShift;

    /**
     * @param lines address of one word for each CPU: its interrupt line; words are a cache line
     *     apart when memory allows
     */
    public Machine(
            Memory memory, Geometry geometry, Console console, LockObserver observer, long lines) {
        this.memory = memory;
        this.geometry = geometry;
        this.console = console;
        this.observer = observer;
        this.lines = lines;
        this.lineShift = Integer.numberOfTrailingZeros(lineStride(geometry));
    }

    /**
     * Reserves the interrupt lines of all CPUs in a map, and behind them the words of {@link Hotplug}
     * and {@link Rcu}; returns the address of the lines.
     */
    public static long reserveLines(MemoryMap map, Geometry geometry) {
        int stride = lineStride(geometry);
        long lines = map.reserve("irq", (long) geometry.cpus() * stride, stride);
        map.reserve("hotplug", (long) Hotplug.WORDS * Memory.WORD, Memory.WORD);
        map.reserve("rcu", (long) Rcu.WORDS * Memory.WORD, Memory.WORD);
        return lines;
    }

    /** Bytes from line to line: a cache line, or two words, the second for {@link #OFFLINE}. */
    public static int lineStride(Geometry geometry) {
        return Math.max(geometry.cacheLine(), 2 * Memory.WORD);
    }

    /** Where the words of {@link Hotplug} are. */
    long hotplugWords() {
        return line(geometry.cpus());
    }

    /** Where the words of {@link Rcu} are. */
    long rcuWords() {
        return hotplugWords() + (long) Hotplug.WORDS * Memory.WORD;
    }

    /** Physical memory. */
    public Memory memory() {
        return memory;
    }

    /** The shape of the machine. */
    public Geometry geometry() {
        return geometry;
    }

    /** The kernel's log. */
    public Console console() {
        return console;
    }

    /** Who watches the locks. */
    public LockObserver observer() {
        return observer;
    }

    /** The address of a CPU's interrupt line. */
    public long line(int cpu) {
        return lines + ((long) cpu << lineShift);
    }

    // ---- interrupts

    /**
     * local_irq_save for a short section that calls nothing which asks for the irq state: takes a
     * CPU's line and leaves the task's record alone; false when somebody has the line, for whom
     * {@link #irqSave} waits. The task has irqs on. Ends with {@link #irqLeave}, or becomes an
     * ordinary section by {@link #irqRecord}. Static, so that a fast path needs to know the memory
     * alone.
     */
    public static boolean irqTryEnter(Memory m, long line, long cpu) {
        return m.cmpxchg(line, FREE, cpu + 1);
    }

    /** Gives back what {@link #irqTryEnter} took. */
    public static void irqLeave(Memory m, long line) {
        m.storeRelease(line, FREE);
    }

    /** Behind {@link #irqTryEnter}: from here on the task counts as having irqs off. */
    public void irqRecord(Task task) {
        task.setIrqsOff(true);
        task.preemptCountAtIrqsOff = task.preemptCount();
    }

    /** log2 of the distance between the lines of two CPUs. */
    public int lineShift() {
        return lineShift;
    }

    /** local_irq_save: returns whether irqs were off before; pass it to {@link #irqRestore}. */
    public boolean irqSave(Task task) {
        if (task.irqsOff()) {
            return true;
        }
        irqDisable(task);
        return false;
    }

    /**
     * local_irq_restore of what {@link #irqSave} returned. It restores: a task that has turned irqs
     * on meanwhile has them off again behind a restore of "off".
     */
    public void irqRestore(Task task, boolean wereOff) {
        if (wereOff) {
            irqDisable(task);
        } else {
            irqEnable(task);
        }
    }

    /** local_irq_disable; nothing happens when this task has them off. */
    public void irqDisable(Task task) {
        if (!task.irqsOff()) {
            take(line(task.cpu), task.cpu + 1L);
            task.setIrqsOff(true);
            task.preemptCountAtIrqsOff = task.preemptCount();
        }
    }

    /**
     * local_irq_enable; this task has them off and gave back every spin lock that it took since.
     * An interrupt must not: its irqs come on when it returns.
     */
    public void irqEnable(Task task) {
        if (task.interrupt) {
            report("WARNING: irq handler enabled interrupts on CPU#" + task.cpu);
            return;
        }
        if (!task.irqsOff()) {
            report("WARNING: local_irq_restore() called with IRQs enabled on CPU#" + task.cpu);
            return;
        }
        if (task.preemptCount() > task.preemptCountAtIrqsOff) {
            report("BUG: irqs enabled with a spin lock held on CPU#" + task.cpu);
        }
        task.setIrqsOff(false);
        memory.storeRelease(line(task.cpu), FREE);
    }

    /** What an IPI runs: on the target CPU, in interrupt context, irqs off. */
    @FunctionalInterface
    public interface IpiHandler {
        /** Runs as the interrupt; must not sleep. */
        void run(Task interrupt);
    }

    // ---- CPUs that are online

    /** cpu_online, racily; exact under {@link Hotplug#getOnlineCpus}. */
    public boolean cpuOnline(int cpu) {
        return memory.readOnce(line(cpu) + OFFLINE) == 0;
    }

    /** Marks a CPU, from within an interrupt there; cpu_hotplug.lock is held for write. */
    void setCpuOnline(Task task, int cpu, boolean online) {
        memory.ipiSend();
        interrupt(
                task,
                new Task(cpu, true, task),
                irq -> memory.writeOnce(line(cpu) + OFFLINE, online ? 0 : 1));
        memory.ipiDone();
    }

    /**
     * on_each_cpu, and in place of every CPU that is offline the handler runs here: as that CPU, whose
     * line is held, so that it cannot come up meanwhile (the kernel has get_online_cpus around such a
     * pair). For what a CPU may have left behind that is gone.
     */
    public void onEachPossibleCpu(Task task, IpiHandler handler) {
        onCpus(task, handler, true);
    }

    /**
     * on_each_cpu with wait: runs the handler on every CPU that is online, this one too, and returns when all are
     * done. Irqs must be on: the other CPU may be waiting for us. The handlers must not want a lock
     * that the task holds. They run one after the other here and at once on hardware, so for the race
     * detector each has a clock of its own: it knows what the task did, and not what the others do.
     */
    public void onEachCpu(Task task, IpiHandler handler) {
        onCpus(task, handler, false);
    }

    private void onCpus(Task task, IpiHandler handler, boolean offlineToo) {
        if (task.irqsOff()) {
            report("WARNING: at kernel/smp.c smp_call_function with irqs off on CPU#" + task.cpu);
        }
        observer.waitsForAllCpus(task);
        memory.ipiSend();
        for (int cpu = 0; cpu < geometry.cpus(); cpu++) {
            interrupt(
                    task, new Task(cpu, true, task), offlineToo ? handler : ifOnline(cpu, handler));
        }
        memory.ipiDone();
    }

    /** The line is held, so the look is exact. */
    private IpiHandler ifOnline(int cpu, IpiHandler handler) {
        return irq -> {
            if (memory.readOnce(line(cpu) + OFFLINE) == 0) {
                handler.run(irq);
            }
        };
    }

    /**
     * smp_call_function_single with wait: as {@link #onEachCpu}, on one CPU, which may be the
     * task's own; one that is offline does nothing.
     */
    public void onCpu(Task task, int cpu, IpiHandler handler) {
        if (task.irqsOff()) {
            report("WARNING: at kernel/smp.c smp_call_function with irqs off on CPU#" + task.cpu);
        }
        observer.waitsForAllCpus(task);
        memory.ipiSend();
        interrupt(task, new Task(cpu, true, task), ifOnline(cpu, handler));
        memory.ipiDone();
    }

    /**
     * Runs a handler as an interrupt that hits a CPU while the task, in whose thread it is, waits. A
     * CPU whose irqs the task itself has off is not interrupted: that is reported and nothing runs.
     */
    public void interrupt(Task task, int cpu, IpiHandler handler) {
        if (task.irqsOff() && task.cpu == cpu) {
            report("BUG: an interrupt cannot hit CPU#" + cpu + ", which has its irqs off");
            return;
        }
        memory.ipiSend();
        interrupt(task, new Task(cpu, true, null), handler);
        memory.ipiDone();
    }

    private void interrupt(Task task, Task irq, IpiHandler handler) {
        boolean own = task.irqsOff() && task.cpu == irq.cpu;
        memory.ipiEnter(irq.cpu);
        if (!own) {
            take(line(irq.cpu), irq.cpu + 1L);
        }
        memory.runs(irq);
        handler.run(irq);
        checkReturn(irq, true, "interrupt");
        memory.runs(task);
        if (!own) {
            memory.storeRelease(line(irq.cpu), FREE);
        }
        memory.ipiLeave();
    }

    /**
     * A place where the kernel may move the task to another CPU: irqs are on and nothing pins it.
     * Moves it if the scenario planned so.
     */
    public void migrationPoint(Task task) {
        if (!task.atomic()) {
            task.migrate();
            memory.runs(task);
        }
    }

    /**
     * For a task with irqs on that has had a look at what belongs to its CPU: waits until nobody else
     * has the CPU's line. On hardware such a task does not run while a section with irqs off runs
     * there, so it never sees what one is in the midst of; here it may, and what it saw is as it will
     * be left once this returns. Orders everything in the section before what follows.
     */
    public void awaitIrqsOn(Task task) {
        if (!task.irqsOff()) {
            memory.awaitClear(line(task.cpu), -1L);
        }
    }

    // ---- context rules

    /** might_sleep: reports a task that must not. */
    public void mightSleep(Task task, String where) {
        if (task.atomic()) {
            report(
                    "BUG: sleeping function called from invalid context at "
                            + where
                            + "\nin_atomic(): "
                            + (task.preemptCount() != 0 ? 1 : 0)
                            + ", irqs_disabled(): "
                            + (task.irqsOff() ? 1 : 0)
                            + ", CPU#"
                            + task.cpu);
        }
    }

    /** Rule A of S+Q3 15/23: one's own per-CPU area is touched with irqs off. */
    public void checkPinned(Task task, String where) {
        if (!task.irqsOff() && task.preemptCount() == 0) {
            report(
                    "BUG: using smp_processor_id() in preemptible code at "
                            + where
                            + " CPU#"
                            + task.cpu);
        }
    }

    /**
     * To be called when a task goes back to its caller, which held no lock: irq state and locks are
     * as they were. A lock that sleepers wait for is in the task's books only while lockdep watches;
     * without it, the word of the lock tells, when nobody runs any more.
     */
    public void checkReturn(Task task, boolean irqsWereOff, String from) {
        if (task.irqsOff() != irqsWereOff) {
            report(
                    "BUG: "
                            + from
                            + " returned with irqs "
                            + (task.irqsOff() ? "off" : "on")
                            + " on CPU#"
                            + task.cpu);
        }
        if (task.preemptCount() != 0) {
            report("BUG: " + from + " returned with a spin lock held on CPU#" + task.cpu);
        }
        for (int i = 0; i < task.held.depth(); i++) {
            LockClass lock = task.held.lockClass(i);
            if (!lock.kind().spins()) {
                report(
                        "BUG: "
                                + from
                                + " returned with "
                                + named(lock, task.held.address(i))
                                + " held on CPU#"
                                + task.cpu);
            }
        }
    }

    // ---- spin locks

    /** spin_lock. */
    public void spinLock(Task task, long lock, LockClass lockClass) {
        acquire(task, lockClass, lock, LockObserver.How.WRITE);
        take(lock, task.cpu + 1L);
        spinTaken(task, lock, lockClass);
    }

    /**
     * spin_lock_nested: the caller knows why a second lock of one class is safe, and lockdep takes it
     * for a class of its own.
     *
     * @param subclass {@link #SINGLE_DEPTH_NESTING}, or 0, which is plain spin_lock
     */
    public void spinLockNested(Task task, long lock, LockClass lockClass, int subclass) {
        if (observer != LockObserver.NONE) {
            observer.acquire(task, lockClass, subclass, lock, LockObserver.How.WRITE);
        }
        take(lock, task.cpu + 1L);
        task.preemptDisable();
        if (observer != LockObserver.NONE) {
            task.held.push(lockClass, subclass, lock);
        }
    }

    /** spin_trylock: true when taken; a try that fails orders nothing, as in the kernel. */
    public boolean spinTryLock(Task task, long lock, LockClass lockClass) {
        if (memory.readOnce(lock) != FREE || !memory.cmpxchg(lock, FREE, task.cpu + 1L)) {
            return false;
        }
        acquire(task, lockClass, lock, LockObserver.How.TRY);
        spinTaken(task, lock, lockClass);
        return true;
    }

    /** spin_unlock; of a lock that this CPU does not hold it is reported and done all the same. */
    public void spinUnlock(Task task, long lock, LockClass lockClass) {
        released(task, lockClass, lock);
        if (observer == LockObserver.NONE && memory.readOnce(lock) != task.cpu + 1L
                || task.preemptCount() == 0) {
            wrongOwner(task, lock, lockClass);
        } else {
            task.preemptEnable();
        }
        memory.storeRelease(lock, FREE);
    }

    /** spin_lock_irqsave: returns whether irqs were off before. */
    public boolean spinLockIrqSave(Task task, long lock, LockClass lockClass) {
        boolean wereOff = irqSave(task);
        spinLock(task, lock, lockClass);
        return wereOff;
    }

    /** spin_unlock_irqrestore. */
    public void spinUnlockIrqRestore(Task task, long lock, LockClass lockClass, boolean wereOff) {
        spinUnlock(task, lock, lockClass);
        irqRestore(task, wereOff);
    }

    // ---- bit spin locks

    /** bit_spin_lock on a bit of a word whose other bits may change meanwhile. */
    public void bitLock(Task task, long word, long bit, LockClass lockClass) {
        acquire(task, lockClass, word, LockObserver.How.WRITE);
        long seen;
        do {
            seen = memory.awaitClear(word, bit);
        } while (!memory.cmpxchg(word, seen, seen | bit));
        spinTaken(task, word, lockClass);
    }

    /** bit_spin_trylock: true when taken; a try that fails orders nothing, as in the kernel. */
    public boolean bitTryLock(Task task, long word, long bit, LockClass lockClass) {
        long seen = memory.readOnce(word);
        if ((seen & bit) != 0 || !memory.cmpxchg(word, seen, seen | bit)) {
            return false;
        }
        acquire(task, lockClass, word, LockObserver.How.TRY);
        spinTaken(task, word, lockClass);
        return true;
    }

    /**
     * bit_spin_unlock; the holder is the only one who changes the word's other bits. A bit that is
     * clear already is reported.
     */
    public void bitUnlock(Task task, long word, long bit, LockClass lockClass) {
        released(task, lockClass, word);
        long seen = memory.readOnce(word);
        if ((seen & bit) == 0 || task.preemptCount() == 0) {
            wrongOwner(task, word, lockClass);
        } else {
            task.preemptEnable();
        }
        memory.storeRelease(word, seen & ~bit);
    }

    /** A spinning lock is given back that is not held; lockdep, where it watches, has said so. */
    private void wrongOwner(Task task, long lock, LockClass lockClass) {
        if (observer == LockObserver.NONE) {
            report(
                    "BUG: spinlock wrong owner on CPU#"
                            + task.cpu
                            + "\n lock: "
                            + named(lockClass, lock)
                            + ", .owner_cpu: "
                            + (lockClass.kind() == LockClass.Kind.SPIN
                                    ? memory.readOnce(lock) - 1
                                    : -1));
        }
    }

    /** A sleepers' lock is given back that nobody holds; lockdep, where it watches, has said so. */
    private void badBalance(Task task, long lock, LockClass lockClass) {
        if (observer == LockObserver.NONE) {
            report(
                    "WARNING: bad unlock balance detected!\nCPU#"
                            + task.cpu
                            + " gives back "
                            + named(lockClass, lock)
                            + " but nobody holds it.");
        }
    }

    private static String named(LockClass lockClass, long lock) {
        return lockClass.kernelName() + String.format(" at %016x", lock);
    }

    // ---- rwsem and mutex

    /** down_write: waits for readers and the writer; while it waits no new reader gets in. */
    public void downWrite(Task task, long sem, LockClass lockClass, String where) {
        mightSleep(task, where);
        acquire(task, lockClass, sem, LockObserver.How.WRITE);
        if (!memory.cmpxchg(sem, FREE, WRITER)) {
            memory.fetchAdd(sem, WAITING_WRITER);
            long seen;
            do {
                seen = memory.awaitClear(sem, WAITING_WRITER - 1);
            } while (!memory.cmpxchg(sem, seen, seen - WAITING_WRITER + WRITER));
        }
        acquired(task, lockClass, sem);
    }

    /**
     * Sleeps until nobody holds a semaphore or waits to write: before another {@link
     * #downWriteTryLock}, which such a writer makes fail as well.
     */
    public void awaitUnlocked(Task task, long sem, String where) {
        mightSleep(task, where);
        memory.awaitClear(sem, -1L);
    }

    /** down_write_trylock: true when taken; never sleeps. */
    public boolean downWriteTryLock(Task task, long sem, LockClass lockClass) {
        if (!memory.cmpxchg(sem, FREE, WRITER)) {
            return false;
        }
        acquire(task, lockClass, sem, LockObserver.How.TRY);
        acquired(task, lockClass, sem);
        return true;
    }

    /** up_write; of a semaphore without a writer it is reported and not done. */
    public void upWrite(Task task, long sem, LockClass lockClass) {
        released(task, lockClass, sem);
        if (observer == LockObserver.NONE && (memory.readOnce(sem) & WRITER) == 0) {
            badBalance(task, sem, lockClass);
            return;
        }
        memory.fetchAdd(sem, -WRITER);
    }

    /** down_read: waits for the writer and for writers that wait. */
    public void downRead(Task task, long sem, LockClass lockClass, String where) {
        mightSleep(task, where);
        acquire(task, lockClass, sem, LockObserver.How.READ);
        long seen;
        do {
            seen = memory.awaitClear(sem, WRITERS);
        } while (!memory.cmpxchg(sem, seen, seen + 1));
        acquired(task, lockClass, sem);
    }

    /** down_read_trylock: false when there is a writer or one waits; never sleeps. */
    public boolean downReadTryLock(Task task, long sem, LockClass lockClass) {
        long seen;
        do {
            seen = memory.readOnce(sem);
            if ((seen & WRITERS) != 0) {
                return false;
            }
        } while (!memory.cmpxchg(sem, seen, seen + 1));
        acquire(task, lockClass, sem, LockObserver.How.TRY);
        acquired(task, lockClass, sem);
        return true;
    }

    /** up_read; of a semaphore without readers it is reported and not done. */
    public void upRead(Task task, long sem, LockClass lockClass) {
        released(task, lockClass, sem);
        if (observer == LockObserver.NONE && (memory.readOnce(sem) & WRITER - 1) == 0) {
            badBalance(task, sem, lockClass);
            return;
        }
        memory.fetchAdd(sem, -1);
    }

    /** mutex_lock. */
    public void mutexLock(Task task, long mutex, LockClass lockClass, String where) {
        mightSleep(task, where);
        acquire(task, lockClass, mutex, LockObserver.How.WRITE);
        take(mutex, task.cpu + 1L);
        acquired(task, lockClass, mutex);
    }

    /**
     * mutex_unlock; of a mutex that nobody holds it is reported. Who holds it may have moved to
     * another CPU since, so the CPU in the word does not say who may give it back.
     */
    public void mutexUnlock(Task task, long mutex, LockClass lockClass) {
        released(task, lockClass, mutex);
        if (observer == LockObserver.NONE && memory.readOnce(mutex) == FREE) {
            badBalance(task, mutex, lockClass);
        }
        memory.storeRelease(mutex, FREE);
    }

    // ---- reports

    /** Writes a report of a broken rule; the machine goes on. */
    public void report(String text) {
        console.report(Console.Level.ERR, text);
    }

    /** panic: reports, then ends the task with {@link KernelDeath}. Returns it for {@code throw}. */
    public KernelDeath panic(String message) {
        String text = "Kernel panic - not syncing: " + message;
        console.report(Console.Level.EMERG, text);
        return new KernelDeath(KernelDeath.Cause.PANIC, text);
    }

    /** BUG(): reports the place, then ends the task. Returns it for {@code throw}. */
    public KernelDeath bug(String where) {
        String text = "kernel BUG at " + where + "!";
        console.report(Console.Level.CRIT, text);
        return new KernelDeath(KernelDeath.Cause.BUG, text);
    }

    /** An access that the hardware refused. Returns it for {@code throw}. */
    public KernelDeath oops(long address, String what) {
        return KernelDeath.oops(console, address, what);
    }

    /**
     * The death that an exception out of kernel code stands for: a wild address is reported as the
     * oops that it is. Null for every other exception, which is a fault of the suite and no finding.
     *
     * @param where in whose code it happened, for the report
     */
    public KernelDeath deathBy(RuntimeException thrown, String where) {
        if (thrown instanceof KernelDeath death) {
            return death;
        }
        return thrown instanceof WildAddress wild ? oops(wild.address(), where) : null;
    }

    private void take(long lock, long holder) {
        do {
            memory.awaitClear(lock, -1L);
        } while (!memory.cmpxchg(lock, FREE, holder));
    }

    private void spinTaken(Task task, long lock, LockClass lockClass) {
        task.preemptDisable();
        acquired(task, lockClass, lock);
    }

    private void acquire(Task task, LockClass lockClass, long lock, LockObserver.How how) {
        if (observer != LockObserver.NONE) {
            observer.acquire(task, lockClass, lock, how);
        }
    }

    private void acquired(Task task, LockClass lockClass, long lock) {
        if (observer != LockObserver.NONE) {
            task.held.push(lockClass, lock);
        }
    }

    private void released(Task task, LockClass lockClass, long lock) {
        if (observer != LockObserver.NONE) {
            observer.release(task, lockClass, lock);
            task.held.remove(lock);
        }
    }
}
