package org.slubcheck.machine;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Judges the order of locks from one run in which nothing went wrong.
 *
 * <p>Like the kernel's, it knows classes, not instances, and draws an edge from each held class to
 * the one that a task is about to wait for. What it reports, each once:
 *
 * <ul>
 *   <li>"possible circular locking dependency": the new edge closes a cycle over any number of
 *       classes. A lock that was got by trying draws no edge to itself, nobody waits for it; from it
 *       on edges are drawn as from any other;
 *   <li>"possible recursive locking": the class is held already, be it another instance. A read
 *       lock under the same read lock counts: a writer that came in between stops the second;
 *   <li>"inconsistent lock state": a spinning class is waited for in interrupts and is elsewhere
 *       held with irqs on;
 *   <li>"HARDIRQ-safe -&gt; HARDIRQ-unsafe lock order": under a class that interrupts take, one is
 *       waited for that is elsewhere held with irqs on;
 *   <li>"bad unlock balance": a lock is given back that the task does not hold.
 * </ul>
 *
 * <p>Waiting for an IPI is waiting for a lock: CPUs that have irqs off do not answer. {@link
 * LockClass#IRQ_LINES} stands for it. So a spin lock that is held over on_each_cpu, and elsewhere
 * waited for with irqs off, closes a cycle.
 *
 * <p>An interrupt that a task waits for, as in on_each_cpu, runs under that task's locks.
 *
 * <p>An observer: it touches no kernel memory. Its monitor makes it safe for any thread; a model
 * checker is to ignore it.
 */
public final class Lockdep implements LockObserver {
    private static final LockClass[] CLASSES = LockClass.values();
    private static final int COUNT = CLASSES.length;

    /** Who first waited for a class while holding another, and with which instances. */
    private record Witness(String who, long held, long wanted) {}

    private final Console console;

    /** The first witness of each edge, at held * COUNT + wanted; null where there is no edge. */
    private final Witness[] edges;

    /** Who first waited for each class in an interrupt; null for a class that nobody did. */
    private final String[] inInterrupt;

    /** Who first took each class with irqs on. */
    private final String[] irqsOn;

    private final Set<String> reported;

    /** An empty graph that reports to a console. */
    public Lockdep(Console console) {
        this.console = console;
        edges = new Witness[COUNT * COUNT];
        inInterrupt = new String[COUNT];
        irqsOn = new String[COUNT];
        reported = new HashSet<>();
    }

    private Lockdep(Lockdep template, Console console) {
        this.console = console;
        edges = template.edges.clone();
        inInterrupt = template.inInterrupt.clone();
        irqsOn = template.irqsOn.clone();
        reported = new HashSet<>(template.reported);
    }

    /** A graph that knows what this one knows and goes on by itself, reporting elsewhere. */
    public synchronized Lockdep fork(Console reports) {
        return new Lockdep(this, reports);
    }

    /** True when somebody waited for one class while holding another. */
    public synchronized boolean hasEdge(LockClass held, LockClass wanted) {
        return edges[edge(held.ordinal(), wanted.ordinal())] != null;
    }

    @Override
    public synchronized void acquire(Task task, LockClass lock, long address, How how) {
        markUse(task, lock, how);
        if (how != How.TRY) {
            if (task.irqsOff && lock.kind().spins()) {
                depend(task, LockClass.IRQ_LINES, task.cpu, lock, address);
            }
            for (Task holder = task; holder != null; holder = holder.waiter) {
                for (int i = 0; i < holder.held.depth(); i++) {
                    depend(task, holder.held.lockClass(i), holder.held.address(i), lock, address);
                }
            }
        }
    }

    @Override
    public synchronized void waitsForAllCpus(Task task) {
        for (int i = 0; i < task.held.depth(); i++) {
            depend(task, task.held.lockClass(i), task.held.address(i), LockClass.IRQ_LINES, -1);
        }
    }

    @Override
    public synchronized void release(Task task, LockClass lock, long address) {
        if (!task.held.holds(lock, address)) {
            report(
                    "balance " + lock,
                    "WARNING: bad unlock balance detected!\n"
                            + who(task)
                            + " gives back "
                            + named(lock, address)
                            + " but does not hold it.\n"
                            + heldBy(task));
        }
    }

    private void depend(Task task, LockClass held, long heldAt, LockClass wanted, long wantedAt) {
        if (held == wanted) {
            report(
                    "recursive " + wanted,
                    "WARNING: possible recursive locking detected\n"
                            + trying(task, wanted, wantedAt, held, heldAt)
                            + (heldAt == wantedAt ? "\nwhich is the same lock." : "")
                            + "\nA lock of one class may not be waited for under another of it.");
            return;
        }
        int edge = edge(held.ordinal(), wanted.ordinal());
        if (edges[edge] != null) {
            return;
        }
        int[] path = path(wanted.ordinal(), held.ordinal());
        if (path != null) {
            circular(task, held, heldAt, wanted, wantedAt, path);
        }
        edges[edge] = new Witness(who(task), heldAt, wantedAt);
        checkIrqOrder();
    }

    private void circular(
            Task task, LockClass held, long heldAt, LockClass wanted, long wantedAt, int[] path) {
        StringBuilder text =
                new StringBuilder("WARNING: possible circular locking dependency detected\n");
        text.append(trying(task, wanted, wantedAt, held, heldAt));
        text.append("\nwhich already depends on the new lock. How it came to:");
        for (int i = path.length - 1; i > 0; i--) {
            Witness first = edges[edge(path[i - 1], path[i])];
            text.append("\n-> #").append(i).append(" (");
            text.append(CLASSES[path[i]].kernelName()).append("): first wanted by ");
            text.append(first.who).append(" under ");
            text.append(named(CLASSES[path[i - 1]], first.held));
        }
        text.append("\n-> #0 (").append(wanted.kernelName()).append("): wanted now");
        report("circular " + members(path), text.toString());
    }

    /** The classes of a cycle, the same for whichever of its edges closes it. */
    private static String members(int[] path) {
        int[] sorted = path.clone();
        Arrays.sort(sorted);
        return Arrays.toString(sorted);
    }

    private void markUse(Task task, LockClass lock, How how) {
        int i = lock.ordinal();
        if (!lock.kind().spins()) {
            return;
        }
        if (task.interrupt && how != How.TRY && inInterrupt[i] == null) {
            inInterrupt[i] = who(task);
        } else if (!task.interrupt && !task.irqsOff && irqsOn[i] == null) {
            irqsOn[i] = who(task);
        } else {
            return;
        }
        if (inInterrupt[i] != null && irqsOn[i] != null) {
            report(
                    "inconsistent " + lock,
                    "WARNING: inconsistent lock state\n"
                            + lock.kernelName()
                            + ": {IN-HARDIRQ} by "
                            + inInterrupt[i]
                            + ", {HARDIRQ-ON} by "
                            + irqsOn[i]
                            + "\nAn interrupt that hits the holder waits for it for ever.");
        }
        checkIrqOrder();
    }

    private void checkIrqOrder() {
        for (int safe = 0; safe < COUNT; safe++) {
            for (int unsafe = 0; inInterrupt[safe] != null && unsafe < COUNT; unsafe++) {
                if (safe != unsafe && irqsOn[unsafe] != null && path(safe, unsafe) != null) {
                    report(
                            "irq order " + safe + " " + unsafe,
                            "WARNING: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected\n"
                                    + CLASSES[safe].kernelName()
                                    + " is taken in interrupts, by "
                                    + inInterrupt[safe]
                                    + "\nand held while waiting for "
                                    + CLASSES[unsafe].kernelName()
                                    + ", which is held with irqs on, by "
                                    + irqsOn[unsafe]);
                }
            }
        }
    }

    /** The shortest way along edges, both ends included, or null. */
    private int[] path(int from, int to) {
        int[] cameFrom = new int[COUNT];
        Arrays.fill(cameFrom, -1);
        int[] queue = new int[COUNT];
        int tail = 0;
        queue[tail++] = from;
        cameFrom[from] = from;
        for (int next = 0; next < tail; next++) {
            for (int i = 0; i < COUNT; i++) {
                if (cameFrom[i] < 0 && edges[edge(queue[next], i)] != null) {
                    cameFrom[i] = queue[next];
                    queue[tail++] = i;
                }
            }
        }
        if (cameFrom[to] < 0) {
            return null;
        }
        int length = 1;
        for (int i = to; i != from; i = cameFrom[i]) {
            length++;
        }
        int[] path = new int[length];
        for (int i = to; length > 0; i = cameFrom[i]) {
            path[--length] = i;
        }
        return path;
    }

    private void report(String key, String text) {
        if (reported.add(key)) {
            console.report(Console.Level.WARNING, text);
        }
    }

    private static String trying(
            Task task, LockClass wanted, long wantedAt, LockClass held, long heldAt) {
        return who(task)
                + " is trying to acquire lock:\n "
                + named(wanted, wantedAt)
                + "\nbut is already holding lock:\n "
                + named(held, heldAt);
    }

    private static String heldBy(Task task) {
        if (task.held.depth() == 0) {
            return "It holds no lock.";
        }
        StringBuilder text = new StringBuilder("It holds:");
        for (int i = 0; i < task.held.depth(); i++) {
            text.append("\n #").append(i).append(": ");
            text.append(named(task.held.lockClass(i), task.held.address(i)));
        }
        return text.toString();
    }

    private static String named(LockClass lock, long address) {
        if (lock == LockClass.IRQ_LINES) {
            return address < 0 ? lock.kernelName() : "irqs off on CPU#" + address;
        }
        return lock.kernelName() + " at " + String.format("%016x", address);
    }

    private static String who(Task task) {
        return "CPU#" + task.cpu + (task.interrupt ? " in interrupt" : "");
    }

    private static int edge(int held, int wanted) {
        return held * COUNT + wanted;
    }
}
