package org.slubcheck.trace;

/**
 * A map from the identity of an object to a slot: open addressing with linear probing, entries move
 * up on removal so that no tombstones gather. Its memory is bounded by the largest number of entries
 * that it ever held. The key 0, NULL, is never an object.
 */
final class SlotMap {
    private static final int MAX = 1 << 29;

    private long[] keys = new long[1 << 12];
    private int[] slots = new int[1 << 12];
    private int size;

    int size() {
        return size;
    }

    /** The slot of a key, or -1. */
    int get(long key) {
        int mask = keys.length - 1;
        for (int at = spread(key) & mask; keys[at] != 0; at = at + 1 & mask) {
            if (keys[at] == key) {
                return slots[at];
            }
        }
        return -1;
    }

    /** Enters a slot; returns the one that it replaces, or -1. */
    int put(long key, int slot) {
        int mask = keys.length - 1;
        int at = spread(key) & mask;
        while (keys[at] != 0) {
            if (keys[at] == key) {
                int old = slots[at];
                slots[at] = slot;
                return old;
            }
            at = at + 1 & mask;
        }
        keys[at] = key;
        slots[at] = slot;
        if (++size * 2 > keys.length) {
            grow();
        }
        return -1;
    }

    /** Takes a key out; returns its slot, or -1. */
    int remove(long key) {
        int mask = keys.length - 1;
        int at = spread(key) & mask;
        while (keys[at] != key) {
            if (keys[at] == 0) {
                return -1;
            }
            at = at + 1 & mask;
        }
        int slot = slots[at];
        size--;
        int hole = at;
        for (int i = at + 1 & mask; keys[i] != 0; i = i + 1 & mask) {
            int home = spread(keys[i]) & mask;
            // An entry may fill the hole if the hole lies on its way from home to where it is.
            if ((i - home & mask) >= (i - hole & mask)) {
                keys[hole] = keys[i];
                slots[hole] = slots[i];
                hole = i;
            }
        }
        keys[hole] = 0;
        return slot;
    }

    private void grow() {
        if (keys.length >= MAX) {
            throw new IllegalStateException("more than " + size + " objects live at once");
        }
        long[] oldKeys = keys;
        int[] oldSlots = slots;
        keys = new long[oldKeys.length * 2];
        slots = new int[oldKeys.length * 2];
        size = 0;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                put(oldKeys[i], oldSlots[i]);
            }
        }
    }

    private static int spread(long key) {
        long mixed = key * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32);
    }
}
