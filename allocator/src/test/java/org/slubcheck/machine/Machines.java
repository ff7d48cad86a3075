package org.slubcheck.machine;

/** Machines for tests: two CPUs, their interrupt lines at a fixed place. */
final class Machines {
    static final long LINES = 64;

    private Machines() {}

    static Machine over(Memory memory, Console console) {
        return over(memory, console, LockObserver.NONE);
    }

    static Machine over(Memory memory, Console console, LockObserver observer) {
        return new Machine(memory, Geometry.micro(), console, observer, LINES);
    }
}
