package org.slubcheck.trace;

import java.util.Arrays;

/**
 * Numbers for objects that live at the same time. A number is used again, the one that has rested
 * longest first: who frees an object on another CPU is then long done when the slot is filled again.
 */
final class Slots {
    private int[] cache = new int[1 << 10];
    private int[] cpu = new int[1 << 10];
    private int[] turn = new int[1 << 10];
    private int[] free = new int[1 << 10];
    private int made;
    private int head;
    private int resting;

    /** A slot that holds nothing. */
    int take(int ofCache, int onCpu) {
        int slot;
        if (resting > 0) {
            slot = free[head];
            head = head + 1 & free.length - 1;
            resting--;
        } else {
            slot = made++;
            if (slot == cache.length) {
                grow();
            }
        }
        cache[slot] = ofCache;
        cpu[slot] = onCpu;
        return slot;
    }

    void giveBack(int slot) {
        turn[slot]++;
        free[head + resting & free.length - 1] = slot;
        resting++;
    }

    private void grow() {
        int length = made * 2;
        cache = Arrays.copyOf(cache, length);
        cpu = Arrays.copyOf(cpu, length);
        turn = Arrays.copyOf(turn, length);
        // A slot is made only when none rests, so there is nothing to move.
        free = new int[Integer.highestOneBit(length - 1) * 2];
        head = 0;
    }

    int cacheOf(int slot) {
        return cache[slot];
    }

    int cpuOf(int slot) {
        return cpu[slot];
    }

    /** How many objects the slot has held before. */
    int turnOf(int slot) {
        return turn[slot];
    }

    /** The most objects that ever lived at once. */
    int made() {
        return made;
    }
}
