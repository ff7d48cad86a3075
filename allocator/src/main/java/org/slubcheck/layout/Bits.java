package org.slubcheck.layout;

/** Arithmetic that the kernel has as macros. */
final class Bits {
    /** sizeof(void *). */
    static final int WORD = 8;

    private Bits() {}

    /** fls: the position of the highest set bit, counted from 1; 0 for 0. */
    static int fls(long n) {
        return Long.SIZE - Long.numberOfLeadingZeros(n);
    }

    /** ALIGN: the next multiple of a power of two. */
    static long alignUp(long n, long to) {
        return (n + to - 1) & -to;
    }
}
