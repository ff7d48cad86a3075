package org.slubcheck.slub;

import org.slubcheck.machine.StructLayout;

/**
 * struct kmem_cache_cpu of 2.6.36: the slab that a CPU allocates from.
 *
 * <pre>
 *   freelist   the objects that this CPU has to itself, threaded through them
 *   page       their slab, frozen and on no list; NULL for none
 *   node       of that slab; -1 sends every free to the slab, as object debugging wants it
 *   stat[18]   (only with statistics)
 * </pre>
 *
 * <p>Belongs to its CPU while that has its irqs off. {@code page} and {@code node} are also looked
 * at by others, who only count (show_slab_objects), so they are stored marked.
 */
public final class KmemCacheCpu {
    private static final KmemCacheCpu BARE = new KmemCacheCpu(false);
    private static final KmemCacheCpu COUNTING = new KmemCacheCpu(true);

    /** offsetof freelist. */
    public static final int FREELIST = BARE.layout.offset("freelist");

    /** offsetof page. */
    public static final int PAGE = BARE.layout.offset("page");

    /** offsetof node. */
    public static final int NODE = BARE.layout.offset("node");

    private final StructLayout layout;

    private KmemCacheCpu(boolean stats) {
        StructLayout.Builder builder =
                StructLayout.of("kmem_cache_cpu").word("freelist").word("page").integer("node");
        if (stats) {
            builder.integers("stat", StatItem.values().length);
        }
        layout = builder.build();
    }

    /** The layout of a kernel with or without statistics. */
    public static KmemCacheCpu of(boolean stats) {
        return stats ? COUNTING : BARE;
    }

    /** Where the fields stand. */
    public StructLayout layout() {
        return layout;
    }
}
