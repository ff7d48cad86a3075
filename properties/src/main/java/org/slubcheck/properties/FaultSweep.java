package org.slubcheck.properties;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.Faults.Kind;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabInfo;

/**
 * Goes through every allocation that calls make and makes it fail: the first, the second and so on of
 * each kind, until the call makes no such allocation any more.
 */
final class FaultSweep {
    /** How much is free in slabs and queues when the call comes. */
    enum Stock {
        /** What the calls before left. */
        SOME,
        /** No object of any cache: each allocation of an object needs a page. */
        NONE
    }

    /** What fails. */
    enum Mode {
        /** The K-th allocation. */
        ONE,
        /** The K-th and all behind it. */
        ALL
    }

    /** More attempts than any call makes. */
    private static final int MOST = 10_000;

    private final Subject subject;
    private final Set<Stock> stocks;
    private final Set<Mode> modes;
    private final Map<String, Set<Kind>> failed = new HashMap<>();
    private long cases;

    FaultSweep(Subject subject, Set<Stock> stocks, Set<Mode> modes) {
        this.subject = subject;
        this.stocks = stocks;
        this.modes = modes;
    }

    /** Cases so far. */
    long cases() {
        return cases;
    }

    /** All calls on a machine. */
    void machine(FaultMachines.Machine machine, List<ApiCall> calls) {
        Rig booted = subject.boot(machine.name(), machine.config());
        judge(booted, booted.wrong());
        for (ApiCall call : calls) {
            if (call.applies(booted)) {
                call(booted, call);
            }
        }
    }

    /**
     * Every kind that a call is said to allocate was made to fail in it on some machine, and a call
     * that allocates nothing had nothing to fail; else the sweep went past what it is for.
     */
    void complete(List<ApiCall> calls) {
        for (ApiCall call : calls) {
            Set<Kind> seen = failed.get(call.text());
            if (seen == null || !seen.containsAll(call.kinds())) {
                blame(call, "needs " + call.kinds() + " to fail, but what failed is " + seen);
            } else if (call.kinds().isEmpty() && !seen.isEmpty()) {
                blame(call, "allocates nothing, yet " + seen + " failed");
            }
        }
    }

    private void blame(ApiCall call, String sentence) {
        subject.failedAfter(Math.max(1, cases));
        subject.judge(List.of(call.text() + " " + sentence), List.of(call.text()));
    }

    private void call(Rig booted, ApiCall call) {
        Rig warm = booted.fork();
        warmUp(warm, call);
        for (Stock stock : stocks) {
            Rig ready = warm.fork();
            Task task = ready.task(0);
            Footprint before = Footprint.of(ready);
            long prepared = call.prepare(ready, task);
            List<long[]> taken =
                    stock == Stock.NONE
                            ? takeAll(ready, task, call.wantsObjectsFree() ? prepared : 0)
                            : List.of();
            Case each = new Case(call, ready, prepared, taken, before);
            for (Kind kind : Kind.values()) {
                for (Mode mode : modes) {
                    sweep(each, kind, mode);
                }
            }
        }
    }

    private void sweep(Case each, Kind kind, Mode mode) {
        long k = 1;
        while (fail(each, kind, k, mode)) {
            failed.computeIfAbsent(each.call.text(), any -> EnumSet.noneOf(Kind.class)).add(kind);
            k++;
            if (k > MOST) {
                throw new IllegalStateException(each.call.text() + " never ends to allocate");
            }
        }
        failed.computeIfAbsent(each.call.text(), any -> EnumSet.noneOf(Kind.class));
    }

    /** A call that is about to be made on a machine, of which each case has a copy. */
    private record Case(
            ApiCall call, Rig ready, long prepared, List<long[]> taken, Footprint before) {

        /** What is wrong while the caller has the result. */
        List<String> wrong(Rig rig, long result) {
            List<String> wrong = rig.wrong(held(call.held(prepared, result)));
            for (long area : call.areas(prepared, result)) {
                wrong.remove("the per-CPU area " + ApiCall.hex(area) + " is lost: no cache has it");
            }
            return wrong;
        }

        private long[] held(long... more) {
            long[] all = new long[taken.size() + more.length];
            for (int i = 0; i < taken.size(); i++) {
                all[i] = taken.get(i)[1];
            }
            System.arraycopy(more, 0, all, taken.size(), more.length);
            return all;
        }
    }

    /** Runs a call without a fault, so that what it keeps for ever is there. */
    private void warmUp(Rig rig, ApiCall call) {
        Task task = rig.task(0);
        rig.shrinkAll();
        long prepared = call.prepare(rig, task);
        long result = rig.call(task, call.text(), () -> call.run(rig, task, prepared));
        rig.require(call.succeeded(result), call.text() + " fails although memory is free");
        call.undo(rig, task, prepared, result);
        rig.shrinkAll();
        judge(rig, rig.wrong());
    }

