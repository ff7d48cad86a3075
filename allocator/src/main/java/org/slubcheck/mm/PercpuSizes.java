package org.slubcheck.mm;

/**
 * What an architecture asks of the first per-CPU chunk, in bytes a CPU.
 *
 * @param dynSize for areas that are allocated at run time; early boot gets what it needs in any case
 * @param reservedSize PERCPU_MODULE_RESERVE: for the static areas of modules alone; 0 for none
 */
public record PercpuSizes(int dynSize, int reservedSize) {
    /** An architecture that asks for nothing. */
    public static final PercpuSizes NONE = new PercpuSizes(0, 0);

    /** Checks the ranges; the message of the exception is fit for a user. */
    public PercpuSizes {
        if (dynSize < 0 || reservedSize < 0) {
            throw new IllegalArgumentException("a per-CPU size is not negative");
        }
    }
}
