package org.slubcheck.slubq;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.StructLayout;

/**
 * struct kmem_cache_cpu: one CPU's share of a cache. A layout with statistics and one without, as
 * CONFIG_SLUB_STATS decides.
 *
 * <pre>
 *   stat[16]  (only with statistics)     racy by design, rule C of S+Q3 15/23
 *   node                                 every object of the queue is from this node
 *   q                                    see {@link KmemCacheQueue}
 * </pre>
 *
 * <p>Belongs to its CPU while that has its irqs off.
 */
public final class KmemCacheCpu {
    private static final KmemCacheCpu BARE = new KmemCacheCpu(false);
    private static final KmemCacheCpu COUNTING = new KmemCacheCpu(true);

    private final StructLayout layout;
    private final int node;
    private final int queue;

    private KmemCacheCpu(boolean stats) {
        StructLayout.Builder builder = StructLayout.of("kmem_cache_cpu");
        if (stats) {
            builder.integers("stat", StatItem.values().length);
        }
        layout = builder.integer("node").embed("q", KmemCacheQueue.LAYOUT).build();
        node = layout.offset("node");
        queue = layout.offset("q.objects");
    }

    /** The layout of a kernel with or without statistics. */
    public static KmemCacheCpu of(boolean stats) {
        return stats ? COUNTING : BARE;
    }

    /** Where the fields stand; the objects follow. */
    public StructLayout layout() {
        return layout;
    }

    /** offsetof node. */
    public int node() {
        return node;
    }

    /** offsetof q. */
    public int queue() {
        return queue;
    }

    /** Bytes of an area whose queue holds at least this many objects, whole cache lines. */
    public int areaBytes(int queueSize, int cacheLine) {
        return layout.size() + queueSize * Memory.WORD + cacheLine - 1 & -cacheLine;
    }

    /** Objects that fit the queue of an area of this many bytes: 125 where 120 were asked for. */
    public int capacity(int areaBytes) {
        return (areaBytes - layout.size()) / Memory.WORD;
    }
}
