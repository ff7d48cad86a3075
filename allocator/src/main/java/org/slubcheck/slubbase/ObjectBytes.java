package org.slubcheck.slubbase;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Poison;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabFlags;

/**
 * The bytes that SLUB's object debugging looks after, and the checks of them, with the red-zone bytes
 * of October 2010: a byte for each place that an object can be in.
 *
 * <pre>
 *   0          objsize     inuse                                 size
 *   | object   | red zone  | free pointer | track alloc | track free | padding |
 *
 *   object    6b .. 6b a5  while free or queued; 5a .. 5a a5 when handed out
 *   red zone  bb           free in its slab
 *             dd           in a queue, on an engine that has queues
 *             cc           with a caller
 *   padding   5a
 * </pre>
 *
 * <p>The free pointer is there on an engine that needs one, where it must not overlap the object.
 * Whoever checks an object holds the slab's lock or is alone with it; irqs are off. The object's own
 * bytes belong to the caller who has it; he frees it, so he is done.
 */
public final class ObjectBytes {
    public static final int RED_INACTIVE = 0xbb;
    public static final int RED_ACTIVE = 0xcc;
    public static final int RED_QUEUE = 0xdd;
    public static final int POISON_INUSE = 0x5a;
    public static final int POISON_FREE = 0x6b;
    public static final int POISON_END = 0xa5;

    private ObjectBytes() {}

    /** setup_object_debug: an object of a new, private slab. */
    public static void setup(SlubBase k, long s, long object) {
        long flags = KmemCache.flags(k.m, s);
        long any = SlabFlags.STORE_USER | SlabFlags.RED_ZONE | SlabFlags.OBJECT_POISON;
        if ((flags & any) != 0) {
            paint(k, s, object, RED_INACTIVE);
            if ((flags & SlabFlags.STORE_USER) != 0) {
                Tracking.clear(k, s, object);
            }
        }
    }

    /** An object that was handed out by hand, early in boot. */
    public static void setActive(SlubBase k, long s, long object) {
        if ((KmemCache.flags(k.m, s) & SlabFlags.DEBUG_FLAGS) != 0) {
            open(k, s, object);
            paint(k, s, object, RED_ACTIVE);
            close(k, s, object, false);
        }
    }

    // ---- checks

    /** Before a slab is given back: its padding and every object. Nobody else has it. */
    public static void checkFreeSlab(SlubBase k, long s, long page) {
        checkPadding(k, s, page);
        long start = k.pages.addressOf(page);
        int size = KmemCache.size(k.m, s);
        for (int i = 0; i < k.free.objects(page); i++) {
            long object = start + (long) i * size;
            open(k, s, object);
            checkObject(k, s, page, object, RED_INACTIVE);
            close(k, s, object, true);
        }
    }

    /** check_slab and verify_slab: the page struct is plausible, the padding untouched. */
    public static boolean checkSlab(SlubBase k, long s, long page) {
        if (!PageStruct.isSlab(k.m, page)) {
            Report.slab(k, s, page, "Not a valid slab page");
            return false;
        }
        long room = SlabPages.bytes(k, page) / KmemCache.size(k.m, s);
        int objects = k.free.objects(page);
        if (objects > room) {
            Report.slab(k, s, page, "objects " + objects + " > max " + room);
            return false;
        }
        checkPadding(k, s, page);
        return true;
    }

    /** check_object: red zone or padding behind the object, poison, padding behind the tracks. */
    public static boolean checkObject(SlubBase k, long s, long page, long object, int red) {
        Memory m = k.m;
        long flags = KmemCache.flags(m, s);
        int objsize = KmemCache.objsize(m, s);
        int inuse = KmemCache.inuse(m, s);
        long behind = object + objsize;
        if ((flags & SlabFlags.RED_ZONE) != 0) {
            if (!check(k, s, page, object, "Redzone", behind, red, inuse - objsize)) {
                return false;
            }
            if (red == RED_ACTIVE && Tracking.knowsSize(flags)) {
                int asked = Tracking.asked(k, s, object);
                if (!check(
                        k,
                        s,
                        page,
                        object,
                        "kmalloc Redzone",
                        object + asked,
                        red,
                        objsize - asked)) {
                    return false;
                }
            }
        } else if ((flags & SlabFlags.POISON) != 0 && objsize < inuse) {
            check(k, s, page, object, "Alignment padding", behind, POISON_INUSE, inuse - objsize);
        }
        if ((flags & SlabFlags.POISON) != 0) {
            if (red != RED_ACTIVE
                    && (flags & SlabFlags.OBJECT_POISON) != 0
                    && !(check(k, s, page, object, "Poison", object, POISON_FREE, objsize - 1)
                            && check(k, s, page, object, "Poison", behind - 1, POISON_END, 1))) {
                return false;
            }
            int off = inuse + k.pointerBytes(s);
            off += Tracking.bytes(flags);
            int padding = KmemCache.size(m, s) - off;
            check(k, s, page, object, "Object padding", object + off, POISON_INUSE, padding);
        }
        return true;
    }

