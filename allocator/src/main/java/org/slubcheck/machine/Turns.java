package org.slubcheck.machine;

/**
 * Decides, of threads that share a {@link CheckedMemory}, which one goes on.
 *
 * <p>Each method is called by a thread that is about to touch memory, behind the check of the address
 * and before the effect, with no monitor held. It may keep the thread for as long as others are to
 * run, and may throw to end it. Whoever implements it lets one thread run at a time, and orders what
 * one does before what the next one does.
 */
public interface Turns {
    /** Before an access; of a memcpy the address of the destination. */
    void access(long address);

    /** Before a wait: returns when the bits are clear and it is the caller's turn. */
    void await(long address, long mask);
}
