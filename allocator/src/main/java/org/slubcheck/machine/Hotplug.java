package org.slubcheck.machine;

/**
 * CPUs and memory that come and go. Two locks in memory, taken for write by who changes something and
 * for read by who relies on that nobody does; notifiers run under them.
 *
 * <p>A CPU that goes down has no task any more: the kernel moves them to others first, so what a
 * scenario runs on such a CPU must have ended. It is marked from within an interrupt on that CPU, so
 * nobody there is in the middle of anything that has irqs off. Its per-CPU data stay in memory; what is
 * in them is lost unless a notifier fetches it.
 */
public final class Hotplug {
    /** Words that this needs. */
    static final int WORDS = 2;

    private static final int CPU_LOCK = 0;
    private static final int MEM_LOCK = Memory.WORD;

    /** What happens to a CPU. */
    public enum CpuEvent {
        /** It is about to come; allocations work. */
        UP_PREPARE,
        /** It is there. */
        ONLINE,
        /** It is about to go. */
        DOWN_PREPARE,
        /** It is gone, and nothing runs there. */
        DEAD
    }

    /** What happens to the memory of a node. */
    public enum MemoryEvent {
        /** It is about to come; not a page of it is free yet. */
        GOING_ONLINE,
        /** It is there. */
        ONLINE,
        /** It is about to go; what is cached of it should be put back. */
        GOING_OFFLINE,
        /** It is gone. */
        OFFLINE,
        /** It was about to come, and does not. */
        CANCEL_ONLINE,
        /** It was about to go, and stays. */
        CANCEL_OFFLINE
    }

    /** Who is told of CPUs. */
    @FunctionalInterface
    public interface CpuNotifier {
        /** cpu_hotplug.lock is held for write and irqs are on. */
        void call(Task task, CpuEvent event, int cpu);
    }

    private final Machine machine;
    private final long locks;
    private final CpuNotifier cpuNotifier;
    private final NotifierChain cpuChain;

    /**
     * Hotplug of one machine; cheap, all state is in memory.
     *
     * @param cpuChain the address of a {@link NotifierChain}
     * @param notifier is told of every CPU that comes or goes, once it is {@linkplain
     *     #registerCpuNotifier registered}
     */
    public Hotplug(Machine machine, long cpuChain, CpuNotifier notifier) {
        this.machine = machine;
        this.locks = machine.hotplugWords();
        this.cpuNotifier = notifier;
        this.cpuChain = new NotifierChain(machine, cpuChain);
    }

    /**
     * register_cpu_notifier: from here on the notifier is told. The boot CPU alone does it, before any
     * other comes, so without cpu_hotplug.lock.
     */
    public void registerCpuNotifier() {
        cpuChain.register();
    }

    private void tell(Task task, CpuEvent event, int cpu) {
        if (cpuChain.isRegistered()) {
            cpuNotifier.call(task, event, cpu);
        }
    }

    /** get_online_cpus: no CPU comes or goes until {@link #putOnlineCpus}. Sleeps. */
    public void getOnlineCpus(Task task) {
        machine.downRead(task, locks + CPU_LOCK, LockClass.CPU_HOTPLUG, "kernel/cpu.c");
    }

    /** put_online_cpus. */
    public void putOnlineCpus(Task task) {
        machine.upRead(task, locks + CPU_LOCK, LockClass.CPU_HOTPLUG);
    }

    /** get_online_mems: no memory comes or goes until {@link #putOnlineMems}. Sleeps. */
    public void getOnlineMems(Task task) {
        machine.downRead(task, locks + MEM_LOCK, LockClass.MEM_HOTPLUG, "mm/memory_hotplug.c");
    }

    /** put_online_mems. */
    public void putOnlineMems(Task task) {
        machine.upRead(task, locks + MEM_LOCK, LockClass.MEM_HOTPLUG);
    }

    /** mem_hotplug_begin. Sleeps. */
    public void memHotplugBegin(Task task) {
        machine.downWrite(task, locks + MEM_LOCK, LockClass.MEM_HOTPLUG, "mm/memory_hotplug.c");
    }

    /** mem_hotplug_done. */
    public void memHotplugDone(Task task) {
        machine.upWrite(task, locks + MEM_LOCK, LockClass.MEM_HOTPLUG);
    }

    /** cpu_up: false when it is there already. Sleeps. */
    public boolean cpuUp(Task task, int cpu) {
        requirePossible(cpu);
        machine.downWrite(task, locks + CPU_LOCK, LockClass.CPU_HOTPLUG, "kernel/cpu.c cpu_up");
        boolean absent = !machine.cpuOnline(cpu);
        if (absent) {
            tell(task, CpuEvent.UP_PREPARE, cpu);
            machine.setCpuOnline(task, cpu, true);
            tell(task, CpuEvent.ONLINE, cpu);
        }
        machine.upWrite(task, locks + CPU_LOCK, LockClass.CPU_HOTPLUG);
        return absent;
    }

    private void requirePossible(int cpu) {
        if (cpu < 0 || cpu >= machine.geometry().cpus()) {
            throw new IllegalArgumentException("there is no CPU#" + cpu);
        }
    }

    /** cpu_down: false when it is gone already, or is the CPU of the task. Sleeps. */
    public boolean cpuDown(Task task, int cpu) {
        requirePossible(cpu);
        machine.downWrite(task, locks + CPU_LOCK, LockClass.CPU_HOTPLUG, "kernel/cpu.c cpu_down");
        boolean present = machine.cpuOnline(cpu) && cpu != task.cpu();
        if (present) {
            tell(task, CpuEvent.DOWN_PREPARE, cpu);
            machine.setCpuOnline(task, cpu, false);
            tell(task, CpuEvent.DEAD, cpu);
        }
        machine.upWrite(task, locks + CPU_LOCK, LockClass.CPU_HOTPLUG);
        return present;
    }
}
