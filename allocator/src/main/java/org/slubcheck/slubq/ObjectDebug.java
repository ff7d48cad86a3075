package org.slubcheck.slubq;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Poison;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabFlags;

/**
 * SLUB's object debugging, with the red-zone bytes of October 2010: a byte for each place that an
 * object can be in.
 *
 * <pre>
 *   0          objsize     inuse                      size
 *   | object   | red zone  | track alloc | track free | padding |
 *
 *   object    6b .. 6b a5  while free or queued; 5a .. 5a a5 when handed out
 *   red zone  bb           free in its slab
 *             dd           in a queue
 *             cc           with a caller
 *   padding   5a
 * </pre>
 *
 * <p>Whoever checks an object holds the slab's lock or is alone with it: that is what keeps an
 * allocated object's neighbours from changing its map word, which the kernel of 2010 read unlocked.
 * Irqs are off. The object's own bytes belong to the caller who has it; he frees it, so he is done.
 */
final class ObjectDebug {
    static final int RED_INACTIVE = 0xbb;
    static final int RED_ACTIVE = 0xcc;
    static final int RED_QUEUE = 0xdd;
    static final int POISON_INUSE = 0x5a;
    static final int POISON_FREE = 0x6b;
    static final int POISON_END = 0xa5;

    private ObjectDebug() {}

    // ---- transitions

