package org.slubcheck.layout;

import java.util.Set;

/** The layout of a cache by 2.6.36's rules with some {@linkplain NewerRule newer ones} put in. */
final class NewerLayout {
    private static final int TRACK_HANDLE_SIZE = 32;
    private static final int TRACK_ADDRESSES_SIZE = 152;

    private final HostMachine machine;

    NewerLayout(HostMachine machine) {
        this.machine = machine;
    }

    /** calculate_sizes with the given newer rules in force and 2.6.36's for the rest. */
    ObjectLayout layout(CacheRow row, Set<NewerRule> rules) {
        int align =
                SlubLayout.calculateAlignment(
                        row.flags(), row.align(), row.objectSize(), machine.cacheLine());
        long inuse = SlubLayout.inuse(row.objectSize(), row.flags());
        long size = inuse;
        int offset = 0;
        if (pointerOutside(row, rules)) {
            offset = (int) size;
            size += Bits.WORD;
        }
        size += tracks(row, rules);
        if (row.has(LayoutFlags.RED_ZONE)) {
            size += Bits.WORD;
            if (rules.contains(NewerRule.RED_LEFT_PAD)) {
                size += Bits.alignUp(Bits.WORD, align);
            }
        }
        size = Bits.alignUp(size, align);
        SlabLimits limits = limits(rules);
        int order =
                rules.contains(NewerRule.ORDER_BY_WASTE)
                        ? orderByWaste(size, limits)
                        : SlubLayout.calculateOrder(size, limits);
        return new ObjectLayout(
                align,
                (int) inuse,
                offset,
                (int) size,
                order,
                SlubLayout.objects(order, size, limits));
    }

    private static boolean pointerOutside(CacheRow row, Set<NewerRule> rules) {
        boolean rcu =
                row.has(LayoutFlags.DESTROY_BY_RCU) && !rules.contains(NewerRule.FREEPTR_IN_OBJECT);
        boolean requestKept =
                row.has(LayoutFlags.RED_ZONE) && rules.contains(NewerRule.KMALLOC_ORIG_SIZE);
        return rcu || row.ctor() || row.has(LayoutFlags.POISON) || requestKept;
    }

    private static int tracks(CacheRow row, Set<NewerRule> rules) {
        if (!row.has(LayoutFlags.STORE_USER)) {
            return 0;
        }
        int track = SlubLayout.TRACK_SIZE;
        if (rules.contains(NewerRule.TRACK_HANDLE)) {
            track = TRACK_HANDLE_SIZE;
        } else if (rules.contains(NewerRule.TRACK_ADDRESSES)) {
            track = TRACK_ADDRESSES_SIZE;
        }
        int request = rules.contains(NewerRule.KMALLOC_ORIG_SIZE) ? Integer.BYTES : 0;
        return 2 * track + request;
    }

    private SlabLimits limits(Set<NewerRule> rules) {
        // A machine that announces its CPUs one by one says 1 at boot; then the possible ones
        // count.
        boolean present = rules.contains(NewerRule.PRESENT_CPUS) && machine.presentCpus() > 1;
        return machine.limits().withCpus(present ? machine.presentCpus() : machine.possibleCpus());
    }

    /** calculate_order since 6.7. */
    private static int orderByWaste(long size, SlabLimits limits) {
        int wanted = Math.max(limits.wantedObjects(size), 1);
        int least = Math.max(limits.minOrder(), limits.orderOf(wanted * size));
        for (int fraction = 16; fraction > 1; fraction /= 2) {
            for (int order = least; order <= limits.maxOrder(); order++) {
                long slab = limits.slabBytes(order);
                if (slab % size <= slab / fraction) {
                    return order;
                }
            }
        }
        return SlubLayout.minOrder(size, limits);
    }
}
