package org.slubcheck.machine;

import java.util.List;
import java.util.function.LongFunction;

/**
 * The observers of one {@link CheckedMemory} behind one monitor.
 *
 * <p>Nothing here is part of the machine: a model checker is to ignore this class whole. No method
 * waits, and none keeps the monitor beyond its return.
 */
final class Observers {
    private static final long DEFAULT_BUDGET = 20_000_000;
    private static final LongFunction<String> NO_NAME = a -> String.format("0x%x", a);

    final Console console;
    private final long[] words;
    private final AddressShadow shadow;
    private RaceDetector detector;
    private int races;
    private AccessLog log = new AccessLog();
    private boolean logging;
    private boolean plainReads;

    /** What memory held after the last logged access: the source of the old values. */
    private long[] mirror;

    private boolean checkAddresses = true;
    private boolean soleRunner;

    /** What is known of the words that tasks meet in; null for nothing. */
    private Meetings meetings;

    /** Who is asked at each access whether another task is to go on; null for nobody. */
    private Turns turns;

    private long budget = DEFAULT_BUDGET;

    /** Accesses of all tasks; the time of {@link Console.Line#time}. */
    private long accesses;

    private LongFunction<String> names = NO_NAME;

    private LongFunction<String> cacheNames = NO_NAME;

    /** How many contexts the race detector is to tell apart. */
    private int contexts = RaceDetector.CONTEXTS;

    private final Runners runners;

    Observers(long[] words, Console console) {
        this.words = words;
        this.console = console;
        shadow = new AddressShadow(words.length);
        runners = new Runners(words);
        console.clock(this::accesses);
    }

    Observers(long[] words, Observers template, Console console) {
        this.words = words;
        this.console = console;
        runners = new Runners(words);
        synchronized (template) {
            shadow = new AddressShadow(template.shadow);
            checkAddresses = template.checkAddresses;
            soleRunner = template.soleRunner;
            budget = template.budget;
            accesses = template.accesses;
            names = template.names;
            if (template.detector != null) {
                startRaceDetection(template.contexts);
            }
            if (template.logging) {
                startLog(template.plainReads);
            }
        }
        console.clock(this::accesses);
    }

    /**
     * How many accesses there were so far, in this memory and in those that it is a copy of. Racy: who
     * prints a line may not wait for who touches memory, since that one prints, too.
     */
    private long accesses() {
        return accesses;
    }

    synchronized void startRaceDetection(int most) {
        contexts = most;
        detector = new RaceDetector((long) words.length * Memory.WORD, most, this::found);
    }

    synchronized void stopRaceDetection() {
        detector = null;
    }

    synchronized int races() {
        return races;
    }

    synchronized void startLog(boolean withPlainReads) {
        logging = true;
        plainReads = withPlainReads;
        mirror = words.clone();
    }

    synchronized void stopLog() {
        logging = false;
    }

    synchronized AccessLog log() {
        return log;
    }

    /** Memory and what is known of it, now. */
    synchronized Capture capture(Memory memory) {
        return new Capture(
                memory.fork(),
                shadow.image(),
                runners.captured(),
                runners.known(),
                log.size(),
                accesses);
    }

    synchronized void checkAddresses(boolean on) {
        checkAddresses = on;
    }

    synchronized void accessBudget(long accesses) {
        budget = accesses;
    }

    synchronized void soleRunner(boolean sole) {
        soleRunner = sole;
    }

    synchronized void meet(Meetings where) {
        meetings = where;
    }

    synchronized void actor(int task) {
        runners.current().actor = task;
    }

    synchronized void takeTurns(Turns whose) {
        turns = whose;
    }

    /** Outside of the monitor: another thread may go on from here. */
    private void turn(long address) {
        if (turns != null) {
            turns.access(address);
        }
    }

    synchronized void nameAddresses(LongFunction<String> toName) {
        names = toName;
    }

    synchronized void nameCaches(LongFunction<String> toName) {
        cacheNames = toName;
    }

    synchronized int thread() {
        return runners.current().index;
    }

    synchronized void runs(Task task) {
        runners.current().runs(task);
    }

    /** A task sends an IPI, or is hit by an interrupt. */
    synchronized void ipiSend() {
        if (detector != null) {
            Runner runner = runners.current();
            runner.sent = detector.send(runners.context(runner));
            runner.learnt = runner.sent.clone();
        }
    }

    /** From here on this thread runs the leg of a CPU. */
    synchronized void ipiEnter(int cpu) {
        Runner runner = runners.current();
        if (detector != null && runner.sent != null) {
            runner.leg = runners.legContext(cpu);
            detector.begin(runner.leg, runner.sent);
        }
    }

