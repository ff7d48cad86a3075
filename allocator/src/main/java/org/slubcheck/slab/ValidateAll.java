package org.slubcheck.slab;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.ListHead;

/**
 * What slabinfo -v does: writes 1 to the file validate of every cache, one after the other.
 *
 * <p>A cache without debug flags is validated, too: of its slabs the free objects and the counts are
 * checked, as far as the engine can tell them. Irqs are on and no lock is held.
 */
public final class ValidateAll {
    /**
     * The sums.
     *
     * @param caches how many there were
     * @param debugged how many of them have debug flags
     * @param errors bad objects and slabs
     */
    public record Result(int caches, int debugged, long errors) {
        /** One line. */
        public String summary() {
            return "validate: caches=" + caches + " debugged=" + debugged + " errors=" + errors;
        }
    }

    private ValidateAll() {}

    /** Checks all caches; each finding is on the console. Takes slub_lock. */
    public static Result run(Slab slab, Task t) {
        Memory m = slab.memory();
        int caches = 0;
        int debugged = 0;
        long errors = 0;
        slab.downRead(t, "slabinfo -v");
        long head = slab.wiring().slabCaches();
        for (long at = ListHead.next(m, head); at != head; at = ListHead.next(m, at)) {
            long s = at - KmemCache.LIST;
            caches++;
            debugged += (KmemCache.flags(m, s) & SlabFlags.DEBUG_FLAGS) != 0 ? 1 : 0;
            errors += slab.engine().validate(t, s);
        }
        slab.upRead(t);
        return new Result(caches, debugged, errors);
    }
}
