package org.slubcheck.mm;

import org.slubcheck.machine.Step;
import org.slubcheck.machine.Task;

/** The step of the per-CPU allocator that was once wrong. */
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

    private PercpuSteps() {}
}