    /** The leg is over. */
    synchronized void ipiLeave() {
        Runner runner = runners.current();
        if (detector != null && runner.leg >= 0) {
            detector.end(runner.leg, runner.learnt);
        }
        runner.leg = -1;
    }

    /** All legs are over. */
    synchronized void ipiDone() {
        Runner runner = runners.current();
        if (detector != null && runner.sent != null) {
            detector.receive(runners.context(runner), runner.learnt);
        }
        runner.sent = null;
        runner.learnt = null;
    }

    synchronized void metadataAccess(int change) {
        runners.current().metadataAccess += change;
    }

    /**
     * Whether all of a range is there. A pointer that was corrupted may be handed out or given back:
     * there is nothing to remember then, and whoever uses it next dies of that.
     */
    private boolean isMemory(long address, long bytes) {
        long size = (long) words.length * Memory.WORD;
        return address >= 0 && bytes <= size && address <= size - bytes;
    }

    synchronized void unpoison(long address, long bytes, String what) {
        if (isMemory(address, bytes)) {
            shadow.unpoison(address, bytes, what, runners.current().cpu());
        }
    }

    synchronized void unpoisonObject(long object, long bytes, long cache) {
        if (isMemory(object, bytes)) {
            shadow.unpoisonObject(object, bytes, cache, runners.current().cpu());
        }
    }

    synchronized void poison(long address, long bytes, Poison state) {
        if (isMemory(address, bytes)) {
            shadow.poison(address, bytes, state, runners.current().cpu());
        }
    }

    /**
     * Before a marked access: may the address be used? Returns the index of its word, or what is
     * left of it by ~ when the access is no place to switch at.
     */
    int check(long address, int bytes, boolean write) {
        int i = checkMarked(address, bytes, write);
        turn(address);
        return i;
    }

    private synchronized int checkMarked(long address, int bytes, boolean write) {
        Runner runner = runners.current();
        checkFrom(runner, address, bytes, write);
        touch(runner, address, bytes, write, true);
        checkAlignment(runner, address, bytes);
        return index(runner, address, write);
    }

    /** Before a plain store: may the address be used? */
    void checkPlain(long address, int bytes) {
        checkStore(address, bytes);
        turn(address);
    }

    private synchronized void checkStore(long address, int bytes) {
        Runner runner = runners.current();
        checkFrom(runner, address, bytes, true);
        checkAlignment(runner, address, bytes);
    }

    /** Before a plain access and its check: records it, and says whether to switch before it. */
    boolean meetsPlainly(long address, long bytes, boolean write) {
        return meetings != null && meetsIn(address, bytes, write, false);
    }

    /** The same of a load that the race detector does not judge: whoever stores there meets it. */
    boolean meetsProbing(long address) {
        return meetings != null && meetsIn(address, Memory.WORD, false, true);
    }

    private synchronized boolean meetsIn(long address, long bytes, boolean write, boolean marked) {
        Runner runner = runners.current();
        if (runner.actor < 0 || !inside(address, bytes)) {
            return false;
        }
        touch(runner, address, bytes, write, marked);
        boolean meets = false;
        int end = Memory.index(address + bytes - 1);
        for (int word = Memory.index(address); word <= end; word++) {
            meets |= meetings.meets(runner.actor, word, write, marked);
        }
        return meets;
    }

    /**
     * Before memory is given out or taken back: records it, and says whether to switch before it, as
     * whether memory may be used is asked at each access to it.
     */
    boolean meetsUsers(long address, long bytes) {
        return meetings != null && meetsUsersIn(address, bytes);
    }

    private synchronized boolean meetsUsersIn(long address, long bytes) {
        Runner runner = runners.current();
        if (runner.actor < 0 || !inside(address, bytes)) {
            return false;
        }
        boolean meets = false;
        int end = Memory.index(address + bytes - 1);
        for (int word = Memory.index(address); word <= end; word++) {
            meetings.give(runner.actor, word);
            meets |= meetings.meetsUser(runner.actor, word);
        }
        return meets;
    }

    private boolean inside(long address, long bytes) {
        return bytes > 0 && address >= 0 && address <= (long) words.length * Memory.WORD - bytes;
    }

    private void touch(Runner runner, long address, long bytes, boolean write, boolean marked) {
        if (meetings != null && runner.actor >= 0) {
            int end = Memory.index(address + bytes - 1);
            for (int word = Memory.index(address); word <= end; word++) {
                meetings.touch(runner.actor, word, write, marked);
            }
        }
    }

    private int index(Runner runner, long address, boolean write) {
        int word = Memory.index(address);
        boolean alone =
                meetings != null
                        && runner.actor >= 0
                        && !meetings.meets(runner.actor, word, write, true);
        return alone ? ~word : word;
    }

