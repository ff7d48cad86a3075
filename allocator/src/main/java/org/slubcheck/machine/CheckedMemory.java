package org.slubcheck.machine;

import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.function.LongFunction;

/**
 * {@link Memory} that behaves as the bare one does and watches every access.
 *
 * <p>Four observers, none of which kernel code can see:
 *
 * <ul>
 *   <li>the address shadow, always on: a use of poisoned memory is reported as KASAN would, and
 *       the kernel goes on; a use of the NULL page or of an address beyond the end of memory is
 *       an oops, {@link KernelDeath};
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
 * <p>For the model checker. Plain accessors can be ignored as switch points because the race
 * detector proves them ordered. The others touch {@code words} themselves and call the observers
 * (class {@link Observers}, to be ignored whole) right behind the access, with nothing in between
 * where a switch could happen; the wait loop holds a raw load and nothing else.
 */
public final class CheckedMemory extends Memory {
    /** A task that waits: on which CPU, for which word. */
    public record Wait(int cpu, long address) {}

    private final Observers observers;

    CheckedMemory(long[] words, Console console) {
        super(words);
        observers = new Observers(words, console);
    }

    CheckedMemory(CheckedMemory template, Console console) {
        super(template.words.clone());
        observers = new Observers(words, template.observers, console);
    }

    /** Where the reports go. */
    public Console console() {
        return observers.console;
    }

    /**
     * Race detection from here on. Everything before is taken to be ordered before everything
     * after: call it when the last setup is done and the tasks have not begun. A fork of a memory
     * with race detection on begins so as well. At most 8 threads.
     */
    public void startRaceDetection() {
        observers.startRaceDetection();
    }

    /**
     * Ends race detection. To be called before an oracle reads by plain accesses: that the tasks
     * are over is an order which this memory did not see.
     */
    public void stopRaceDetection() {
        observers.stopRaceDetection();
    }

    /** Races reported so far. */
    public int races() {
        return observers.races();
    }

    /** Logs accesses from here on, with or without plain reads, which are most of them. */
    public void startLog(boolean plainReads) {
        observers.startLog(plainReads);
    }

    /** Ends logging; the log stays. */
    public void stopLog() {
        observers.stopLog();
    }

    /** What was logged; to be read when the tasks are over. */
    public AccessLog log() {
        return observers.log();
    }

    /**
     * Who waits in {@link #awaitClear} for bits that are still set: after a run that came to a halt,
     * the deadlock.
     */
    public List<Wait> waits() {
        return observers.waits();
    }

    /** Turns the address shadow's judgement off or on; it keeps its books either way. */
    public void checkAddresses(boolean on) {
        observers.checkAddresses(on);
    }

    /** How many accesses one task may make before it counts as stuck; 20 million unless told. */
    public void accessBudget(long accesses) {
        observers.accessBudget(accesses);
    }

    /**
     * Says that one thread alone uses this memory: then a wait for bits that are not clear can
     * never end and is a lockup at once, {@link KernelDeath}, instead of a hang.
     */
    public void soleRunner(boolean sole) {
        observers.soleRunner(sole);
    }

    /** Gives reports words for addresses; without, they are hexadecimal. */
    public void nameAddresses(LongFunction<String> names) {
        observers.nameAddresses(names);
    }

    @Override
    public long read(long address) {
        observers.plain(AccessLog.Kind.READ, address, WORD, 0);
        return words[index(address)];
    }

    @Override
    public void write(long address, long value) {
        observers.plain(AccessLog.Kind.WRITE, address, WORD, value);
        words[index(address)] = value;
    }

    @Override
    public int readInt(long address) {
        observers.plain(AccessLog.Kind.READ, address, Integer.BYTES, 0);
        return (int) (words[index(address)] >>> shift(address));
    }

    @Override
    public void writeInt(long address, int value) {
        observers.plain(AccessLog.Kind.WRITE, address, Integer.BYTES, value);
        int i = index(address);
        words[i] = withInt(words[i], address, value);
    }

    @Override
    public int readByte(long address) {
        observers.plain(AccessLog.Kind.READ, address, 1, 0);
        return (int) (words[index(address)] >>> shift(address)) & 0xff;
    }

