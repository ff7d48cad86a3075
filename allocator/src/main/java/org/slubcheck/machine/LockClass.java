package org.slubcheck.machine;

/**
 * The lock classes of the port, in the order in which they may nest (outermost first). This is the
 * one place where the order is written down; {@link Lockdep.Edge#documented} tells what keeps it, and
 * every run of fixed code under lockdep is held to it.
 *
 * <pre>
 *   rcu_barrier_mutex                 rcu_barrier waits for callbacks on every CPU that is online
 *     cpu_hotplug.lock                a CPU comes or goes; notifiers run under it
 *       mem_hotplug.lock              a node's memory comes or goes; notifiers run under it
 *         slub_lock                   caches, their names, and all walks over per-CPU areas
 *           s_active                  removal of a sysfs entry waits for its readers; a reader may
 *                                     only try for what is above
 *           pcpu_alloc_mutex, sysfs_mutex
 *             fs_reclaim              an allocation may reclaim, and reclaim may only try for what is
 *                                     above
 *             irqs of all CPUs        on_each_cpu waits; no spin lock may be held
 *               alien_lock, shared_lock
 *                 slab_lock
 *                   list_lock
 *                     rcu_lock, pcpu_lock, zone-&gt;lock
 * </pre>
 *
 * <p>Spin locks from alien_lock to list_lock are taken with irqs off. Lockdep judges classes, not
 * instances, as the kernel's does.
 */
public enum LockClass {
    /** Serialises rcu_barrier; a sleeper's lock. */
    RCU_BARRIER_MUTEX("rcu_barrier_mutex", Kind.MUTEX),
    /** For write while a CPU comes or goes, for read by get_online_cpus. */
    CPU_HOTPLUG("cpu_hotplug.lock", Kind.RWSEM),
    /** For write while memory of a node comes or goes, for read by get_online_mems. */
    MEM_HOTPLUG("mem_hotplug.lock", Kind.RWSEM),
    /** The rwsem over the list of caches and the walk over all per-CPU areas. */
    SLUB_LOCK("slub_lock", Kind.RWSEM),
    /**
     * The active references of a sysfs entry: a reader of one of its files has it for read, by trying;
     * who removes the entry waits for it for write.
     */
    S_ACTIVE("s_active", Kind.RWSEM),
    /** Serialises allocations of per-CPU areas; a sleeper's lock. */
    PCPU_ALLOC_MUTEX("pcpu_alloc_mutex", Kind.MUTEX),
    /** The sysfs tree. */
    SYSFS_MUTEX("sysfs_mutex", Kind.MUTEX),
    /** No lock: page reclaim, and every allocation that may run it; see {@link FsReclaim}. */
    FS_RECLAIM("fs_reclaim", Kind.MAP),
    /**
     * No lock: the irqs of all CPUs. Who has irqs off holds it; who sends an IPI to every CPU and
     * waits, waits for it. For lockdep alone.
     */
    IRQ_LINES("irqs of all CPUs", Kind.LINE),
    /** The spin lock of a queue of objects of another node; a drain of it takes slab_lock. */
    ALIEN_LOCK("alien_lock", Kind.SPIN),
    /** The spin lock of a queue that a group of CPUs shares; a drain of it takes slab_lock. */
    SHARED_LOCK("shared_lock", Kind.SPIN),
    /** The bit lock in page-&gt;flags that guards a slab's map of free objects. */
    SLAB_LOCK("slab_lock", Kind.BIT),
    /** The spin lock of a kmem_cache_node. */
    LIST_LOCK("list_lock", Kind.SPIN),
    /** The spin lock over the list of RCU callbacks. */
    RCU_LOCK("rcu_lock", Kind.SPIN),
    /** The spin lock over the per-CPU chunk maps. */
    PCPU_LOCK("pcpu_lock", Kind.SPIN),
    /** The spin lock of a zone's free lists. */
    ZONE_LOCK("zone->lock", Kind.SPIN);

    /** What sort of lock it is. */
    public enum Kind {
        /** A spin lock of its own word. */
        SPIN,
        /** A bit of a word with other contents. */
        BIT,
        /** A reader-writer semaphore. */
        RWSEM,
        /** A mutex. */
        MUTEX,
        /** What lockdep is told of, and no lock. */
        MAP,
        /** The interrupt lines. */
        LINE;

        /** True for the locks under which nobody may sleep. */
        public boolean spins() {
            return this == SPIN || this == BIT;
        }
    }

    private final String kernelName;
    private final Kind kind;

    LockClass(String kernelName, Kind kind) {
        this.kernelName = kernelName;
        this.kind = kind;
    }

    /** The name in the kernel's source. */
    public String kernelName() {
        return kernelName;
    }

    /** What sort of lock it is. */
    public Kind kind() {
        return kind;
    }
}
