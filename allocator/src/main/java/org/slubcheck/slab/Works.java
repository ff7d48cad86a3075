package org.slubcheck.slab;

import org.slubcheck.machine.Llist;
import org.slubcheck.machine.Task;

/**
 * The work queue of caches that somebody else is to release: schedule_work, and the worker's side of
 * it. Right code queues none.
 *
 * <p>The link is the struct's own list entry, which a cache that left slab_caches has no other use for.
 * When a worker runs is for who runs it to say: there is no thread behind it.
 */
public final class Works {
    private final Slab k;

    Works(Slab k) {
        this.k = k;
    }

    /** schedule_work for a cache that is on no list. Any context, on a machine with sysfs. */
    public void queue(long s) {
        Llist.add(k.memory(), k.wiring().works(), s + KmemCache.LIST);
    }

    /** What a worker does: releases every cache that is queued by now. No lock is held. Sleeps. */
    public void run(Task t) {
        long link = Llist.delAll(k.memory(), k.wiring().works());
        while (link != 0) {
            long next = Llist.next(k.memory(), link);
            release(t, link - KmemCache.LIST);
            link = next;
        }
    }

    /** Takes a cache out of sysfs, if it is there, and frees its struct. */
    private void release(Task t, long s) {
        if (k.memory().read(s + KmemCache.KOBJ_SD) != 0) {
            k.sysfsRemove(t, s);
        }
        if ((KmemCache.flags(k.memory(), s) & SlabFlags.DESTROY_BY_RCU) != 0) {
            k.rcu().barrier(t);
        }
        k.kfree(t, s);
    }
}