    @Override
    public void writeByte(long address, int value) {
        observers.plain(AccessLog.Kind.WRITE, address, 1, value & 0xff);
        int i = index(address);
        words[i] = withByte(words[i], address, value);
    }

    @Override
    public long readOnce(long address) {
        observers.check(address, WORD, false);
        long value = (long) WORDS.getOpaque(words, index(address));
        observers.marked(AccessLog.Kind.READ_ONCE, address, WORD, value);
        return value;
    }

    @Override
    public void writeOnce(long address, long value) {
        observers.check(address, WORD, true);
        WORDS.setOpaque(words, index(address), value);
        observers.marked(AccessLog.Kind.WRITE_ONCE, address, WORD, value);
    }

    @Override
    public int readOnceInt(long address) {
        observers.check(address, Integer.BYTES, false);
        int value = (int) ((long) WORDS.getOpaque(words, index(address)) >>> shift(address));
        observers.marked(AccessLog.Kind.READ_ONCE, address, Integer.BYTES, value);
        return value;
    }

    @Override
    public int dataRaceInt(long address) {
        observers.check(address, Integer.BYTES, false);
        return (int) ((long) WORDS.getOpaque(words, index(address)) >>> shift(address));
    }

    @Override
    public void writeOnceInt(long address, int value) {
        observers.check(address, Integer.BYTES, true);
        int i = index(address);
        WORDS.setOpaque(words, i, withInt((long) WORDS.getOpaque(words, i), address, value));
        observers.marked(AccessLog.Kind.WRITE_ONCE, address, Integer.BYTES, value);
    }

    @Override
    public long loadAcquire(long address) {
        observers.check(address, WORD, false);
        long value = (long) WORDS.getAcquire(words, index(address));
        observers.marked(AccessLog.Kind.ACQUIRE, address, WORD, value);
        return value;
    }

    @Override
    public void storeRelease(long address, long value) {
        observers.check(address, WORD, true);
        WORDS.setRelease(words, index(address), value);
        observers.marked(AccessLog.Kind.RELEASE, address, WORD, value);
    }

    @Override
    public boolean cmpxchg(long address, long expected, long value) {
        observers.check(address, WORD, true);
        if (WORDS.compareAndSet(words, index(address), expected, value)) {
            observers.marked(AccessLog.Kind.CMPXCHG_OK, address, WORD, value);
            return true;
        }
        observers.marked(AccessLog.Kind.CMPXCHG_FAIL, address, WORD, value);
        return false;
    }

    @Override
    public long fetchAdd(long address, long delta) {
        observers.check(address, WORD, true);
        long before = (long) WORDS.getAndAdd(words, index(address), delta);
        observers.marked(AccessLog.Kind.ADD, address, WORD, before + delta);
        return before;
    }

    @Override
    public void barrier() {
        VarHandle.fullFence();
        observers.barrier();
    }

    @Override
    public long awaitClear(long address, long mask) {
        observers.checkWait(address, mask);
        int i = index(address);
        long seen;
        while (((seen = (long) WORDS.getVolatile(words, i)) & mask) != 0) {
            Thread.onSpinWait();
        }
        observers.marked(AccessLog.Kind.AWAIT, address, WORD, seen);
        return seen;
    }

    @Override
    public void fill(long address, long bytes, int value) {
        if (bytes > 0) {
            observers.fill(address, bytes, value);
            rawFill(address, bytes, value);
        }
    }

    @Override
    public void copy(long destination, long source, long bytes) {
        if (bytes > 0) {
            observers.copy(destination, source, bytes);
            rawCopy(destination, source, bytes);
            observers.copied(destination, bytes);
        }
    }

    @Override
    public void runs(Task task) {
        observers.runs(task);
    }

    @Override
    public void unpoison(long address, long bytes, String what) {
        observers.unpoison(address, bytes, what);
    }

    @Override
    public void poison(long address, long bytes, Poison state) {
        observers.poison(address, bytes, state);
    }

    @Override
    public void metadataAccessEnable() {
        observers.metadataAccess(1);
    }

    @Override
    public void metadataAccessDisable() {
        observers.metadataAccess(-1);
    }

    @Override
    public boolean observed() {
        return true;
    }
}
