package org.slubcheck.machine;

import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.function.LongFunction;

/**
 * The part of {@link CheckedMemory} in which the model checker does not look: everything but the
 * places to switch at.
 *
 * <p>A class of its own because the model checker instruments classes whole, and each instrumented
 * access costs as much as a hundred bare ones. A marked access calls the observers (class {@link
 * Observers}), then {@linkplain #visit visits} its word unless no other task is met there ({@link
 * Meetings}), and makes the access (class {@link Marked}) with nothing in between. Plain accesses
 * are ordered, or the race detector says so; a switch between two of them adds nothing. When it is
 * to switch at every access, this class is instrumented too, and the plain ones are places to switch
 * at; Observers, Meetings and Marked never are.
 */
public abstract sealed class WatchedMemory extends Memory permits CheckedMemory {
    /** Threads of a run that are expected beside the interrupts: tasks, setup and judge. */
    private static final int THREADS_BESIDE = 5;

    /** The superclass's once more: the model checker looks an inherited field up at each access. */
    private final long[] array;

    final Observers observers;

    WatchedMemory(long[] array, Console console) {
        super(array, true);
        this.array = array;
        this.observers = new Observers(array, console);
    }

    WatchedMemory(long[] array, Observers template, Console console) {
        super(array, true);
        this.array = array;
        this.observers = new Observers(array, template, console);
    }

    /** Where the reports go. */
    public Console console() {
        return observers.console;
    }

    /**
     * Race detection from here on. Everything before is taken to be ordered before everything
     * after: call it when the last setup is done and the tasks have not begun. A fork of a memory
     * with race detection on begins so as well. At most 8 threads and CPUs with interrupts.
     */
    public void startRaceDetection() {
        observers.startRaceDetection(RaceDetector.CONTEXTS);
    }

    /** The same for a machine of so many CPUs, each of which may have an interrupt. */
    public void startRaceDetection(int cpus) {
        observers.startRaceDetection(Math.max(RaceDetector.CONTEXTS, cpus + THREADS_BESIDE));
    }

    /**
     * Ends race detection. To be called before an oracle reads by plain accesses: that the tasks
     * are over is an order which this memory did not see.
     */
    public void stopRaceDetection() {
        observers.stopRaceDetection();
    }

