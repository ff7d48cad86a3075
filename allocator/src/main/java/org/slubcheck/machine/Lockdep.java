package org.slubcheck.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
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
 * <p>Another nesting level of a class is a class of its own, whose use the caller answers for
 * (spin_lock_nested).
 *
 * <p>Waiting for an IPI is waiting for a lock: CPUs that have irqs off do not answer. {@link
 * LockClass#IRQ_LINES} stands for it. So a spin lock that is held over on_each_cpu, and elsewhere
 * waited for with irqs off, closes a cycle.
 *
 * <p>Page reclaim is held like a lock while it runs, and wanted by each allocation that may run it
 * ({@link FsReclaim}).
 *
 * <p>An interrupt that a task waits for, as in on_each_cpu, runs under that task's locks.
 *
 * <p>An observer: it touches no kernel memory. Its monitor makes it safe for any thread; a model
 * checker is to ignore it.
 */
public final class Lockdep implements LockObserver {
    private static final LockClass[] CLASSES = LockClass.values();

    /** Nesting levels of a class; each is a node of the graph. */
    private static final int LEVELS = Machine.SINGLE_DEPTH_NESTING + 1;

    private static final int COUNT = CLASSES.length * LEVELS;
    private static final int IRQ_LINES = LockClass.IRQ_LINES.ordinal() * LEVELS;

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
        return edges[edge(node(held, 0), node(wanted, 0))] != null;
    }

    /** An order that was seen: somebody waited for a class while holding another. */
    public record Edge(LockClass held, LockClass wanted) {
        /** True when the declaration of {@link LockClass} has them in this order. */
        public boolean documented() {
            return held.ordinal() <= wanted.ordinal();
        }

        @Override
        public String toString() {
            return held.kernelName() + " -> " + wanted.kernelName();
        }
    }

    /** All orders that were seen, in the order of the declaration. */
    public synchronized List<Edge> edges() {
        List<Edge> seen = new ArrayList<>();
        for (int i = 0; i < edges.length; i++) {
            if (edges[i] != null) {
                seen.add(new Edge(lockClass(i / COUNT), lockClass(i % COUNT)));
            }
        }
        return seen;
    }

    private static int node(LockClass lock, int subclass) {
        return lock.ordinal() * LEVELS + subclass;
    }

    private static LockClass lockClass(int node) {
        return CLASSES[node / LEVELS];
    }

    /** As the kernel writes it: a slash and the level behind the name of a nested class. */
    private static String name(int node) {
        String name = lockClass(node).kernelName();
        return node % LEVELS == 0 ? name : name + "/" + node % LEVELS;
    }

    @Override
    public synchronized void acquire(
            Task task, LockClass lock, int subclass, long address, How how) {
        int wanted = node(lock, subclass);
        markUse(task, wanted, how);
        if (how != How.TRY) {
            if (task.irqsOff() && lock.kind().spins()) {
                depend(task, IRQ_LINES, task.cpu, wanted, address);
            }
            for (Task holder = task; holder != null; holder = holder.waiter) {
                for (int i = 0; i < holder.held.depth(); i++) {
                    depend(task, held(holder, i), holder.held.address(i), wanted, address);
                }
            }
        }
    }

    private static int held(Task task, int i) {
        return node(task.held.lockClass(i), task.held.subclass(i));
    }

    @Override
    public synchronized void waitsForAllCpus(Task task) {
        for (int i = 0; i < task.held.depth(); i++) {
            depend(task, held(task, i), task.held.address(i), IRQ_LINES, -1);
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
                            + named(node(lock, 0), address)
                            + " but does not hold it.\n"
                            + heldBy(task));
        }
    }

    private void depend(Task task, int held, long heldAt, int wanted, long wantedAt) {
        if (held == wanted) {
            report(
                    "recursive " + name(wanted),
                    "WARNING: possible recursive locking detected\n"
                            + trying(task, wanted, wantedAt, held, heldAt)
                            + (heldAt == wantedAt && heldAt >= 0 ? "\nwhich is the same lock." : "")
                            + "\nA lock of one class may not be waited for under another of it.");
            return;
        }
        int edge = edge(held, wanted);
        if (edges[edge] != null) {
            return;
        }
        int[] path = path(wanted, held);
        if (path != null) {
            circular(task, held, heldAt, wanted, wantedAt, path);
        }
        edges[edge] = new Witness(who(task), heldAt, wantedAt);
        checkIrqOrder();
    }

    private void circular(Task task, int held, long heldAt, int wanted, long wantedAt, int[] path) {
        StringBuilder text =
                new StringBuilder("WARNING: possible circular locking dependency detected\n");
        text.append(trying(task, wanted, wantedAt, held, heldAt));
        text.append("\nwhich already depends on the new lock. How it came to:");
        for (int i = path.length - 1; i > 0; i--) {
            Witness first = edges[edge(path[i - 1], path[i])];
            text.append("\n-> #").append(i).append(" (");
            text.append(name(path[i])).append("): first wanted by ");
            text.append(first.who).append(" under ");
            text.append(named(path[i - 1], first.held));
        }
        text.append("\n-> #0 (").append(name(wanted)).append("): wanted now");
        report("circular " + members(path), text.toString());
    }

    /** The classes of a cycle, the same for whichever of its edges closes it. */
    private static String members(int[] path) {
        int[] sorted = path.clone();
        Arrays.sort(sorted);
        return Arrays.toString(sorted);
    }

    private void markUse(Task task, int i, How how) {
        if (!lockClass(i).kind().spins()) {
            return;
        }
        if (task.interrupt && how != How.TRY && inInterrupt[i] == null) {
            inInterrupt[i] = who(task);
        } else if (!task.interrupt && !task.irqsOff() && irqsOn[i] == null) {
            irqsOn[i] = who(task);
        } else {
            return;
        }
        if (inInterrupt[i] != null && irqsOn[i] != null) {
            report(
                    "inconsistent " + name(i),
                    "WARNING: inconsistent lock state\n"
                            + name(i)
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
                                    + name(safe)
                                    + " is taken in interrupts, by "
                                    + inInterrupt[safe]
                                    + "\nand held while waiting for "
                                    + name(unsafe)
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

    private static String trying(Task task, int wanted, long wantedAt, int held, long heldAt) {
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
            text.append(named(held(task, i), task.held.address(i)));
        }
        return text.toString();
    }

    private static String named(int lock, long address) {
        if (lock == IRQ_LINES) {
            return address < 0 ? name(lock) : "irqs off on CPU#" + address;
        }
        if (address == FsReclaim.NOWHERE) {
            return name(lock);
        }
        return name(lock) + " at " + String.format("%016x", address);
    }

    private static String who(Task task) {
        return "CPU#" + task.cpu + (task.interrupt ? " in interrupt" : "");
    }

    private static int edge(int held, int wanted) {
        return held * COUNT + wanted;
    }
}
