package org.slubcheck.slubbase;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.machine.StructLayout;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabFlags;

/**
 * Who allocated and who freed an object last, for caches with SLAB_STORE_USER: two structs track
 * behind the object's red zone.
 *
 * <p>{@code addr} is not a caller's address, as this kernel has no text: 1 says that the track is
 * set. {@code when} is the time of the log, which counts accesses to memory, so that is what the age
 * is counted in; bare memory counts none. Nobody decides anything by it.
 *
 * <p>Behind the tracks of a cache with {@link SlabFlags#KMALLOC} stands how many bytes were asked
 * for.
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

    private static final int WHEN = LAYOUT.offset("when");
    private static final int CPU = LAYOUT.offset("cpu");
    private static final int SET = 1;

    private Tracking() {}

    /** set_track: of the allocation, or of the free. */
    public static void set(SlubBase k, Task t, long s, long object, boolean alloc) {
        long track = at(k, s, object, alloc);
        k.m.write(track, SET);
        k.m.write(track + CPU, t.cpu());
        k.m.write(track + WHEN, k.machine.console().now());
    }

    /** init_tracking. */
    public static void clear(SlubBase k, long s, long object) {
        k.m.fill(at(k, s, object, true), 2L * SIZE, 0);
    }

    /** Bytes behind the free pointer that users are tracked in, and what they asked for. */
    static int bytes(long flags) {
        if ((flags & SlabFlags.STORE_USER) == 0) {
            return 0;
        }
        return 2 * SIZE + (knowsSize(flags) ? Memory.WORD : 0);
    }

    /** slub_debug_orig_size. */
    static boolean knowsSize(long flags) {
        long both = SlabFlags.STORE_USER | SlabFlags.KMALLOC;
        return (flags & both) == both;
    }

    /** get_orig_size: the slab's lock is held, or the caller has the object. */
    static int asked(SlubBase k, long s, long object) {
        return k.m.readInt(at(k, s, object, true) + 2L * SIZE);
    }

    /** set_orig_size. As {@link #asked}. */
    static void setAsked(SlubBase k, long s, long object, int size) {
        k.m.writeInt(at(k, s, object, true) + 2L * SIZE, size);
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
        long age = k.machine.console().now() - k.m.peek(track + WHEN);
        int cpu = k.m.peekInt(track + CPU);
        return "\nINFO: " + what + " in kernel age=" + age + " cpu=" + cpu + " pid=0";
    }

    private static long at(SlubBase k, long s, long object, boolean alloc) {
        return object + KmemCache.inuse(k.m, s) + k.pointerBytes(s) + (alloc ? 0 : SIZE);
    }
}