    /** The calling thread as the log numbers it: {@link AccessLog#thread}. */
    public int thread() {
        return observers.thread();
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

    /** Everything that is known now, for a crash dump. */
    @Observer
    public Capture capture() {
        return observers.capture(this);
    }

    /**
     * Who waits in {@link #awaitClear} for bits that are still set: after a run that came to a halt,
     * the deadlock.
     */
    public List<CheckedMemory.Wait> waits() {
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

    /**
     * From here on a marked access in which no task meets another is no place to switch at, and all
     * accesses are recorded, of threads that {@link #actor} was called by.
     */
    public void meet(Meetings meetings) {
        observers.meet(meetings);
    }

    /** The calling thread is one of the tasks that may meet: 0 to {@link Meetings#TASKS} - 1. */
    public void actor(int task) {
        observers.actor(task);
    }

    /**
     * From here on somebody is asked before each access which thread goes on; null for nobody. To be
     * called while no task runs.
     */
    public void takeTurns(Turns turns) {
        observers.takeTurns(turns);
    }

    /** Before a plain access: where another task's marked access is met, this is a place to switch at. */
    private void meet(long address, long bytes, boolean write) {
        if (observers.meetsPlainly(address, bytes, write)) {
            visit(array, index(address));
        }
    }

    /** Before memory is given out or taken back: where another task uses it, a place to switch at. */
    private void meetUsers(long address, long bytes) {
        if (observers.meetsUsers(address, bytes)) {
            visit(array, index(address));
        }
    }

    /** A place to switch at; what the word holds is nobody's concern. */
    abstract long visit(long[] array, int i);

    /** Waits until bits of a word are clear, and acquires it; a place to switch at. */
    abstract long spin(long[] array, int i, long mask);

    /** Before a marked access, as the observers want it: its index. */
    private int at(int i) {
        if (i < 0) {
            return ~i;
        }
        visit(array, i);
        return i;
    }

    /** Gives reports words for addresses; without, they are hexadecimal. */
    public void nameAddresses(LongFunction<String> names) {
        observers.nameAddresses(names);
    }

    /**
     * Gives reports names for the addresses of caches. It is asked when a report is made, and says
     * nothing of a cache that has none any more; without it, the address stands for the name.
     */
    public void nameCaches(LongFunction<String> names) {
        observers.nameCaches(names);
    }

    @Override
    public long readOnce(long address) {
        int i = at(observers.check(address, WORD, false));
        long value = Marked.load(array, i);
        observers.marked(AccessLog.Kind.READ_ONCE, address, WORD, value);
        return value;
    }

    @Override
    public void writeOnce(long address, long value) {
        int i = at(observers.check(address, WORD, true));
        Marked.store(array, i, value);
        observers.marked(AccessLog.Kind.WRITE_ONCE, address, WORD, value);
    }

    @Override
    public int readOnceInt(long address) {
        int i = at(observers.check(address, Integer.BYTES, false));
        int value = (int) (Marked.load(array, i) >>> shift(address));
        observers.marked(AccessLog.Kind.READ_ONCE, address, Integer.BYTES, value);
        return value;
    }

    @Override
    public int dataRaceInt(long address) {
        int i = at(observers.check(address, Integer.BYTES, false));
        int value = (int) (Marked.load(array, i) >>> shift(address));
        observers.marked(AccessLog.Kind.DATA_RACE, address, Integer.BYTES, value);
        return value;
    }

    @Override
    public void writeOnceInt(long address, int value) {
        int where = observers.check(address, Integer.BYTES, true);
        int i = at(where);
        long word = Marked.load(array, i);
        at(where);
        Marked.store(array, i, withInt(word, address, value));
        observers.marked(AccessLog.Kind.WRITE_ONCE, address, Integer.BYTES, value);
    }

    @Override
    public long loadAcquire(long address) {
        int i = at(observers.check(address, WORD, false));
        long value = Marked.acquire(array, i);
        observers.marked(AccessLog.Kind.ACQUIRE, address, WORD, value);
        return value;
    }

    @Override
    public void storeRelease(long address, long value) {
        int i = at(observers.check(address, WORD, true));
        Marked.release(array, i, value);
        observers.marked(AccessLog.Kind.RELEASE, address, WORD, value);
    }

    @Override
    public boolean cmpxchg(long address, long expected, long value) {
        int i = at(observers.check(address, WORD, true));
        boolean stored = Marked.compareAndSet(array, i, expected, value);
        AccessLog.Kind kind = stored ? AccessLog.Kind.CMPXCHG_OK : AccessLog.Kind.CMPXCHG_FAIL;
        observers.marked(kind, address, WORD, value);
        return stored;
    }

    @Override
    public long fetchAdd(long address, long delta) {
        int i = at(observers.check(address, WORD, true));
        long before = Marked.add(array, i, delta);
        observers.marked(AccessLog.Kind.ADD, address, WORD, before + delta);
        return before;
    }

    @Override
    public int fetchAddInt(long address, int delta) {
        int i = at(observers.check(address, Integer.BYTES, true));
        int shift = shift(address);
        int before = (int) (Marked.add(array, i, (long) delta << shift) >>> shift);
        observers.marked(AccessLog.Kind.ADD, address, Integer.BYTES, before + delta);
        return before;
    }

    @Override
    public void barrier() {
        VarHandle.fullFence();
        observers.barrier();
    }

    @Override
    public long awaitClear(long address, long mask) {
        int i = observers.checkWait(address, mask);
        long seen = i < 0 ? Marked.load(array, ~i) : spin(array, i, mask);
        observers.marked(AccessLog.Kind.AWAIT, address, WORD, seen);
        return seen;
    }

    @Override
    public long read(long address) {
        meet(address, WORD, false);
        observers.read(address, WORD);
        return array[index(address)];
    }

    @Override
    public long probeKernelRead(long address) {
        if (!isIn(array, address)) {
            return 0;
        }
        int i = index(address);
        if (observers.meetsProbing(address)) {
            visit(array, i);
        }
        observers.probe(address);
        return array[i];
    }

    @Override
    public void write(long address, long value) {
        meet(address, WORD, true);
        observers.checkPlain(address, WORD);
        array[index(address)] = value;
        observers.wrote(address, WORD, value);
    }

    @Override
    public int readInt(long address) {
        meet(address, Integer.BYTES, false);
        observers.read(address, Integer.BYTES);
        return (int) (array[index(address)] >>> shift(address));
    }

    @Override
    public void writeInt(long address, int value) {
        meet(address, Integer.BYTES, true);
        observers.checkPlain(address, Integer.BYTES);
        int i = index(address);
        array[i] = withInt(array[i], address, value);
        observers.wrote(address, Integer.BYTES, value);
    }

    @Override
    public void writeIntAlone(long address, int value) {
        meet(address, Integer.BYTES, true);
        observers.checkPlain(address, Integer.BYTES);
        int i = index(address);
        long seen;
        do {
            seen = (long) WORDS.getOpaque(array, i);
        } while (!WORDS.compareAndSet(array, i, seen, withInt(seen, address, value)));
        observers.wroteAlone(address, value);
    }

    @Override
    public int readByte(long address) {
        meet(address, 1, false);
        observers.read(address, 1);
        return (int) (array[index(address)] >>> shift(address)) & 0xff;
    }

    @Override
    public void writeByte(long address, int value) {
        meet(address, 1, true);
        observers.checkPlain(address, 1);
        int i = index(address);
        array[i] = withByte(array[i], address, value);
        observers.wrote(address, 1, value & 0xff);
    }

    @Override
    public void fill(long address, long bytes, int value) {
        if (bytes > 0) {
            meet(address, bytes, true);
            observers.fill(address, bytes, value);
            rawFill(address, bytes, value);
        }
    }

    @Override
    public void copy(long destination, long source, long bytes) {
        if (bytes > 0) {
            meet(source, bytes, false);
            meet(destination, bytes, true);
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
    public void watchWaits(Progress progress) {}

    @Override
    void ipiSend() {
        observers.ipiSend();
    }

    @Override
    void ipiEnter(int cpu) {
        observers.ipiEnter(cpu);
    }

    @Override
    void ipiLeave() {
        observers.ipiLeave();
    }

    @Override
    void ipiDone() {
        observers.ipiDone();
    }

    @Override
    public void unpoison(long address, long bytes, String what) {
        meetUsers(address, bytes);
        observers.unpoison(address, bytes, what);
    }

    @Override
    public void unpoisonObject(long object, long bytes, long cache) {
        meetUsers(object, bytes);
        observers.unpoisonObject(object, bytes, cache);
    }

    @Override
    public void poison(long address, long bytes, Poison state) {
        meetUsers(address, bytes);
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
