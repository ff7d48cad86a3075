package org.slubcheck.model;

import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.slubcheck.machine.CheckedMemory;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.LockClass;
import org.slubcheck.machine.LockObserver;
import org.slubcheck.machine.Machine;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.MemoryMap;
import org.slubcheck.machine.Poison;
import org.slubcheck.machine.Task;

/**
 * Two tasks on a machine of a few words, with a mistake that the tool must see or its fixed twin
 * that it must not accuse. Built as a kernel scenario is: the machine is copied from a template in
 * the constructor, each operation is all that a task does, the oracle runs at the end.
 */
public abstract class Canary {
    private static final Geometry GEOMETRY = Geometry.micro();
    private static final MemoryMap MAP = new MemoryMap();
    private static final long LINES = Machine.reserveLines(MAP, GEOMETRY);
    static final long COUNT = MAP.word("count");
    static final long FLAG = MAP.word("flag");
    static final long OTHER = MAP.word("other");
    static final long FIRST = MAP.word("first lock");
    static final long SECOND = MAP.word("second lock");
    private static final CheckedMemory TEMPLATE = Memory.checked(MAP.seal(64), new Console());

    final Console console = new Console();
    final CheckedMemory memory = TEMPLATE.forkChecked(console);
    final Machine machine = new Machine(memory, GEOMETRY, console, LockObserver.NONE, LINES);

    Canary() {
        memory.startRaceDetection();
    }

    /** What the task on CPU 0 does. */
    @Operation
    public void task0() {
        run(0);
    }

    /** What the task on CPU 1 does. */
    @Operation
    public void task1() {
        run(1);
    }

    /** The oracle. */
    @Validate
    public void validate() {
        Judge.settle(memory.console().reports(), wrong());
    }

    abstract void run(int task);

    /** What memory says that it must not. */
    List<String> wrong() {
        return List.of();
    }

    final void increment() {
        memory.write(COUNT, memory.read(COUNT) + 1);
    }

    final List<String> lostUpdates() {
        return memory.peek(COUNT) == 2
                ? List.of()
                : List.of("lost update: count is " + memory.peek(COUNT));
    }

    /** Two plain increments of one word. */
    public static final class PlainRace extends Canary {
        @Override
        void run(int task) {
            increment();
        }
    }

    /** The same under a lock. */
    public static final class PlainRaceFixed extends Canary {
        @Override
        void run(int task) {
            Task self = Task.on(task);
            machine.spinLock(self, FIRST, LockClass.LIST_LOCK);
            increment();
            machine.spinUnlock(self, FIRST, LockClass.LIST_LOCK);
        }

        @Override
        List<String> wrong() {
            return lostUpdates();
        }
    }

    /** Two increments made of a marked load and a marked store: no data race, and still wrong. */
    public static final class VolatileRace extends Canary {
        @Override
        void run(int task) {
            memory.writeOnce(COUNT, memory.readOnce(COUNT) + 1);
        }

        @Override
        List<String> wrong() {
            return lostUpdates();
        }
    }

    /** Two atomic increments. */
    public static final class VolatileRaceFixed extends Canary {
        @Override
        void run(int task) {
            memory.fetchAdd(COUNT, 1);
        }

        @Override
        List<String> wrong() {
            return lostUpdates();
        }
    }

    /** Two spin locks in opposite order. */
    public static final class SpinDeadlock extends Canary {
        @Override
        void run(int task) {
            both(task == 0 ? FIRST : SECOND, task == 0 ? SECOND : FIRST, Task.on(task));
        }
    }

    /** Two spin locks in the same order. */
    public static final class SpinDeadlockFixed extends Canary {
        @Override
        void run(int task) {
            both(FIRST, SECOND, Task.on(task));
        }
    }

    final void both(long outer, long inner, Task self) {
        machine.spinLock(self, outer, LockClass.SLAB_LOCK);
        machine.spinLock(self, inner, LockClass.LIST_LOCK);
        increment();
        machine.spinUnlock(self, inner, LockClass.LIST_LOCK);
        machine.spinUnlock(self, outer, LockClass.SLAB_LOCK);
    }

    /** Each task stores its own flag and then reads the other's; hardware lets both read 0. */
    public static final class StoreBuffering extends Canary {
        private final long[] seen = new long[2];

        @Override
        void run(int task) {
            memory.writeOnce(task == 0 ? FLAG : OTHER, 1);
            seen[task] = memory.readOnce(task == 0 ? OTHER : FLAG);
        }

        @Override
        List<String> wrong() {
            return seen[0] == 0 && seen[1] == 0 ? List.of("store buffering: 0, 0") : List.of();
        }
    }

    /** Data published by a store without release. */
    public static final class MissingRelease extends Canary {
        @Override
        void run(int task) {
            publish(task, false);
        }
    }

    /** Data published by a store with release. */
    public static final class MissingReleaseFixed extends Canary {
        @Override
        void run(int task) {
            publish(task, true);
        }
    }

    final void publish(int task, boolean release) {
        if (task == 0) {
            memory.write(COUNT, 2);
            if (release) {
                memory.storeRelease(FLAG, 1);
            } else {
                memory.writeOnce(FLAG, 1);
            }
        } else if (memory.loadAcquire(FLAG) != 0) {
            memory.read(COUNT);
        }
    }

    /** A word is given back while somebody is between its address and the one read that it makes. */
    public static final class StaleRead extends Canary {
        @Override
        void run(int task) {
            useOrGiveBack(task);
        }
    }

    /** The same with a lock around address and use. */
    public static final class StaleReadFixed extends Canary {
        @Override
        void run(int task) {
            Task self = Task.on(task);
            machine.spinLock(self, FIRST, LockClass.LIST_LOCK);
            useOrGiveBack(task);
            machine.spinUnlock(self, FIRST, LockClass.LIST_LOCK);
        }
    }

    final void useOrGiveBack(int task) {
        if (task == 0) {
            memory.writeOnce(FLAG, 1);
            memory.poison(OTHER, Memory.WORD, Poison.FREE_OBJECT);
        } else if (memory.readOnce(FLAG) == 0) {
            memory.readOnce(OTHER);
        }
    }
}
