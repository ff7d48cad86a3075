package org.slubcheck.slubq;

import java.util.function.BooleanSupplier;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.slubbase.ObjectBytes;
import org.slubcheck.slubbase.PartialLists;
import org.slubcheck.slubbase.Report;

/**
 * Object debugging where objects go from their slab to a queue, to a caller, and back: each step
 * checks that the object comes from where it should, by the map and by its red zone ({@link
 * ObjectBytes}).
 *
 * <p>Whoever checks an object holds the slab's lock or is alone with it: that is what keeps an
 * allocated object's neighbours from changing its map word, which the kernel of 2010 read unlocked.
 * Irqs are off. The object's own bytes belong to the caller who has it; he frees it, so he is done.
 */
final class ObjectDebug {
    private ObjectDebug() {}

    // ---- transitions

    /** From the slab to a queue: what retrieve_objects checks. The slab's lock is held. */
    static void toQueue(Slubq k, long s, long page, long object) {
        ObjectBytes.open(k, s, object);
        ObjectBytes.checkObject(k, s, page, object, ObjectBytes.RED_INACTIVE);
        ObjectBytes.paint(k, s, object, ObjectBytes.RED_QUEUE);
        ObjectBytes.close(k, s, object, true);
    }

    /**
     * From a queue to the slab; false, with a report, for one that is in no queue. Locked.
     *
     * <p>A damaged object is reported before it is made like new: a queue is where what was freed
     * last is, and so where late writes go. A red zone of another place is no damage, though: then it
     * is the pointer that is wrong.
     */
    static boolean fromQueue(Slubq k, long s, long page, long object) {
        ObjectBytes.open(k, s, object);
        boolean queued =
                (KmemCache.flags(k.m, s) & SlabFlags.RED_ZONE) == 0
                        || !is(k, s, object, ObjectBytes.RED_ACTIVE)
                                && !is(k, s, object, ObjectBytes.RED_INACTIVE);
        if (queued) {
            ObjectBytes.checkObject(k, s, page, object, ObjectBytes.RED_QUEUE);
            ObjectBytes.paint(k, s, object, ObjectBytes.RED_INACTIVE);
        } else {
            Report.object(k, s, page, object, "Object not on queue while draining");
        }
        ObjectBytes.close(k, s, object, true);
        return queued;
    }

    /** Whether all of an object's red zone says that it is in a place. */
    private static boolean is(Slubq k, long s, long object, int red) {
        long zone = object + KmemCache.objsize(k.m, s);
        return ObjectBytes.firstNot(k.m, zone, red, ObjectBytes.redBytes(k, s)) < 0;
    }

    /** alloc_debug_processing: false, with a report, when the object must not be handed out. */
    static boolean allocProcessing(Slubq k, Task t, long s, long object) {
        long page = k.pages.headPageOf(object);
        if (page == 0 || !PageStruct.isSlab(k.m, page)) {
            Report.strayObject(k, s, page, object);
            return false;
        }
        return k.numa.debugLock.under(k, t, page, () -> takenFromQueue(k, t, s, page, object));
    }

    /** The mainline of {@link LookSteps#DEBUG_LOCK}. */
    static boolean locked(Slubq k, Task t, long page, BooleanSupplier change) {
        PartialLists.slabLock(k, t, page);
        boolean good = change.getAsBoolean();
        PartialLists.slabUnlock(k, t, page);
        return good;
    }

    private static boolean takenFromQueue(Slubq k, Task t, long s, long page, long object) {
        boolean valid = ObjectBytes.validPointer(k, s, page, object);
        if (!valid) {
            Report.slab(k, s, page, "Pointer check fails");
        }
        boolean good =
                valid && ObjectBytes.checkSlab(k, s, page) && takeFromQueue(k, t, s, page, object);
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
        return good;
    }

