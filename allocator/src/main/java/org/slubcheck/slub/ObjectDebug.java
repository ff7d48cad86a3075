package org.slubcheck.slub;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slubbase.ObjectBytes;
import org.slubcheck.slubbase.PartialLists;
import org.slubcheck.slubbase.Report;

/**
 * Object debugging of 2.6.36 where objects go from their slab to a caller and back: the bytes of
 * {@link ObjectBytes}, and the free pointers, which a caller may have overwritten.
 *
 * <p>The slab's lock is held and irqs are off throughout.
 */
final class ObjectDebug {
    private ObjectDebug() {}

    /** alloc_debug_processing: false, with a report, when the object must not be handed out. */
    static boolean allocProcessing(Slub k, Task t, long s, long page, long object) {
        boolean good =
                checkSlab(k, s, page)
                        && listed(k, s, page, object)
                        && pointsIntoSlab(k, s, page, object)
                        && checked(k, s, page, object, ObjectBytes.RED_INACTIVE);
        if (good) {
            become(k, t, s, object, true);
        } else if (PageStruct.isSlab(k.m, page)) {
            // Nothing of this slab is to be trusted, so nothing of it is to be handed out.
            Report.fix(k, s, "Marking all objects used");
            int objects = Freelist.objects(k.m, page);
            Freelist.setCounts(k.m, page, objects, objects);
            PageStruct.setFreelist(k.m, page, 0);
        }
        return good;
    }

    private static boolean listed(Slub k, long s, long page, long object) {
        if (onFreelist(k, s, page, object)) {
            return true;
        }
        Report.object(k, s, page, object, "Object already allocated");
        return false;
    }

    private static boolean pointsIntoSlab(Slub k, long s, long page, long object) {
        if (ObjectBytes.validPointer(k, s, page, object)) {
            return true;
        }
        Report.object(k, s, page, object, "Freelist Pointer check fails");
        return false;
    }

    /** free_debug_processing: false, with a report, when the object must not be freed. */
    static boolean freeProcessing(Slub k, Task t, long s, long page, long object) {
        if (!checkSlab(k, s, page)) {
            return notFreed(k, s, object);
        }
        if (!ObjectBytes.validPointer(k, s, page, object)) {
            Report.slab(k, s, page, String.format("Invalid object pointer 0x%016x", object));
            return notFreed(k, s, object);
        }
        if (onFreelist(k, s, page, object)) {
            Report.object(k, s, page, object, "Object already free");
            return notFreed(k, s, object);
        }
        if (!checked(k, s, page, object, ObjectBytes.RED_ACTIVE)) {
            return notFreed(k, s, object);
        }
        boolean frozen = PageStruct.test(k.m, page, PageStruct.PG_ACTIVE);
        if (!frozen && PageStruct.freelist(k.m, page) == 0) {
            long n = k.node(s, PageStruct.node(k.m, page));
            PartialLists.removeFull(k, t, s, n, page);
        }
        become(k, t, s, object, false);
        return true;
    }

    private static boolean notFreed(Slub k, long s, long object) {
        Report.fix(k, s, String.format("Object at 0x%016x not freed", object));
        return false;
    }

    /** set_track and init_object, when all checks have passed. */
    private static void become(Slub k, Task t, long s, long object, boolean active) {
        ObjectBytes.open(k, s, object);
        ObjectBytes.track(k, t, s, object, active);
        Report.trace(k, s, k.pages.headPageOf(object), object, active);
        int red = active ? ObjectBytes.RED_ACTIVE : ObjectBytes.RED_INACTIVE;
        ObjectBytes.paint(k, s, object, red);
        ObjectBytes.close(k, s, object, active);
    }

    // ---- checks

    private static boolean checkSlab(Slub k, long s, long page) {
        if (!ObjectBytes.checkSlab(k, s, page)) {
            return false;
        }
        int inuse = Freelist.inuse(k.m, page);
        int objects = Freelist.objects(k.m, page);
        if (inuse > objects) {
            Report.slab(k, s, page, "inuse " + inuse + " > max " + objects);
            return false;
        }
        return true;
    }

    /** check_object: bytes and free pointer. The shadow is left as it was found. */
    private static boolean checked(Slub k, long s, long page, long object, int red) {
        ObjectBytes.open(k, s, object);
        boolean good =
                ObjectBytes.checkObject(k, s, page, object, red)
                        && checkPointer(k, s, page, object, red);
        ObjectBytes.close(k, s, object, red == ObjectBytes.RED_INACTIVE);
        return good;
    }

    private static boolean checkPointer(Slub k, long s, long page, long object, int red) {
        if (Freelist.offset(k.m, s) == 0 && red == ObjectBytes.RED_ACTIVE) {
            // The object lies over the pointer.
            return true;
        }
        long next = Freelist.next(k.m, s, object);
        if (next == 0 || ObjectBytes.validPointer(k, s, page, next)) {
            return true;
        }
        Report.object(k, s, page, object, "Freepointer corrupt");
        // What came behind is lost, which may show in the counts.
        Freelist.setNext(k.m, s, object, 0);
        return false;
    }

    /**
     * on_freelist: whether an object, 0 for none, is on the slab's list. Mends the list on the way
     * where it leads out of the slab, and the counts.
     */
    private static boolean onFreelist(Slub k, long s, long page, long search) {
        Memory m = k.m;
        int objects = Freelist.objects(m, page);
        int found = 0;
        long before = 0;
        long at = PageStruct.freelist(m, page);
        while (at != 0 && found <= objects) {
            if (at == search) {
                return true;
            }
            if (!ObjectBytes.validPointer(k, s, page, at)) {
                if (before != 0) {
                    Report.object(k, s, page, before, "Freechain corrupt");
                    Freelist.setNext(m, s, before, 0);
                    break;
                }
                Report.slab(k, s, page, "Freepointer corrupt");
                PageStruct.setFreelist(m, page, 0);
                Freelist.setCounts(m, page, objects, objects);
                Report.fix(k, s, "Freelist cleared");
                return false;
            }
            before = at;
            at = Freelist.next(m, s, at);
            found++;
        }
        int inuse = Freelist.inuse(m, page);
        if (inuse != objects - found) {
            Report.slab(
                    k,
                    s,
                    page,
                    "Wrong object count. Counter is "
                            + inuse
                            + " but counted were "
                            + (objects - found));
            Freelist.setCounts(m, page, Math.max(0, objects - found), objects);
            Report.fix(k, s, "Object count adjusted.");
        }
        return search == 0;
    }

    /** validate_slab: the bad objects of a slab on a list; nobody's CPU slab is. */
    static long validate(Slub k, long s, long page) {
        if (!checkSlab(k, s, page) || !onFreelist(k, s, page, 0)) {
            return 1;
        }
        long start = k.pages.addressOf(page);
        int size = KmemCache.size(k.m, s);
        long errors = 0;
        for (int i = 0; i < Freelist.objects(k.m, page); i++) {
            long object = start + (long) i * size;
            int red =
                    k.free.isFree(page, object) ? ObjectBytes.RED_INACTIVE : ObjectBytes.RED_ACTIVE;
            errors += checked(k, s, page, object, red) ? 0 : 1;
        }
        return errors;
    }
}