    /** One case; false when the call made fewer allocations than that. */
    private boolean fail(Case each, Kind kind, long k, Mode mode) {
        ApiCall call = each.call;
        Rig rig = each.ready.continued();
        Kernel kernel = rig.kernel();
        Task task = rig.task(0);
        Faults faults = kernel.faults();
        rig.note(
                "the "
                        + nth(k)
                        + " "
                        + kind.label()
                        + (mode == Mode.ALL
                                ? " and all behind it fail"
                                : " of the next call fails"));
        long before = faults.failures(kind);
        if (mode == Mode.ALL) {
            faults.failFrom(kind, k);
        } else {
            faults.failAt(kind, k);
        }
        long result = rig.call(task, call.text(), () -> call.run(rig, task, each.prepared));
        faults.failAt(kind, 0);
        if (faults.failures(kind) == before) {
            // As in the warm-up: what a fault leaves is not looked for where none was.
            rig.require(call.succeeded(result), call.text() + " fails although nothing failed");
            judge(rig, rig.complaints());
            return false;
        }
        cases++;
        if (rig.dead()) {
            death(rig, call);
            return true;
        }
        rig.require(
                call.succeeded(result) || call.failed(result),
                call.text() + " returns " + result + " for want of memory");
        judge(rig, each.wrong(rig, result));
        giveBack(rig, task, each.taken);
        call.undo(rig, task, each.prepared, result);
        rig.shrinkAll();
        again(rig, task, call);
        rig.shrinkAll();
        if (!rig.dead()) {
            each.before
                    .differences(Footprint.of(rig), call.moves())
                    .forEach(sentence -> rig.require(false, sentence));
        }
        judge(rig, rig.wrong());
        return true;
    }

    /** The call works when it is made again. */
    private static void again(Rig rig, Task task, ApiCall call) {
        long prepared = call.prepare(rig, task);
        long next = rig.call(task, call.text(), () -> call.run(rig, task, prepared));
        rig.require(call.succeeded(next), call.text() + " fails although memory is free again");
        call.undo(rig, task, prepared, next);
    }

    /** A panic with the message of this call, and nothing wrong before. */
    private void death(Rig rig, ApiCall call) {
        boolean stops = call.dies() != null && rig.stoppedBy(Pattern.compile(call.dies()));
        judge(rig, stops ? rig.wrongBeforeItStopped() : rig.complaints());
    }

    /** Takes every object that is free in any slab or queue, but for those of one cache; pairs of cache and object. */
    private static List<long[]> takeAll(Rig rig, Task task, long but) {
        Slab slab = rig.kernel().slab();
        List<long[]> taken = new ArrayList<>();
        rig.note("every free object of every cache is allocated");
        rig.ask(
                () -> {
                    rig.expireAll(task);
                    for (long s : slab.caches()) {
                        if (s == but) {
                            continue;
                        }
                        slab.engine().flushAll(task, s);
                        for (int node = 0; node < rig.kernel().geometry().nodes(); node++) {
                            long free = free(rig, task, s, node);
                            for (long i = 0; i < free; i++) {
                                long object =
                                        slab.allocNode(task, s, Gfp.NOWAIT | Gfp.THISNODE, node);
                                rig.require(
                                        object != 0,
                                        "a free object of "
                                                + slab.nameOf(s)
                                                + " on node "
                                                + node
                                                + " cannot be had");
                                taken.add(new long[] {s, object});
                            }
                        }
                    }
                    return 0;
                });
        return taken;
    }

    private static long free(Rig rig, Task task, long s, int node) {
        SlabInfo.Counts counts = SlabInfo.counts(rig.kernel().slab(), task, s, node);
        return counts.objects() - counts.inuse();
    }

    private static void giveBack(Rig rig, Task task, List<long[]> taken) {
        Slab slab = rig.kernel().slab();
        rig.ask(
                () -> {
                    taken.forEach(pair -> slab.free(task, pair[0], pair[1]));
                    return 0;
                });
    }

    private void judge(Rig rig, List<String> wrong) {
        if (!wrong.isEmpty()) {
            subject.failedAfter(Math.max(1, cases));
        }
        subject.judge(wrong, rig.story());
    }

    /** A number as a word. */
    static String nth(long k) {
        String[] few = {"th", "st", "nd", "rd"};
        boolean teen = k % 100 / 10 == 1;
        return k + (teen || k % 10 > 3 ? "th" : few[(int) (k % 10)]);
    }
}
