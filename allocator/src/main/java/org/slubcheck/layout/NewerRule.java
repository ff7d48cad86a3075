package org.slubcheck.layout;

/**
 * Rules that later kernels lay caches out by and 2.6.36 did not have. Each is computed by {@link
 * NewerLayout}: a row is explained by a rule only if the rule predicts all its numbers.
 */
public enum NewerRule {
    /** kmem_cache_args.freeptr_offset. */
    FREEPTR_IN_OBJECT(
            "freeptr-in-object",
            "6.12",
            "a type-safe-by-RCU cache may name a field inside its object as the place of the free"
                    + " pointer, so no word follows the object") {
        @Override
        boolean appliesTo(CacheRow row) {
            return row.has(LayoutFlags.DESTROY_BY_RCU)
                    && !row.ctor()
                    && !row.has(LayoutFlags.POISON);
        }
    },

    /** slab_order replaced by calc_slab_order with up to half a slab of waste. */
    ORDER_BY_WASTE(
            "order-by-waste",
            "6.7",
            "the wanted number of objects is kept and waste up to half a slab accepted, where 2.6.36"
                    + " backs off to fewer objects beyond a quarter") {
        @Override
        boolean appliesTo(CacheRow row) {
            return true;
        }
    },

    /** num_present_cpus in calculate_order. */
    PRESENT_CPUS(
            "present-cpus",
            "5.11",
            "the wanted number of objects follows from the CPUs that are present, not from those"
                    + " that are possible") {
        @Override
        boolean appliesTo(CacheRow row) {
            return true;
        }
    },

    /** red_left_pad. */
    RED_LEFT_PAD(
            "red-left-pad",
            "4.6",
            "a red zone also lies before the object, as wide as the alignment") {
        @Override
        boolean appliesTo(CacheRow row) {
            return row.has(LayoutFlags.RED_ZONE);
        }
    },

    /** struct track with a stack depot handle. */
    TRACK_HANDLE(
            "track-handle",
            "5.19",
            "a track holds the handle of a stack trace and is 32 bytes, 24 in 2.6.36") {
        @Override
        boolean appliesTo(CacheRow row) {
            return row.has(LayoutFlags.STORE_USER);
        }
    },

    /** struct track with TRACK_ADDRS_COUNT addresses. */
    TRACK_ADDRESSES(
            "track-addresses",
            "3.1",
            "a track holds sixteen return addresses and is 152 bytes, 24 in 2.6.36") {
        @Override
        boolean appliesTo(CacheRow row) {
            return row.has(LayoutFlags.STORE_USER);
        }
    },

    /** slub_debug_orig_size. */
    KMALLOC_ORIG_SIZE(
            "kmalloc-orig-size",
            "6.1",
            "a tracked kmalloc object also stores the size asked for, and with a red zone its free"
                    + " pointer moves behind the object") {
        @Override
        boolean appliesTo(CacheRow row) {
            return row.has(LayoutFlags.STORE_USER) && row.kmalloc();
        }
    };

    private final String id;
    private final String since;
    private final String text;

    NewerRule(String id, String since, String text) {
        this.id = id;
        this.since = since;
        this.text = text;
    }

    /** Whether a cache with these flags can be laid out by the rule at all. */
    abstract boolean appliesTo(CacheRow row);

    /** A short name that stays. */
    public String id() {
        return id;
    }

    /** The first kernel that had the rule. */
    public String since() {
        return since;
    }

    /** What the rule says. */
    public String text() {
        return text;
    }
}
