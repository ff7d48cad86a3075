package org.slubcheck.slubbase;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.machine.StructLayout;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.KmemCache;

/**
 * Who allocated and who freed an object last, for caches with SLAB_STORE_USER: two structs track
 * behind the object's red zone.
 *
 * <p>{@code addr} is not a caller's address, as this kernel has no text: 1 says that the track is
 * set. {@code when} is 0, as it has no jiffies either; only the CPU says something.
 */
public final class Tracking {
    /** The struct of 2.6.35. */
    static final StructLayout LAYOUT =
            StructLayout.of("track")
                    .word("addr")
                    .integer("cpu")
                    .integer("pid")
                    .word("when")
                    .build();

    /** sizeof(struct track). */
    static final int SIZE = LAYOUT.size();

    private static final int CPU = LAYOUT.offset("cpu");
    private static final int SET = 1;

    private Tracking() {}

    /** set_track: of the allocation, or of the free. */
    public static void set(SlubBase k, Task t, long s, long object, boolean alloc) {
        long track = at(k, s, object, alloc);
        k.m.write(track, SET);
        k.m.write(track + CPU, t.cpu());
        k.m.write(track + 2 * Memory.WORD, 0);
    }

    /** init_tracking. */
    public static void clear(SlubBase k, long s, long object) {
        k.m.fill(at(k, s, object, true), 2L * SIZE, 0);
    }

    /** print_tracking, each line with a newline before it. */
    @Observer
    public static String describe(SlubBase k, long s, long object) {
        return line(k, "Allocated", at(k, s, object, true))
                + line(k, "Freed", at(k, s, object, false));
    }

    @Observer
    private static String line(SlubBase k, String what, long track) {
        if (k.pages.pageOf(track) == 0 || k.m.peek(track) == 0) {
            return "";
        }
        return "\nINFO: " + what + " in kernel age=0 cpu=" + k.m.peekInt(track + CPU) + " pid=0";
    }

    private static long at(SlubBase k, long s, long object, boolean alloc) {
        return object + KmemCache.inuse(k.m, s) + k.pointerBytes(s) + (alloc ? 0 : SIZE);
    }
}