    /**
     * Before a wait: may the address be used, and can the wait end? Returns as {@link #check} does;
     * where there is something to wait for that is always a place to switch at.
     */
    int checkWait(long address, long mask) {
        int i = checkAwait(address, mask);
        if (turns != null) {
            turns.await(address, mask);
        }
        return i;
    }

    private synchronized int checkAwait(long address, long mask) {
        Runner runner = runners.current();
        runner.waitsFor = address;
        runner.waitMask = mask;
        checkFrom(runner, address, Memory.WORD, false);
        touch(runner, address, Memory.WORD, false, true);
        checkAlignment(runner, address, Memory.WORD);
        long seen = words[Memory.index(address)];
        if (soleRunner && (seen & mask) != 0) {
            throw KernelDeath.lockup(
                    console,
                    "BUG: spinlock lockup suspected on "
                            + runner.who()
                            + "\n lock: "
                            + names.apply(address)
                            + String.format(", value: %x, and nobody else runs", seen));
        }
        return (seen & mask) != 0 ? Memory.index(address) : index(runner, address, false);
    }

    /** Before a plain load. */
    void read(long address, int bytes) {
        turn(address);
        reads(address, bytes);
    }

    private synchronized void reads(long address, int bytes) {
        Runner runner = runners.current();
        checkFrom(runner, address, bytes, false);
        checkAlignment(runner, address, bytes);
        if (detector != null) {
            detector.read(runners.context(runner), address, bytes);
        }
        if (logging && plainReads) {
            long old = part(words[Memory.index(address)], address, bytes);
            append(runner, AccessLog.Kind.READ, address, bytes, old, old);
        }
    }

    /** Before a load whose value is a guess: nothing but the log takes note. */
    void probe(long address) {
        turn(address);
        probes(address);
    }

    private synchronized void probes(long address) {
        if (logging && plainReads) {
            long old = words[Memory.index(address)];
            append(runners.current(), AccessLog.Kind.READ, address, Memory.WORD, old, old);
        }
    }

    /**
     * Behind a plain store that was checked before: a switch between the two would otherwise put
     * the store into the log before it was made.
     */
    synchronized void wrote(long address, int bytes, long value) {
        Runner runner = runners.current();
        if (detector != null) {
            detector.write(runners.context(runner), address, bytes);
        }
        if (logging) {
            long old = part(mirror[Memory.index(address)], address, bytes);
            append(runner, AccessLog.Kind.WRITE, address, bytes, old, value);
        }
    }

    /** Behind a plain store of an int that left its neighbour to others. */
    synchronized void wroteAlone(long address, int value) {
        Runner runner = runners.current();
        if (detector != null) {
            detector.writeAlone(runners.context(runner), address);
        }
        if (logging) {
            long old = part(mirror[Memory.index(address)], address, Integer.BYTES);
            append(runner, AccessLog.Kind.WRITE, address, Integer.BYTES, old, value);
        }
    }

    /**
     * Behind a marked access; the value is what was read or stored.
     *
     * <p>The switch point of an access is between {@link #check} and here, and what was in use
     * there may be free now: a use of it by somebody who asked too early. Not so for an update and
     * a release: these can be what lets another thread free the word, and where threads really
     * overlap it may be gone before this method looks.
     */
    synchronized void marked(AccessLog.Kind kind, long address, int bytes, long value) {
        Runner runner = runners.current();
        runner.waitsFor = -1;
        switch (kind) {
            case READ_ONCE, ACQUIRE, DATA_RACE, AWAIT -> askShadow(runner, address, bytes, false);
            case WRITE_ONCE -> askShadow(runner, address, bytes, true);
            default -> {
                if (meetings != null) {
                    // Here one task runs at a time, and nobody is between the access and this.
                    askShadow(runner, address, bytes, kind.writes());
                }
            }
        }
        if (detector != null) {
            switch (kind) {
                case DATA_RACE -> {}
                case READ_ONCE, CMPXCHG_FAIL ->
                        detector.readOnce(runners.context(runner), address, bytes);
                case WRITE_ONCE -> detector.writeOnce(runners.context(runner), address, bytes);
                case ACQUIRE, AWAIT -> detector.acquire(runners.context(runner), address);
                case RELEASE -> detector.release(runners.context(runner), address);
                default -> detector.update(runners.context(runner), address, bytes);
            }
        }
        if (logging) {
            long old = part(mirror[Memory.index(address)], address, bytes);
            append(runner, kind, address, bytes, old, value);
        }
    }

    /** Who waits now, for bits that are still set. */
    synchronized List<CheckedMemory.Wait> waits() {
        return runners.waits();
    }

    synchronized void barrier() {
        if (detector != null) {
            detector.barrier(runners.context(runners.current()));
        }
    }

    /** Before a memset. */
    void fill(long address, long bytes, int value) {
        turn(address);
        fills(address, bytes, value);
    }

