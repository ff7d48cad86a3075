package org.slubcheck.trace;

import java.util.function.Consumer;
import org.slubcheck.machine.Progress;

/**
 * A machine that a trace is replayed on, as the replay sees it. Caches and objects are addresses.
 *
 * <p>{@link #alloc}, {@link #kmalloc}, {@link #free} and {@link #kfree} may be called by a thread a
 * CPU at once; the rest only while nothing else runs. A machine that cannot go on throws {@link
 * MachineDied}; any other exception is taken for a fault of the suite and ends the run.
 */
public interface ReplayTarget {
    /** CPUs; the CPU of an operation is below. */
    int cpus();

    /** Nodes; the node of an operation is below, or -1. */
    int nodes();

    /**
     * The cache that serves what the trace calls so: created for {@link TracedCache.Type#CACHE},
     * looked up for the kmalloc types. Several may share one, as the kernel merges caches. 0 for
     * the types that no cache serves.
     *
     * @throws MachineDied if the machine refuses
     */
    long cacheFor(TracedCache cache);

    /**
     * The threads of the replay, counted; a machine on which threads wait tells it of their waits.
     *
     * @param threads how many there are
     */
    Progress watch(int threads);

    /** kmem_cache_alloc_node; 0 when out of memory. */
    long alloc(int cpu, long cache, int gfp, int node);

    /** kmalloc_node; 0 when out of memory. */
    long kmalloc(int cpu, int size, int gfp, int node);

    /** kmem_cache_free. */
    void free(int cpu, long cache, long object);

    /** kfree. */
    void kfree(int cpu, long object);

    /** Objects of a cache that somebody holds: those in queues are not held. */
    long objectsHeld(long cache);

    /**
     * Census, and what the console has reported since the last call: a line for each violation.
     *
     * @param held the objects of caches that the replay holds
     */
    void check(long[] held, Consumer<String> violation);
}
