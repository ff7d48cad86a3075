package org.slubcheck.mm;

import org.slubcheck.machine.Step;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;

/**
 * The steps of the per-CPU allocator that were once wrong, or that the change "percpu: allow limited
 * allocation before slab is online" (T. Heo, 2010) could have got wrong, as constants; and the code
 * that one kernel runs at each of them, as fields.
 */
public final class PercpuSteps {
    /** Where an area comes from. */
    @FunctionalInterface
    public interface Source {
        /**
         * The pointer of a new area, or 0.
         *
         * @param bytes whole words
         * @param align at least a word
         */
        long area(Percpu percpu, Task t, int bytes, int align);
    }

    /** Whether pcpu_mem_alloc may turn to the slab allocator. */
    @FunctionalInterface
    public interface MemGuard {
        /** True when it does; what slab_is_available says is known. */
        boolean passes(boolean slabIsAvailable);
    }

    /** How many entries the first chunk's map in init data is taken to have. */
    @FunctionalInterface
    public interface EarlySlots {
        /** The map_alloc of an array of so many slots. */
        int mapAlloc(int slots);
    }

    /** How many bytes a CPU the first chunk has for areas allocated at run time. */
    @FunctionalInterface
    public interface DynSize {
        /** The dyn_size; what the architecture wants, and PERCPU_DYNAMIC_EARLY_SIZE. */
        int bytes(int wanted, int early);
    }

    /** What becomes of a map that was outgrown. */
    @FunctionalInterface
    public interface OldMap {
        /** The address to be freed, or 0. */
        long toFree(long old, boolean initData);
    }

    /** When an extension moves the entries to the larger map. */
    @FunctionalInterface
    public interface MapCopy {
        /** Where in the extension. */
        enum Moment {
            /** The larger map is allocated; no lock is held. */
            BEFORE_LOCK,
            /** pcpu_lock is held with irqs off. */
            UNDER_LOCK
        }

        /** True where the entries are copied, which is at one of the moments. */
        boolean copies(Moment moment);
    }

    /** Whether percpu_init_late gives a chunk the map that it has allocated. */
    @FunctionalInterface
    public interface LateMap {
        /** True when it does; pcpu_lock is held with irqs off. */
        boolean replaces(boolean stillInitData);
    }

    /** Which chunks percpu_init_late goes through. */
    @FunctionalInterface
    public interface TargetChunks {
        /** Their addresses, up to the first 0; the reserved chunk is 0 where there is none. */
        long[] chunks(long first, long reserved);
    }

    /**
     * Right code asks slab_is_available first, warns once and does without when it is not. Replaced
     * by P01.
     */
    public static final Step<MemGuard> MEM_GUARD =
            new Step<>(
                    "percpu.mem_alloc.guard",
                    available -> available,
                    (code, reached) ->
                            available -> {
                                reached.run();
                                return code.passes(available);
                            });

    /** Right code counts the entries of the array; the bytes are another limit. Replaced by P02. */
    public static final Step<EarlySlots> EARLY_SLOTS =
            new Step<>(
                    "percpu.setup.map_alloc",
                    slots -> slots,
                    (code, reached) ->
                            slots -> {
                                reached.run();
                                return code.mapAlloc(slots);
                            });

    /** Right code gives early boot its share whatever the architecture wants. Replaced by P07. */
    public static final Step<DynSize> DYN_SIZE =
            new Step<>(
                    "percpu.setup.dyn_size",
                    Math::max,
                    (code, reached) ->
                            (wanted, early) -> {
                                reached.run();
                                return code.bytes(wanted, early);
                            });

    /** Right code frees it, unless it is init data. Replaced by P03 and P04. */
    public static final Step<OldMap> OLD_MAP =
            new Step<>(
                    "percpu.extend.old",
                    (old, initData) -> initData ? 0 : old,
                    (code, reached) ->
                            (old, initData) -> {
                                reached.run();
                                return code.toFree(old, initData);
                            });

    /** Right code copies and swaps in one section under pcpu_lock. Replaced by P06. */
    public static final Step<MapCopy> MAP_COPY =
            new Step<>(
                    "percpu.extend.copy",
                    moment -> moment == MapCopy.Moment.UNDER_LOCK,
                    (code, reached) ->
                            moment -> {
                                reached.run();
                                return code.copies(moment);
                            });

    /** Right code leaves a map alone that was replaced since slab came up. Replaced by P05. */
    public static final Step<LateMap> LATE_MAP =
            new Step<>(
                    "percpu.late.map",
                    stillInitData -> stillInitData,
                    (code, reached) ->
                            stillInitData -> {
                                reached.run();
                                return code.replaces(stillInitData);
                            });

    /** Right code names the chunk first that is always there. Replaced by P08. */
    public static final Step<TargetChunks> TARGET_CHUNKS =
            new Step<>(
                    "percpu.late.chunks",
                    (first, reserved) -> new long[] {first, reserved, 0},
                    (code, reached) ->
                            (first, reserved) -> {
                                reached.run();
                                return code.chunks(first, reserved);
                            });

    /**
     * Right code takes areas from the chunks on every machine, also on one with one CPU (bbddff054587
     * "percpu: use percpu allocator on UP too", T. Heo, 2.6.37): the first chunk is there before any slab.
     * Replaced by B13.
     */
    public static final Step<Source> SOURCE =
            new Step<>(
                    "percpu.alloc.source",
                    Percpu::fromChunks,
                    (code, reached) ->
                            (percpu, t, bytes, align) -> {
                                reached.run();
                                return code.area(percpu, t, bytes, align);
                            });

    private static final PercpuSteps MAINLINE = new PercpuSteps(Steps.mainline());

    final Source source;
    final MemGuard memGuard;
    final EarlySlots earlySlots;
    final OldMap oldMap;
    final MapCopy mapCopy;
    final LateMap lateMap;
    final TargetChunks targetChunks;

    private PercpuSteps(Steps steps) {
        source = steps.get(SOURCE);
        memGuard = steps.get(MEM_GUARD);
        earlySlots = steps.get(EARLY_SLOTS);
        oldMap = steps.get(OLD_MAP);
        mapCopy = steps.get(MAP_COPY);
        lateMap = steps.get(LATE_MAP);
        targetChunks = steps.get(TARGET_CHUNKS);
    }

    static PercpuSteps of(Steps steps) {
        return steps == Steps.mainline() ? MAINLINE : new PercpuSteps(steps);
    }

    /** pcpu_build_alloc_info: what the first chunk has, given what the architecture asks for. */
    public static PercpuSizes buildAllocInfo(Steps steps, PercpuSizes wanted, int earlySize) {
        int dynSize = steps.get(DYN_SIZE).bytes(wanted.dynSize(), earlySize);
        return new PercpuSizes(dynSize, wanted.reservedSize());
    }
}
