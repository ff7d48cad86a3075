package org.slubcheck.scenarios;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slubcheck.machine.CheckedMemory;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.LockClass;
import org.slubcheck.machine.Lockdep;
import org.slubcheck.machine.Machine;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * Proves, in the JVM that is about to judge, that lockdep sees what it must and accuses nobody
 * falsely: small machines with a known mistake, and the right machine beside each. Nothing goes wrong
 * in any of the runs.
 */
public final class LockdepCanaries {
    private static final long BYTES = 4096;
    private static final long LINES = 64;
    private static final long A = 1024;
    private static final long B = 1088;
    private static final LockClass OUTER = LockClass.SLAB_LOCK;
    private static final LockClass INNER = LockClass.LIST_LOCK;

    /**
     * A canary.
     *
     * @param name the mistake in a word or two
     * @param fixed whether it is the right machine
     * @param symptom how the report of the mistake begins
     * @param body what the machine does
     */
    public record Twin(String name, boolean fixed, String symptom, Consumer<Machine> body) {
        /** The id of its verdict. */
        public String id() {
            return Verdict.CANARY + name;
        }

        /** Runs it. */
        public Verdict run() {
            Console console = new Console();
            CheckedMemory memory = Memory.checked(BYTES, console);
            memory.soleRunner(true);
            Lockdep lockdep = new Lockdep(console);
            Machine machine = new Machine(memory, Geometry.micro(), console, lockdep, LINES);
            body.accept(machine);
            List<String> reports = console.reports();
            Outcome outcome =
                    reports.isEmpty()
                            ? Outcome.CLEAN_SAMPLED
                            : reports.size() == 1 && reports.get(0).startsWith(symptom)
                                    ? Outcome.FOUND
                                    : Outcome.FAULT;
            String detail =
                    reports.isEmpty()
                            ? "one run without a report"
                            : reports.get(0).lines().findFirst().orElse("");
            return Verdict.of(id(), fixed, Technique.LOCKDEP, name, outcome, detail).runs(1);
        }
    }

    /** All of them: none may be missing where a clean verdict is to count. */
    public static final List<Twin> ALL = build();

    private LockdepCanaries() {}

    private static List<Twin> build() {
        List<Twin> twins = new ArrayList<>();
        add(
                twins,
                "lock-inversion",
                "WARNING: possible circular locking dependency detected",
                machine -> {
                    nest(machine, A, OUTER, B, INNER);
                    nest(machine, B, INNER, A, OUTER);
                },
                machine -> {
                    nest(machine, A, OUTER, B, INNER);
                    nest(machine, A, OUTER, B, INNER);
                });
        add(
                twins,
                "lock-recursion",
                "WARNING: possible recursive locking detected",
                machine -> nest(machine, A, INNER, B, INNER),
                machine -> {
                    Task task = Task.on(0);
                    machine.spinLock(task, A, INNER);
                    machine.spinLockNested(task, B, INNER, Machine.SINGLE_DEPTH_NESTING);
                    machine.spinUnlock(task, B, INNER);
                    machine.spinUnlock(task, A, INNER);
                });
        add(
                twins,
                "irqs-on-under-irq-lock",
                "WARNING: inconsistent lock state",
                machine -> {
                    inInterrupt(machine);
                    Task task = Task.on(0);
                    machine.spinLock(task, A, INNER);
                    machine.spinUnlock(task, A, INNER);
                },
                machine -> {
                    inInterrupt(machine);
                    Task task = Task.on(0);
                    boolean irqs = machine.spinLockIrqSave(task, A, INNER);
                    machine.spinUnlockIrqRestore(task, A, INNER, irqs);
                });
        return List.copyOf(twins);
    }

    private static void add(
            List<Twin> twins,
            String name,
            String symptom,
            Consumer<Machine> mistake,
            Consumer<Machine> right) {
        twins.add(new Twin(name, false, symptom, mistake));
        twins.add(new Twin(name, true, symptom, right));
    }

    private static void nest(Machine machine, long a, LockClass first, long b, LockClass second) {
        Task task = Task.on(0);
        machine.spinLock(task, a, first);
        machine.spinLock(task, b, second);
        machine.spinUnlock(task, b, second);
        machine.spinUnlock(task, a, first);
    }

    private static void inInterrupt(Machine machine) {
        machine.interrupt(
                Task.on(0),
                1,
                irq -> {
                    machine.spinLock(irq, A, INNER);
                    machine.spinUnlock(irq, A, INNER);
                });
    }
}