    private static boolean takeFromQueue(Slubq k, Task t, long s, long page, long object) {
        if (marked(k, s, page, object)) {
            Report.object(k, s, page, object, "Allocated object still marked free in slab");
            return false;
        }
        ObjectBytes.open(k, s, object);
        boolean good = ObjectBytes.checkObject(k, s, page, object, ObjectBytes.RED_QUEUE);
        if (good) {
            ObjectBytes.track(k, t, s, object, true);
            Report.trace(k, s, page, object, true);
            ObjectBytes.paint(k, s, object, ObjectBytes.RED_ACTIVE);
        }
        ObjectBytes.close(k, s, object, true);
        return good;
    }

    /** free_debug_processing: false, with a report, when the object must not be freed. */
    static boolean freeProcessing(Slubq k, Task t, long s, long object) {
        long page = k.pages.headPageOf(object);
        if (page == 0 || !PageStruct.isSlab(k.m, page)) {
            Report.strayObject(k, s, page, object);
            return notFreed(k, s, object);
        }
        return k.numa.debugLock.under(k, t, page, () -> freed(k, t, s, page, object))
                || notFreed(k, s, object);
    }

    private static boolean freed(Slubq k, Task t, long s, long page, long object) {
        boolean good = checkFree(k, s, page, object);
        if (good) {
            ObjectBytes.open(k, s, object);
            good = ObjectBytes.checkObject(k, s, page, object, ObjectBytes.RED_ACTIVE);
            if (good) {
                ObjectBytes.track(k, t, s, object, false);
                Report.trace(k, s, page, object, false);
                ObjectBytes.paint(k, s, object, ObjectBytes.RED_QUEUE);
            }
            ObjectBytes.close(k, s, object, false);
        }
        return good;
    }

    private static boolean checkFree(Slubq k, long s, long page, long object) {
        if (PageStruct.slab(k.m, page) != s) {
            Report.slab(k, s, page, String.format("Object 0x%016x is of another cache", object));
            return false;
        }
        if (!ObjectBytes.validPointer(k, s, page, object)) {
            Report.slab(k, s, page, String.format("Invalid object pointer 0x%016x", object));
            return false;
        }
        ObjectBytes.open(k, s, object);
        boolean free =
                marked(k, s, page, object)
                        || (KmemCache.flags(k.m, s) & SlabFlags.RED_ZONE) != 0
                                && isQueued(k, s, object);
        ObjectBytes.close(k, s, object, free);
        if (free) {
            Report.object(k, s, page, object, "Object already free");
            return false;
        }
        return ObjectBytes.checkSlab(k, s, page);
    }

    private static boolean notFreed(Slubq k, long s, long object) {
        Report.fix(k, s, String.format("Object at 0x%016x not freed", object));
        return false;
    }

    /** What the red zone says: true when the object is in a queue. */
    static boolean isQueued(Slubq k, long s, long object) {
        return k.m.readByte(object + KmemCache.objsize(k.m, s)) == ObjectBytes.RED_QUEUE;
    }

    private static boolean marked(Slubq k, long s, long page, long object) {
        int bit = (int) ((object - k.pages.addressOf(page)) / KmemCache.size(k.m, s));
        return FreeMap.test(k.m, page, bit);
    }

    /**
     * validate_slab: the bad objects of a locked slab. An object that is not free is with a caller
     * or in a queue; only its red zone says which, so without one it is not checked.
     */
    static long validate(Slubq k, long s, long page) {
        Memory m = k.m;
        long start = k.pages.addressOf(page);
        int size = KmemCache.size(m, s);
        boolean red = (KmemCache.flags(m, s) & SlabFlags.RED_ZONE) != 0;
        long errors = 0;
        for (int i = 0; i < FreeMap.objects(m, page); i++) {
            long object = start + (long) i * size;
            boolean free = FreeMap.test(m, page, i);
            if (!free && !red) {
                continue;
            }
            int state = free ? ObjectBytes.RED_INACTIVE : ObjectBytes.RED_ACTIVE;
            ObjectBytes.open(k, s, object);
            boolean queued = !free && isQueued(k, s, object);
            if (!queued) {
                errors += ObjectBytes.checkObject(k, s, page, object, state) ? 0 : 1;
            }
            ObjectBytes.close(k, s, object, free || queued);
        }
        return errors;
    }
}
