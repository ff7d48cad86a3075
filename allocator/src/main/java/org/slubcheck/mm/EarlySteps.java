package org.slubcheck.mm;

import java.util.List;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Step;
import org.slubcheck.machine.Steps;

/**
 * The steps of early kmalloc that were once wrong ("[PATCH] Early kmalloc/kfree", B. Picco, July 2005),
 * as constants; and the code that one kernel runs at each of them, as fields.
 */
public final class EarlySteps {
    /** kmem_cache_init has not been called. */
    public static final int NEVER = 0;

    /** It has been, and pages come from the boot memory allocator. */
    public static final int EARLY = 1;

    /** Pages come from the page allocator. */
    public static final int OVER = 2;

    /** Where pages come from once kmem_cache_init has been entered. */
    @FunctionalInterface
    public interface Mode {
        /** What slab_init becomes; it has been {@link #NEVER} before the first call. */
        int next(int slabInit, boolean afterBootmem);
    }

    /** Whether mem_init ends early allocation. */
    @FunctionalInterface
    public interface End {
        /** True when it does, before the page allocator gets its first page. */
        boolean atMemInit();
    }

    /** Whether memmap_init leaves a page as it is. */
    @FunctionalInterface
    public interface MemmapGuard {
        /** Whether it is taken is known. */
        boolean skips(boolean taken);
    }

    /** What mem_map holds when the struct pages become valid. */
    @FunctionalInterface
    public interface MemmapClear {
        /** True when it is cleared. */
        boolean clears();
    }

    /** The zones that early pages may come from. */
    @FunctionalInterface
    public interface Limit {
        /** The highest of them, given the one that the request names. */
        Zone highest(Zone asked);
    }

    /** In which state early pages are. */
    @FunctionalInterface
    public interface TailCount {
        /** The _count of the pages behind the first. */
        int count();
    }

    /** Which nodes are asked for early pages. */
    @FunctionalInterface
    public interface Nodes {
        /** All of them, in the order in which they are asked. */
        List<Integer> from(Geometry g, int node);
    }

    /**
     * Right code asks whether there is boot memory still; how often it was called says nothing about
     * that. Replaced by E04.
     */
    public static final Step<Mode> MODE =
            new Step<>(
                    "early.kmem_cache_init.mode",
                    (slabInit, afterBootmem) -> afterBootmem ? OVER : EARLY,
                    (code, reached) ->
                            (slabInit, afterBootmem) -> {
                                reached.run();
                                return code.next(slabInit, afterBootmem);
                            });

    /** Right code ends with what it lives on. Replaced by E01. */
    public static final Step<End> END =
            new Step<>(
                    "early.mem_init.end",
                    () -> true,
                    (code, reached) ->
                            () -> {
                                reached.run();
                                return code.atMemInit();
                            });

    /** Right code skips what is in use already. Replaced by E02. */
    public static final Step<MemmapGuard> MEMMAP_GUARD =
            new Step<>(
                    "early.memmap_init.guard",
                    taken -> taken,
                    (code, reached) ->
                            taken -> {
                                reached.run();
                                return code.skips(taken);
                            });

    /** Right code clears it: memmap_init looks at flags before it writes them. Replaced by E03. */
    public static final Step<MemmapClear> MEMMAP_CLEAR =
            new Step<>(
                    "early.memmap.clear",
                    () -> true,
                    (code, reached) ->
                            () -> {
                                reached.run();
                                return code.clears();
                            });

    /** Right code takes the zone for a limit. Replaced by E05. */
    public static final Step<Limit> LIMIT =
            new Step<>(
                    "early.alloc.limit",
                    asked -> asked,
                    (code, reached) ->
                            asked -> {
                                reached.run();
                                return code.highest(asked);
                            });

    /** Right code leaves pages as the page allocator wants them back. Replaced by E06. */
    public static final Step<TailCount> TAIL_COUNT =
            new Step<>(
                    "early.alloc.tail_count",
                    () -> 0,
                    (code, reached) ->
                            () -> {
                                reached.run();
                                return code.count();
                            });

    /** Right code goes by the distance. Replaced by E07. */
    public static final Step<Nodes> NODES =
            new Step<>(
                    "early.alloc.nodes",
                    Geometry::nodesByDistance,
                    (code, reached) ->
                            (g, node) -> {
                                reached.run();
                                return code.from(g, node);
                            });

    private static final EarlySteps MAINLINE = new EarlySteps(Steps.mainline());

    final Mode mode;
    final End end;
    final MemmapGuard memmapGuard;
    final MemmapClear memmapClear;
    final Limit limit;
    final TailCount tailCount;
    final Nodes nodes;

    private EarlySteps(Steps steps) {
        mode = steps.get(MODE);
        end = steps.get(END);
        memmapGuard = steps.get(MEMMAP_GUARD);
        memmapClear = steps.get(MEMMAP_CLEAR);
        limit = steps.get(LIMIT);
        tailCount = steps.get(TAIL_COUNT);
        nodes = steps.get(NODES);
    }

    static EarlySteps of(Steps steps) {
        return steps == Steps.mainline() ? MAINLINE : new EarlySteps(steps);
    }
}