    /** setup_object_debug: an object of a new, private slab. */
    static void setup(Slubq k, long s, long object) {
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
    static void setActive(Slubq k, long s, long object) {
        if ((KmemCache.flags(k.m, s) & SlabFlags.DEBUG_FLAGS) != 0) {
            open(k, s, object);
            paint(k, s, object, RED_ACTIVE);
            close(k, s, object, false);
        }
    }

    /** From the slab to a queue: what retrieve_objects checks. The slab's lock is held. */
    static void toQueue(Slubq k, long s, long page, long object) {
        open(k, s, object);
        checkObject(k, s, page, object, RED_INACTIVE);
        paint(k, s, object, RED_QUEUE);
        close(k, s, object, true);
    }

    /** From a queue to the slab; false, with a report, for one that is in no queue. Locked. */
    static boolean fromQueue(Slubq k, long s, long page, long object) {
        open(k, s, object);
        boolean queued =
                (KmemCache.flags(k.m, s) & SlabFlags.RED_ZONE) == 0
                        || firstNot(
                                        k.m,
                                        object + KmemCache.objsize(k.m, s),
                                        RED_QUEUE,
                                        redBytes(k, s))
                                < 0;
        if (queued) {
            paint(k, s, object, RED_INACTIVE);
        } else {
            Report.object(k, s, page, object, "Object not on queue while draining");
        }
        close(k, s, object, true);
        return queued;
    }

    /** alloc_debug_processing: false, with a report, when the object must not be handed out. */
    static boolean allocProcessing(Slubq k, Task t, long s, long object) {
        long page = k.pages.headPageOf(object);
        if (page == 0 || !PageStruct.isSlab(k.m, page)) {
            Report.strayObject(k, s, page, object);
            return false;
        }
        PartialLists.slabLock(k, t, page);
        boolean valid = validPointer(k, s, page, object);
        if (!valid) {
            Report.slab(k, s, page, "Pointer check fails");
        }
        boolean good = valid && checkSlab(k, s, page) && takeFromQueue(k, t, s, page, object);
        if (!good) {
            // Nothing of this slab is to be trusted, so nothing of it is to be handed out.
            Report.fix(k, s, "Marking all objects used");
            if (!FreeMap.isEmpty(k.m, page)) {
                long n = k.node(s, PageStruct.node(k.m, page));
                PartialLists.removePartial(k, t, n, page);
                FreeMap.zero(k.m, page);
                PartialLists.addFull(k, t, s, n, page);
            }
        }
        PartialLists.slabUnlock(k, t, page);
        return good;
    }

    private static boolean takeFromQueue(Slubq k, Task t, long s, long page, long object) {
        if (marked(k, s, page, object)) {
            Report.object(k, s, page, object, "Allocated object still marked free in slab");
            return false;
        }
        open(k, s, object);
        boolean good = checkObject(k, s, page, object, RED_QUEUE);
        if (good) {
            if ((KmemCache.flags(k.m, s) & SlabFlags.STORE_USER) != 0) {
                Tracking.set(k, t, s, object, true);
            }
            paint(k, s, object, RED_ACTIVE);
        }
        close(k, s, object, true);
        return good;
    }

    /** free_debug_processing: false, with a report, when the object must not be freed. */
    static boolean freeProcessing(Slubq k, Task t, long s, long object) {
        long page = k.pages.headPageOf(object);
        if (page == 0 || !PageStruct.isSlab(k.m, page)) {
            Report.strayObject(k, s, page, object);
            return notFreed(k, s, object);
        }
        PartialLists.slabLock(k, t, page);
        boolean good = checkFree(k, s, page, object);
        if (good) {
            open(k, s, object);
            good = checkObject(k, s, page, object, RED_ACTIVE);
            if (good) {
                if ((KmemCache.flags(k.m, s) & SlabFlags.STORE_USER) != 0) {
                    Tracking.set(k, t, s, object, false);
                }
                paint(k, s, object, RED_QUEUE);
            }
            close(k, s, object, false);
        }
        PartialLists.slabUnlock(k, t, page);
        return good || notFreed(k, s, object);
    }

    private static boolean checkFree(Slubq k, long s, long page, long object) {
        if (PageStruct.slab(k.m, page) != s) {
            Report.slab(k, s, page, String.format("Object 0x%016x is of another cache", object));
            return false;
        }
        if (!validPointer(k, s, page, object)) {
            Report.slab(k, s, page, String.format("Invalid object pointer 0x%016x", object));
            return false;
        }
        open(k, s, object);
        boolean free =
                marked(k, s, page, object)
                        || (KmemCache.flags(k.m, s) & SlabFlags.RED_ZONE) != 0
                                && isQueued(k, s, object);
        close(k, s, object, free);
        if (free) {
            Report.object(k, s, page, object, "Object already free");
            return false;
        }
        return checkSlab(k, s, page);
    }

    private static boolean notFreed(Slubq k, long s, long object) {
        Report.fix(k, s, String.format("Object at 0x%016x not freed", object));
        return false;
    }

    // ---- checks

    /** Before a slab is given back: its padding and every object. Nobody else has it. */
    static void checkFreeSlab(Slubq k, long s, long page) {
        checkPadding(k, s, page);
        long start = k.pages.addressOf(page);
        int size = KmemCache.size(k.m, s);
        for (int i = 0; i < FreeMap.objects(k.m, page); i++) {
            long object = start + (long) i * size;
            open(k, s, object);
            checkObject(k, s, page, object, RED_INACTIVE);
            close(k, s, object, true);
        }
    }

    /** check_slab and verify_slab: the page struct is plausible, the padding untouched. */
    static boolean checkSlab(Slubq k, long s, long page) {
        if (!PageStruct.isSlab(k.m, page)) {
            Report.slab(k, s, page, "Not a valid slab page");
            return false;
        }
        long room = SlabPages.bytes(k, page) / KmemCache.size(k.m, s);
        int objects = FreeMap.objects(k.m, page);
        if (objects > room) {
            Report.slab(k, s, page, "objects " + objects + " > max " + room);
            return false;
        }
        checkPadding(k, s, page);
        return true;
    }

    /** check_object: red zone or padding behind the object, poison, padding behind the tracks. */
    static boolean checkObject(Slubq k, long s, long page, long object, int red) {
        Memory m = k.m;
        long flags = KmemCache.flags(m, s);
        int objsize = KmemCache.objsize(m, s);
        int inuse = KmemCache.inuse(m, s);
        long behind = object + objsize;
        if ((flags & SlabFlags.RED_ZONE) != 0) {
            if (!check(k, s, page, object, "Redzone", behind, red, inuse - objsize)) {
                return false;
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
            int off = inuse + ((flags & SlabFlags.STORE_USER) != 0 ? 2 * Tracking.SIZE : 0);
            int padding = KmemCache.size(m, s) - off;
            check(k, s, page, object, "Object padding", object + off, POISON_INUSE, padding);
        }
        return true;
    }

    /** slab_pad_check: what is left of the slab behind the objects, and behind the map. */
    private static void checkPadding(Slubq k, long s, long page) {
        if ((KmemCache.flags(k.m, s) & SlabFlags.POISON) == 0) {
            return;
        }
        int objects = FreeMap.objects(k.m, page);
        long start = k.pages.addressOf(page);
        long end = start + SlabPages.bytes(k, page);
        long tail = start + (long) objects * KmemCache.size(k.m, s);
        if (!FreeMap.inPageStruct(objects)) {
            tail = FreeMap.address(k.m, page) + FreeMap.bytes(objects);
        }
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
            Slubq k, long s, long page, long object, String what, long from, int value, int bytes) {
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
    private static int firstNot(Memory m, long from, int value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            if (m.readByte(from + i) != value) {
                return i;
            }
        }
        return -1;
    }

    /** check_valid_pointer: the address of an object of the slab. */
    static boolean validPointer(Slubq k, long s, long page, long object) {
        long offset = object - k.pages.addressOf(page);
        int size = KmemCache.size(k.m, s);
        return offset >= 0
                && offset < (long) FreeMap.objects(k.m, page) * size
                && offset % size == 0;
    }

    /** What the red zone says: true when the object is in a queue. */
    static boolean isQueued(Slubq k, long s, long object) {
        return k.m.readByte(object + KmemCache.objsize(k.m, s)) == RED_QUEUE;
    }

    private static boolean marked(Slubq k, long s, long page, long object) {
        int bit = (int) ((object - k.pages.addressOf(page)) / KmemCache.size(k.m, s));
        return FreeMap.test(k.m, page, bit);
    }

    /** init_object: fills object and red zone for the place that it is in now. */
    private static void paint(Slubq k, long s, long object, int red) {
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

    private static int redBytes(Slubq k, long s) {
        return KmemCache.inuse(k.m, s) - KmemCache.objsize(k.m, s);
    }

    // ---- the address shadow steps aside while the allocator itself looks

    static void open(Slubq k, long s, long object) {
        if (k.observed) {
            k.m.unpoison(object, KmemCache.size(k.m, s), "slub debug");
        }
    }

    static void close(Slubq k, long s, long object, boolean free) {
        if (k.observed) {
            int objsize = KmemCache.objsize(k.m, s);
            if (free) {
                k.m.poison(object, objsize, Poison.FREE_OBJECT);
            }
            k.m.poison(object + objsize, KmemCache.size(k.m, s) - objsize, Poison.REDZONE);
        }
    }
}
