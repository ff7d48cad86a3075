package org.slubcheck.slab;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Rcu;
import org.slubcheck.machine.Task;

/**
 * A slab engine: how objects get from slabs to callers and back. What {@link Slab} needs of it.
 *
 * <p>Caches and objects are addresses. Where not said otherwise irqs are on and no spin lock is
 * held.
 */
public interface Engine {
    /** The name on the command line. */
    String name();

    /**
     * calculate_sizes: fills size, inuse, align, oo, max, min and allocflags from flags, objsize,
     * align and ctor. False when no order fits. The cache is private to the caller.
     */
    boolean calculateSizes(long s, int forcedOrder);

    /** Queue sizes and whatever else the engine keeps in the cache; private to the caller. */
    void initCache(long s);

    /** alloc_kmem_cache_cpus: the per-CPU areas; false when out of memory. May sleep. */
    boolean allocKmemCacheCpus(Task task, long s);

    /** Frees the per-CPU areas; nobody uses the cache any more. */
    void freeKmemCacheCpus(Task task, long s);

    /** init_kmem_cache_node: an empty node. */
    void initKmemCacheNode(long n);

    /**
     * early_kmem_cache_node_alloc: the first slab of kmem_cache_node on a node, and the node struct
     * in it; state DOWN, one CPU, irqs off. Returns the node struct's address; it is already
     * initialised, entered in the cache and counted.
     */
    long earlyNodeAlloc(Task task, long kmemCacheNode, int node);

    /**
     * The state has reached SYSFS and a cache made before is in sysfs now. slub_lock held for
     * write; may sleep.
     */
    void sysfsUp(Task task, long s);

    /**
     * kmem_cache_close begins: whatever is kept outside slabs and per-CPU areas goes. slub_lock
     * held for write; may sleep.
     */
    void closing(Task task, long s);

    /** Read-copy-update, whose callbacks give slabs back. */
    Rcu rcu();

    /**
     * A CPU is about to come: its area is empty, and is made one of the node that the CPU is next to
     * now. slub_lock held for read, irqs on.
     */
    void cpuComes(Task task, long s, int cpu);

    /**
     * A CPU is gone: what its area holds goes back to the slabs. slub_lock held for read, irqs off;
     * nothing runs on that CPU.
     */
    void cpuGone(Task task, long s, int cpu);

    /**
     * The nodes that slabs are made of have changed ({@link Slab#memNodeOfCpu}): what the engine keeps
     * for a CPU becomes of the node that the CPU is next to now. slub_lock is held for write, irqs are
     * on; may sleep. An engine whose CPUs keep objects of any node has nothing to do.
     */
    default void nodesChanged(Task task, long s) {}

    /** shared_objects: sharedavail of slabinfo; slub_lock held. */
    long sharedObjects(long s);

    /** Objects in queues for other nodes' objects; slub_lock held, or nobody runs. */
    long alienObjects(long s);

    /**
     * What shrink_slab has behind it (S+Q3 23/23): puts some of what caches keep of a node back, -1
     * for all; bytes, 0 when there is nothing or somebody has slub_lock. Called by an allocation
     * that may sleep, under any sleeping lock.
     */
    long reclaim(Task task, int node);

    /** An object, or 0; node -1 for any. May sleep if the flags say WAIT. */
    long alloc(Task task, long s, int gfp, int node);

    /**
     * Gives back an object of the cache. Any context.
     *
     * @param m memory, as {@link Memory#local() the caller's own} where he has one. It spares the
     *     fast path of {@code slubq} some loads; {@code slub} and {@code slub-lockless} use their own
     *     memory, the same words, and leave it alone
     */
    void free(Memory m, Task task, long s, long object);

    /**
     * The user of an object of a cache with {@link SlabFlags#KMALLOC}, who calls this, may use so many
     * bytes of it. Nothing for a cache that does not keep that.
     */
    void setAsked(Task task, long s, long object, int size);

    /** How many bytes the user of an object may use; 0 for a cache that does not keep that. */
    int asked(long s, long object);

    /** flush_all: every object that a CPU keeps goes back to its slab. Sends IPIs. */
    void flushAll(Task task, long s);

    /** One leg of {@link #flushAll}: as an interrupt on the CPU, irqs off. */
    void flushThisCpu(Task irq, long s);

    /** validate_slab_cache: flushes all CPUs and checks every listed slab; returns errors. */
    long validate(Task task, long s);

    /**
     * kmem_cache_shrink: empty slabs go back to the page allocator; partial lists are sorted. 0 or
     * a negative errno. May sleep.
     */
    int shrink(Task task, long s);

    /**
     * Frees all empty slabs of one node; true when slabs with objects are left (they are listed on
     * the console). Queues are flushed before.
     */
    boolean freePartialOfNode(Task task, long s, int node);

    /**
     * Objects that a CPU keeps without a caller having them; they count as in use. slub_lock held, and
     * nobody runs on that CPU if the answer must be right.
     */
    int queued(long s, int cpu);

    /**
     * available() of S+Q3 16/23: free objects of a slab, as its head page tells; queued ones are
     * not among them. Under the slab's lock or the list_lock of its node.
     */
    int available(long page);

    /**
     * page-&gt;objects of a slab, by its head page; who asks keeps the slab from going away. Others may
     * change what stands beside it.
     */
    int objectsOf(long page);

    /** Its own sysfs attributes. */
    EngineAttributes attributes();
}