    private synchronized void fills(long address, long bytes, int value) {
        Runner runner = runners.current();
        checkFrom(runner, address, bytes, true);
        if (detector != null) {
            detector.write(runners.context(runner), address, bytes);
        }
        if (logging) {
            append(runner, AccessLog.Kind.FILL, address, bytes, 0, value & 0xff);
            for (long a = address; a < address + bytes; a++) {
                int i = Memory.index(a);
                mirror[i] = Memory.withByte(mirror[i], a, value);
            }
        }
    }

    /** Before a memcpy. */
    void copy(long destination, long source, long bytes) {
        turn(destination);
        copies(destination, source, bytes);
    }

    private synchronized void copies(long destination, long source, long bytes) {
        Runner runner = runners.current();
        checkFrom(runner, source, bytes, false);
        checkFrom(runner, destination, bytes, true);
        if (detector != null) {
            detector.read(runners.context(runner), source, bytes);
            detector.write(runners.context(runner), destination, bytes);
        }
        if (logging) {
            append(runner, AccessLog.Kind.COPY, destination, bytes, source, 0);
        }
    }

    /** Behind a memcpy. */
    synchronized void copied(long destination, long bytes) {
        if (logging) {
            int from = Memory.index(destination);
            int to = Memory.index(destination + bytes - 1) + 1;
            System.arraycopy(words, from, mirror, from, to - from);
        }
    }

    private void checkFrom(Runner runner, long address, long bytes, boolean write) {
        if (address < MemoryMap.NULL_PAGE || !isMemory(address, bytes)) {
            throw KernelDeath.oops(
                    console,
                    address,
                    (write ? "write" : "read") + " of size " + bytes + " by " + runner.who());
        }
        accesses++;
        if (++runner.accesses > budget) {
            runner.accesses = 0;
            throw KernelDeath.lockup(
                    console,
                    "BUG: soft lockup - "
                            + runner.who()
                            + " stuck: "
                            + budget
                            + " accesses and no end, last "
                            + names.apply(address));
        }
        askShadow(runner, address, bytes, write);
    }

    /** Reports a use of poisoned memory, each once. */
    private void askShadow(Runner runner, long address, long bytes, boolean write) {
        if (!checkAddresses || runner.metadataAccess != 0) {
            return;
        }
        long bad = shadow.firstBad(address, bytes);
        if (bad >= 0 && shadow.why(bad) == Poison.UNMAPPED) {
            throw KernelDeath.oops(
                    console,
                    bad,
                    (write ? "write" : "read") + " of size " + bytes + " by " + runner.who());
        }
        if (bad >= 0) {
            String text =
                    shadow.report(
                            bad, address, bytes, write, names.apply(bad), cacheNames, runner.who());
            if (text != null) {
                console.report(Console.Level.ERR, text);
            }
        }
    }

    private void checkAlignment(Runner runner, long address, long bytes) {
        if ((address & bytes - 1) != 0 && checkAddresses) {
            console.warnOnce(
                    "misaligned-access of " + names.apply(address),
                    "UBSAN: misaligned-access of size " + bytes + " by " + runner.who());
        }
    }

    private void append(
            Runner runner, AccessLog.Kind kind, long address, long bytes, long old, long value) {
        log.add(kind, runner.index, runner.cpu(), runner.interrupt(), address, bytes, old, value);
        if (kind.writes() && kind != AccessLog.Kind.FILL && kind != AccessLog.Kind.COPY) {
            int i = Memory.index(address);
            mirror[i] =
                    bytes == Memory.WORD
                            ? value
                            : bytes == 1
                                    ? Memory.withByte(mirror[i], address, (int) value)
                                    : Memory.withInt(mirror[i], address, (int) value);
        }
    }

    private static long part(long word, long address, int bytes) {
        return switch (bytes) {
            case 1 -> word >>> Memory.shift(address) & 0xff;
            case Integer.BYTES -> (int) (word >>> Memory.shift(address));
            default -> word;
        };
    }

    private void found(RaceDetector.Race race) {
        races++;
        console.report(
                Console.Level.ERR,
                "BUG: KCSAN: data-race in "
                        + names.apply(race.address())
                        + "\n"
                        + side(race.write(), race.marked(), race.thread())
                        + "\n"
                        + side(race.otherWrote(), race.otherMarked(), race.other())
                        + (race.lostUpdate()
                                ? "\nstores to different parts of one word: one of them is lost"
                                : ""));
    }

    private String side(boolean write, boolean marked, int context) {
        Runner owner = runners.inContext(context);
        return (write ? "write" : "read")
                + (marked ? " (marked)" : "")
                + " by "
                + (owner.isLeg() ? "an IPI" : "task " + owner.index)
                + " on "
                + owner.who();
    }
}