    /** slab_pad_check: what is left of the slab behind the objects, and behind the map. */
    public static void checkPadding(SlubBase k, long s, long page) {
        if ((KmemCache.flags(k.m, s) & SlabFlags.POISON) == 0) {
            return;
        }
        long end = k.pages.addressOf(page) + SlabPages.bytes(k, page);
        long tail = k.free.tail(page);
        if (k.observed) {
            k.m.unpoison(tail, end - tail, "slab padding");
        }
        check(k, s, page, 0, "Padding", tail, POISON_INUSE, (int) (end - tail));
        if (k.observed) {
            k.m.poison(tail, end - tail, Poison.REDZONE);
        }
    }

    /** check_bytes_and_report: false when bytes were wrong; they are put right. */
    private static boolean check(
            SlubBase k,
            long s,
            long page,
            long object,
            String what,
            long from,
            int value,
            int bytes) {
        int wrong = firstNot(k.m, from, value, bytes);
        if (wrong < 0) {
            return true;
        }
        long fault = from + wrong;
        long end = from + bytes;
        while (end > fault && k.m.readByte(end - 1) == value) {
            end--;
        }
        Report.bytes(k, s, page, object, what, fault, end, value);
        Report.fix(k, s, String.format("Restoring 0x%016x-0x%016x=0x%x", fault, end - 1, value));
        k.m.fill(fault, end - fault, value);
        return false;
    }

    /** check_bytes: the offset of the first byte that is not as it should be, or -1. */
    public static int firstNot(Memory m, long from, int value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            if (m.readByte(from + i) != value) {
                return i;
            }
        }
        return -1;
    }

    /** check_valid_pointer: the address of an object of the slab. */
    public static boolean validPointer(SlubBase k, long s, long page, long object) {
        long offset = object - k.pages.addressOf(page);
        int size = KmemCache.size(k.m, s);
        return offset >= 0 && offset < (long) k.free.objects(page) * size && offset % size == 0;
    }

    /** set_track, and on an allocation that all of the object was asked for, until more is known. */
    public static void track(SlubBase k, Task t, long s, long object, boolean alloc) {
        long flags = KmemCache.flags(k.m, s);
        if ((flags & SlabFlags.STORE_USER) != 0) {
            Tracking.set(k, t, s, object, alloc);
            if (alloc && Tracking.knowsSize(flags)) {
                Tracking.setAsked(k, s, object, KmemCache.objsize(k.m, s));
            }
        }
    }

    /** init_object: fills object and red zone for the place that it is in now. */
    public static void paint(SlubBase k, long s, long object, int red) {
        long flags = KmemCache.flags(k.m, s);
        int objsize = KmemCache.objsize(k.m, s);
        if ((flags & SlabFlags.OBJECT_POISON) != 0) {
            k.m.fill(object, objsize - 1L, red == RED_ACTIVE ? POISON_INUSE : POISON_FREE);
            k.m.writeByte(object + objsize - 1, POISON_END);
        }
        if ((flags & SlabFlags.RED_ZONE) != 0) {
            k.m.fill(object + objsize, redBytes(k, s), red);
        }
    }

    /**
     * An allocated object of a cache with {@link SlabFlags#KMALLOC}: so many bytes of it are its
     * user's, who calls this; the rest is red zone. Nothing for another cache. Takes the slab's lock,
     * as a validation may look at the object meanwhile.
     */
    static void asked(SlubBase k, Task t, long s, long object, int size) {
        long flags = KmemCache.flags(k.m, s);
        if (!Tracking.knowsSize(flags)) {
            return;
        }
        long page = k.pages.headPageOf(object);
        int objsize = KmemCache.objsize(k.m, s);
        boolean irqs = k.machine.irqSave(t);
        PartialLists.slabLock(k, t, page);
        open(k, s, object);
        Tracking.setAsked(k, s, object, size);
        if ((flags & SlabFlags.RED_ZONE) != 0) {
            k.m.fill(object + size, (long) objsize - size, RED_ACTIVE);
        }
        close(k, s, object, false);
        PartialLists.slabUnlock(k, t, page);
        k.machine.irqRestore(t, irqs);
    }

    /** How many bytes the user of an object asked for; 0 where that is not known. */
    static int asked(SlubBase k, long s, long object) {
        if (!Tracking.knowsSize(KmemCache.flags(k.m, s))) {
            return 0;
        }
        if (!k.observed) {
            return Tracking.asked(k, s, object);
        }
        k.m.metadataAccessEnable();
        int asked = Tracking.asked(k, s, object);
        k.m.metadataAccessDisable();
        return asked;
    }

    public static int redBytes(SlubBase k, long s) {
        return KmemCache.inuse(k.m, s) - KmemCache.objsize(k.m, s);
    }

    // ---- the address shadow steps aside while the allocator itself looks

    public static void open(SlubBase k, long s, long object) {
        if (k.observed) {
            k.m.unpoison(object, KmemCache.size(k.m, s), "slub debug");
        }
    }

    public static void close(SlubBase k, long s, long object, boolean free) {
        if (k.observed) {
            int objsize = KmemCache.objsize(k.m, s);
            if (free) {
                k.m.poison(object, objsize, Poison.FREE_OBJECT);
            }
            k.m.poison(object + objsize, KmemCache.size(k.m, s) - objsize, Poison.REDZONE);
        }
    }
}
