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
 * <p>For the model checker. This class holds the places to switch at and nothing else, because each
 * instruction of an instrumented class costs as much as a hundred others: a look at the word before
 * a marked access, and the wait loop, which holds a raw load and nothing else. What is around them is
 * in the superclass. Between a look and its access no shared access is instrumented (final fields
 * and calls are no places to switch at), so no switch can happen there: the two are one.
 */
public final class CheckedMemory extends WatchedMemory {
    /** A task that waits: on which CPU, for which word. */
    public record Wait(int cpu, long address) {}

    private static final VarHandle ARRAY = MethodHandles.arrayElementVarHandle(long[].class);

    CheckedMemory(long[] array, Console console) {
        super(array, console);
    }

    CheckedMemory(CheckedMemory template, Console console) {
        super(template.words.clone(), template.observers, console);
    }

    @Override
    long visit(long[] array, int i) {
        return array[i];
    }

    @Override
    long spin(long[] array, int i, long mask) {
        long seen;
        while (((seen = (long) ARRAY.getVolatile(array, i)) & mask) != 0) {
            Thread.onSpinWait();
        }
        return seen;
    }
}
