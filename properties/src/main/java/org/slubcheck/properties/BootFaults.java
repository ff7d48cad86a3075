package org.slubcheck.properties;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.Faults.Kind;

/**
 * Boots in which allocations fail: each alone, and each with each later one. A boot that lacks memory
 * stops with the kernel's own panic or BUG, or carries on and comes up with everything in order.
 */
final class BootFaults {
    /** What a kernel says last when it cannot do without: each of a place that has no other way. */
    private static final Pattern LAST_WORDS =
            Pattern.compile(
                    "^Kernel panic - not syncing: (Creation of kmalloc slab \\S+ size=\\d+ failed\\."
                            + "|Cannot create slab \\S+ size=\\d+ realsize=\\d+ order=\\d+ offset=0"
                            + " flags=[0-9a-f]+"
                            + "|SLUB: no memory for the kmem_cache_node of node \\d+)$"
                            + "|^kernel BUG at mm/(slub|percpu)\\.c");

    /** A failure that nobody waits for. */
    private static final long NONE = 0;

    private final Subject subject;
    private final Map<FaultMachines.Machine, Set<Kind>> failed = new LinkedHashMap<>();
    private long cases;
    private long stopped;
    private long carriedOn;

    /** Whether the last boot came up. */
    private boolean survived;

    BootFaults(Subject subject) {
        this.subject = subject;
    }

    /** Boots so far. */
    long cases() {
        return cases;
    }

    /** Every allocation of a boot fails, one in each boot. */
    void each(FaultMachines.Machine machine) {
        failed.put(machine, EnumSet.noneOf(Kind.class));
        for (Kind kind : Kind.values()) {
            for (long k = 1; boot(machine, kind, k, kind, NONE); k++) {
                failed.get(machine).add(kind);
            }
        }
    }

    /** Two allocations fail: any one that the kernel survives by itself, and any other. */
    void pairs(FaultMachines.Machine machine) {
        failed.put(machine, EnumSet.noneOf(Kind.class));
        Set<Single> survivors = new LinkedHashSet<>();
        for (Kind kind : Kind.values()) {
            for (long k = 1; boot(machine, kind, k, kind, NONE); k++) {
                failed.get(machine).add(kind);
                if (survived) {
                    survivors.add(new Single(kind, k));
                }
            }
        }
        for (Single first : survivors) {
            for (Kind other : Kind.values()) {
                long l = other == first.kind ? first.k : 0;
                boolean more = true;
                while (more) {
                    l++;
                    // Of two survivors each pair is met once.
                    boolean met =
                            other.compareTo(first.kind) < 0
                                    && survivors.contains(new Single(other, l));
                    more = met || boot(machine, first.kind, first.k, other, l);
                }
            }
        }
    }

    /** An allocation of a boot. */
    private record Single(Kind kind, long k) {}

    /**
     * On every machine each kind failed that a boot of it allocates; and of all boots one stopped, and one
     * carried on.
     */
    void complete() {
        List<String> wrong = new ArrayList<>();
        failed.forEach(
                (machine, kinds) -> {
                    Set<Kind> all = EnumSet.allOf(Kind.class);
                    if (!machine.config().slab().sysfs()) {
                        all.remove(Kind.SYSFS);
                    }
                    if (!kinds.equals(all)) {
                        wrong.add(machine.name() + ": only " + kinds + " failed, of " + all);
                    }
                });
        if (stopped == 0 || carriedOn == 0) {
            wrong.add(stopped + " boots stopped, " + carriedOn + " carried on");
        }
        judge(wrong, List.of("boots with failing allocations"));
    }

    /**
     * One boot; false when it made too few allocations for the last fault to happen, or stopped at the
     * first before.
     */
    private boolean boot(FaultMachines.Machine machine, Kind kind, long k, Kind other, long l) {
        String text = machine.name() + ", the " + FaultSweep.nth(k) + " " + kind.label();
        if (l != NONE) {
            text += " and the " + FaultSweep.nth(l) + " " + other.label();
        }
        Rig rig =
                Rig.off(text + (l == NONE ? " fails" : " fail"), machine.config(), subject.steps());
        Faults faults = rig.kernel().faults();
        faults.failAt(kind, k, other == kind ? l : NONE);
        if (other != kind) {
            faults.failAt(other, l);
        }
        rig.boot();
        boolean last = faults.failures(other) == (other == kind && l != NONE ? 2 : 1);
        cases++;
        survived = !rig.dead();
        stopped += survived ? 0 : 1;
        carriedOn += survived && last ? 1 : 0;
        judge(rig.dead() ? wrongWhenDead(rig) : rig.wrong(), rig.story());
        return last;
    }

    /** What is wrong with how a kernel died: nothing but its panic may be. */
    private static List<String> wrongWhenDead(Rig rig) {
        return rig.stoppedBy(LAST_WORDS) ? rig.wrongBeforeItStopped() : rig.complaints();
    }

    private void judge(List<String> wrong, List<String> story) {
        if (!wrong.isEmpty()) {
            subject.failedAfter(Math.max(1, cases));
        }
        subject.judge(wrong, story);
    }
}
