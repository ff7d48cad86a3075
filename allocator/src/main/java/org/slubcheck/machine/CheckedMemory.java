package org.slubcheck.machine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * {@link Memory} that behaves as the bare one does and watches every access.
 *
 * <p>Four observers, none of which kernel code can see:
 *
 * <ul>
 *   <li>the address shadow, always on: a use of poisoned memory is reported as KASAN would, and
 *       the kernel goes on; a use of the NULL page, of an address beyond the end of memory or of
 *       one where nothing is mapped ({@link Poison#UNMAPPED}) is an oops, {@link KernelDeath};
 *   <li>the race detector, from {@link #startRaceDetection} on: unordered conflicting accesses of
 *       which one at least is plain are reported as KCSAN would. It judges what it sees by
 *       happens-before, so it finds a missing release in an interleaving where nothing went wrong.
 *       It relies on accesses reaching it in the order in which they took effect: under a model
 *       checker, or with one thread at a time, they do; threads that really overlap can make it
 *       miss an edge and cry wolf;
 *   <li>the access log, from {@link #startLog} on;
 *   <li>the watchdog: a task that makes more accesses than {@link #accessBudget} ends with a soft
 *       lockup, so a list that became a ring is a report. Deterministic: it counts, no clock.
 * </ul>
 *
 * <p>Reports go to the console, each once, and are judged at the end of a run; nothing but an oops
 * or a lockup is thrown, so that a finding does not end in the middle of a critical section.
 *
 * <p>For the model checker. This class holds the marked accesses and nothing else: all its switch
 * points. They touch the array themselves and call the observers (class {@link Observers}, which is
 * not instrumented) right behind the access, with nothing in between where a switch could happen;
 * the wait loop holds a raw load and nothing else. Plain accesses are in the superclass, and so are
 * the quiet ones that stand for marked accesses where no other task is met ({@link Meetings}).
 */
public final class CheckedMemory extends WatchedMemory {
    /** A task that waits: on which CPU, for which word. */
    public record Wait(int cpu, long address) {}

    /**
     * Like the fields below once more what the superclass has: the model checker looks an inherited
     * field up anew at each access.
     */
    private static final VarHandle ARRAY = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] array;
    private final Observers watch;

    CheckedMemory(long[] array, Console console) {
        super(array, console);
        this.array = array;
        this.watch = observers;
    }

    CheckedMemory(CheckedMemory template, Console console) {
        this(template.array.clone(), template.observers, console);
    }

    private CheckedMemory(long[] array, Observers template, Console console) {
        super(array, template, console);
        this.array = array;
        this.watch = observers;
    }

    @Override
    public long readOnce(long address) {
        int i = watch.check(address, WORD, false);
        long value = i < 0 ? quietLoad(~i) : (long) ARRAY.getOpaque(array, i);
        watch.marked(AccessLog.Kind.READ_ONCE, address, WORD, value);
        return value;
    }

    @Override
    public void writeOnce(long address, long value) {
        int i = watch.check(address, WORD, true);
        if (i < 0) {
            quietStore(~i, value);
        } else {
            ARRAY.setOpaque(array, i, value);
        }
        watch.marked(AccessLog.Kind.WRITE_ONCE, address, WORD, value);
    }

    @Override
    public int readOnceInt(long address) {
        int i = watch.check(address, Integer.BYTES, false);
        long word = i < 0 ? quietLoad(~i) : (long) ARRAY.getOpaque(array, i);
        int value = (int) (word >>> shift(address));
        watch.marked(AccessLog.Kind.READ_ONCE, address, Integer.BYTES, value);
        return value;
    }

    @Override
    public int dataRaceInt(long address) {
        int i = watch.check(address, Integer.BYTES, false);
        long word = i < 0 ? quietLoad(~i) : (long) ARRAY.getOpaque(array, i);
        int value = (int) (word >>> shift(address));
        watch.marked(AccessLog.Kind.DATA_RACE, address, Integer.BYTES, value);
        return value;
    }

    @Override
    public void writeOnceInt(long address, int value) {
        int i = watch.check(address, Integer.BYTES, true);
        if (i < 0) {
            quietStore(~i, withInt(quietLoad(~i), address, value));
        } else {
            ARRAY.setOpaque(array, i, withInt((long) ARRAY.getOpaque(array, i), address, value));
        }
        watch.marked(AccessLog.Kind.WRITE_ONCE, address, Integer.BYTES, value);
    }

    @Override
    public long loadAcquire(long address) {
        int i = watch.check(address, WORD, false);
        long value = i < 0 ? quietLoad(~i) : (long) ARRAY.getAcquire(array, i);
        watch.marked(AccessLog.Kind.ACQUIRE, address, WORD, value);
        return value;
    }

    @Override
    public void storeRelease(long address, long value) {
        int i = watch.check(address, WORD, true);
        if (i < 0) {
            quietStore(~i, value);
        } else {
            ARRAY.setRelease(array, i, value);
        }
        watch.marked(AccessLog.Kind.RELEASE, address, WORD, value);
    }

    @Override
    public boolean cmpxchg(long address, long expected, long value) {
        int i = watch.check(address, WORD, true);
        boolean stored =
                i < 0
                        ? quietCompareAndSet(~i, expected, value)
                        : ARRAY.compareAndSet(array, i, expected, value);
        if (stored) {
            watch.marked(AccessLog.Kind.CMPXCHG_OK, address, WORD, value);
            return true;
        }
        watch.marked(AccessLog.Kind.CMPXCHG_FAIL, address, WORD, value);
        return false;
    }

    @Override
    public long fetchAdd(long address, long delta) {
        int i = watch.check(address, WORD, true);
        long before;
        if (i < 0) {
            before = quietLoad(~i);
            quietStore(~i, before + delta);
        } else {
            before = (long) ARRAY.getAndAdd(array, i, delta);
        }
        watch.marked(AccessLog.Kind.ADD, address, WORD, before + delta);
        return before;
    }

    @Override
    public int fetchAddInt(long address, int delta) {
        int i = watch.check(address, Integer.BYTES, true);
        int shift = shift(address);
        long before;
        if (i < 0) {
            before = quietLoad(~i);
            quietStore(~i, before + ((long) delta << shift));
        } else {
            before = (long) ARRAY.getAndAdd(array, i, (long) delta << shift);
        }
        int value = (int) (before >>> shift);
        watch.marked(AccessLog.Kind.ADD, address, Integer.BYTES, value + delta);
        return value;
    }

    @Override
    long visit(int i) {
        return (long) ARRAY.getOpaque(array, i);
    }

    @Override
    public void barrier() {
        VarHandle.fullFence();
        watch.barrier();
    }

    @Override
    public long awaitClear(long address, long mask) {
        int i = watch.checkWait(address, mask);
        long seen;
        if (i < 0) {
            seen = quietLoad(~i);
            watch.marked(AccessLog.Kind.AWAIT, address, WORD, seen);
            return seen;
        }
        while (((seen = (long) ARRAY.getVolatile(array, i)) & mask) != 0) {
            Thread.onSpinWait();
        }
        watch.marked(AccessLog.Kind.AWAIT, address, WORD, seen);
        return seen;
    }
}
