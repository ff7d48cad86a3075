package org.slubcheck.mm;

import org.slubcheck.machine.Hotplug;
import org.slubcheck.machine.Hotplug.MemoryEvent;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.NotifierChain;
import org.slubcheck.machine.Task;

/**
 * Memory of whole nodes that comes and goes (mm/memory_hotplug.c of 2.6.36, with the rwsem of 2014).
 *
 * <pre>
 *   online    GOING_ONLINE, the pages are freed to the buddy lists, ONLINE
 *   offline   GOING_OFFLINE, the pages are taken off the lists, OFFLINE
 *             GOING_OFFLINE, one of them is in use, CANCEL_OFFLINE
 * </pre>
 *
 * <p>mem_hotplug.lock is held for write over all of it, notifier included. A kernel registers one
 * notifier, when it is able to serve it; firmware may announce memory earlier, and that waits until
 * then. Who brings memory before nevertheless brings it unasked: nobody makes ready for it. Only memory that the {@link org.slubcheck.machine.Geometry geometry} calls late comes and
 * goes.
 */
public final class MemoryHotplug {
    /** Who is told. */
    @FunctionalInterface
    public interface Notifier {
        /**
         * mem_hotplug.lock is held for write and irqs are on. False refuses what is about to happen;
         * what has happened cannot be refused.
         */
        boolean call(Task task, MemoryEvent event, int node);
    }

    private final PageAllocator pages;
    private final Memory memory;
    private final Hotplug locks;
    private final Notifier notifier;
    private final boolean configured;

    /** Null on a machine without memory hotplug. */
    private final NotifierChain chain;

    /** Memory hotplug of one machine; cheap, all state is in memory. */
    public MemoryHotplug(PageAllocator pages, Hotplug locks, Notifier notifier) {
        this.pages = pages;
        this.memory = pages.machine().memory();
        this.locks = locks;
        this.notifier = notifier;
        this.configured = pages.machine().geometry().memoryHotplug();
        this.chain =
                configured ? new NotifierChain(pages.machine(), pages.wiring().memoryChain) : null;
    }

    /**
     * hotplug_memory_notifier: from here on the notifier is called; brings the memory that was
     * announced before. Sleeps.
     */
    public void register(Task t) {
        if (!configured) {
            return;
        }
        long announced = pages.wiring().announced;
        long waiting = memory.read(announced);
        memory.write(announced, 0);
        chain.register();
        for (int node = 0; node < pages.machine().geometry().nodes(); node++) {
            if ((waiting >>> node & 1) != 0) {
                online(t, node);
            }
        }
    }

    /** A point of kmem_cache_init: firmware announces the memory that the geometry says. One CPU. */
    public void bootPoint(Task t, int point) {
        if (!configured || pages.machine().geometry().late().announced() != point) {
            return;
        }
        for (int node = 0; node < pages.machine().geometry().nodes(); node++) {
            if (!NodePages.absent(pages, node)) {
                continue;
            }
            if (chain.isRegistered()) {
                online(t, node);
            } else {
                long announced = pages.wiring().announced;
                memory.write(announced, memory.read(announced) | 1L << node);
            }
        }
    }

    /** memory_notify: an empty chain refuses nothing. */
    private boolean tell(Task t, MemoryEvent event, int node) {
        return !chain.isRegistered() || notifier.call(t, event, node);
    }

    /**
     * online_pages: false when the memory is there already or the notifier refuses. Sleeps.
     */
    public boolean online(Task t, int node) {
        locks.memHotplugBegin(t);
        boolean comes = configured && NodePages.absent(pages, node);
        if (comes) {
            comes = tell(t, MemoryEvent.GOING_ONLINE, node);
            if (comes) {
                NodePages.add(pages, t, node);
            }
            tell(t, comes ? MemoryEvent.ONLINE : MemoryEvent.CANCEL_ONLINE, node);
        }
        locks.memHotplugDone(t);
        return comes;
    }

    /**
     * offline_pages: false when the memory is not there, cannot go, or one of its pages is in use by
     * somebody whom the notifier cannot make give it back. Sleeps.
     */
    public boolean offline(Task t, int node) {
        locks.memHotplugBegin(t);
        boolean goes = configured && isLate(node) && !NodePages.absent(pages, node);
        if (goes) {
            goes = tell(t, MemoryEvent.GOING_OFFLINE, node) && NodePages.remove(pages, t, node);
            tell(t, goes ? MemoryEvent.OFFLINE : MemoryEvent.CANCEL_OFFLINE, node);
        }
        locks.memHotplugDone(t);
        return goes;
    }

    private boolean isLate(int node) {
        return pages.machine().geometry().isLate(node);
    }
}
