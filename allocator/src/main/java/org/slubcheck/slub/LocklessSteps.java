package org.slubcheck.slub;

import org.slubcheck.machine.DoubleWord;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Step;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slubbase.PartialLists;

/**
 * The steps of the fast paths that turn no irqs off, as constants; and the code that one kernel runs
 * at each of them, as fields, looked up once and shared by all its forks.
 *
 * <p>Each of the rules that the transaction id rests on is a step, also where nobody is known to have
 * got it wrong: so the tests can break it and see that the suite notices.
 */
public final class LocklessSteps {
    /** The area that a fast path is about to look at. */
    @FunctionalInterface
    public interface Look {
        /** The area of a CPU; what is read of it next is its tid. */
        long area(LocklessSlub k, Task t, long s);
    }

    /** Whether the slab of a CPU will do. */
    @FunctionalInterface
    public interface NodeMatch {
        /** For a request for objects of a node, -1 for any; page is 0 for no slab. */
        boolean fits(LocklessSlub k, long page, int node);
    }

    /** this_cpu_cmpxchg_double. */
    @FunctionalInterface
    public interface Commit {
        /**
         * Changes freelist and tid, fully ordered; false when they are not as they were seen.
         *
         * @param word where they are
         * @param step what a change adds to the tid
         */
        boolean exchange(Memory m, long word, long seen, long freelist, int step);
    }

    /** The area that a slow path works on. */
    @FunctionalInterface
    public interface Reload {
        /** Irqs are off now; the fast path looked at the area that is given. */
        long area(LocklessSlub k, Task t, long s, long seen);
    }

    /** A slow path announces that it changes the area of its CPU. */
    @FunctionalInterface
    public interface Announce {
        /** Irqs are off there. */
        void start(Memory m, long c, int step);
    }

    /** A slab becomes one of those that a CPU keeps behind its own. */
    @FunctionalInterface
    public interface Acquire {
        /**
         * Freezes a slab and gives its lock back, which is held on entry. It is off its list already;
         * the node's list_lock is held, irqs are off.
         */
        void freeze(LocklessSlub k, Task t, long page);
    }

    /** The object that a slow path may find where the fast path found none. */
    @FunctionalInterface
    public interface Recheck {
        /** The first of an area's list, or 0; irqs are off. */
        long object(LocklessSlub k, long c);
    }

    /**
     * Right code reads the tid on the CPU whose area it is: preemption is off from one to the other.
     * Replaced by U7.
     */
    public static final Step<Look> LOOK =
            new Step<>(
                    "slub.lockless.look",
                    (k, t, s) -> k.rawArea(t, s),
                    (code, reached) ->
                            (k, t, s) -> {
                                reached.run();
                                return code.area(k, t, s);
                            });

    /**
     * Right code knows that the slab may be gone which the object came from a moment ago. Irqs are on
     * or off. Replaced by U9.
     */
    public static final Step<NodeMatch> NODE_MATCH =
            new Step<>(
                    "slub.lockless.node_match",
                    (k, page, node) ->
                            page != 0 && (node < 0 || PageStruct.node(k.m, page) == node),
                    (code, reached) ->
                            (k, page, node) -> {
                                reached.run();
                                return code.fits(k, page, node);
                            });

    /** Right code compares both, and moves the tid with the freelist. Irqs are on or off. */
    public static final Step<Commit> COMMIT =
            new Step<>(
                    "slub.lockless.commit",
                    (m, word, seen, freelist, step) ->
                            DoubleWord.cmpxchg(
                                    m,
                                    word,
                                    seen,
                                    DoubleWord.of(freelist, DoubleWord.count(seen) + step)),
                    (code, reached) ->
                            (m, word, seen, freelist, step) -> {
                                reached.run();
                                return code.exchange(m, word, seen, freelist, step);
                            });

    /** Right code looks its area up again once it cannot be moved any more. */
    public static final Step<Reload> RELOAD =
            new Step<>(
                    "slub.lockless.reload",
                    (k, t, s, seen) -> k.thisArea(t, s),
                    (code, reached) ->
                            (k, t, s, seen) -> {
                                reached.run();
                                return code.area(k, t, s, seen);
                            });

    /**
     * Right code moves the tid first of all, so that who looked before changes nothing any more.
     * Fully ordered: what the fast paths of this CPU did before is seen behind it.
     */
    public static final Step<Announce> ANNOUNCE =
            new Step<>(
                    "slub.lockless.announce",
                    (m, c, step) -> DoubleWord.addCount(m, c + LocklessCpu.FREELIST_TID, step),
                    (code, reached) ->
                            (m, c, step) -> {
                                reached.run();
                                code.start(m, c, step);
                            });

    /**
     * Right code looks at the freelist again: an interrupt may have freed an object, or this is
     * another CPU (commit "slub: fix a possible memleak in __slab_alloc()", E. Dumazet, December
     * 2011).
     */
    public static final Step<Recheck> RECHECK =
            new Step<>(
                    "slub.lockless.recheck",
                    (k, c) -> k.freelist(c),
                    (code, reached) ->
                            (k, c) -> {
                                reached.run();
                                return code.object(k, c);
                            });

    /** Right code leaves a slab its objects, as it does not take them yet. Replaced by U8. */
    public static final Step<Acquire> ACQUIRE =
            new Step<>(
                    "slub.lockless.acquire",
                    (k, t, page) -> {
                        PageStruct.setFlags(k.m, page, PageStruct.PG_ACTIVE);
                        PartialLists.slabUnlock(k, t, page);
                    },
                    (code, reached) ->
                            (k, t, page) -> {
                                reached.run();
                                code.freeze(k, t, page);
                            });

    private static final LocklessSteps MAINLINE = new LocklessSteps(Steps.mainline());

    final Look look;
    final NodeMatch nodeMatch;
    final Commit commit;
    final Reload reload;
    final Announce announce;
    final Recheck recheck;
    final Acquire acquire;

    private LocklessSteps(Steps steps) {
        look = steps.get(LOOK);
        nodeMatch = steps.get(NODE_MATCH);
        commit = steps.get(COMMIT);
        reload = steps.get(RELOAD);
        announce = steps.get(ANNOUNCE);
        recheck = steps.get(RECHECK);
        acquire = steps.get(ACQUIRE);
    }

    static LocklessSteps of(Steps steps) {
        return steps == Steps.mainline() ? MAINLINE : new LocklessSteps(steps);
    }
}
