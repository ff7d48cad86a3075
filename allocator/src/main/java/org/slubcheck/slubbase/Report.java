package org.slubcheck.slubbase;

import java.util.Locale;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabFlags;

/**
 * SLUB's reports: slab_bug, slab_err, object_err, slab_fix and the trailer with the bytes of an
 * object.
 *
 * <p>The cache's name is read as printk reads it. The dumps look at memory as an observer does, who
 * is not judged. What that leaves out:
 *
 * <ul>
 *   <li>Races: mm/slub.c is built without KCSAN. A dump of an object that somebody writes to shows
 *       some of both, there and here.
 *   <li>Bad accesses: it dumps with metadata access enabled, so KASAN looks away, too.
 *   <li>Preemption within the dump, which has nothing to change: what is read here is printed, and
 *       decides nothing. What decides, the checks that lead here, reads as the kernel does.
 * </ul>
 *
 * <p>An address beyond memory is an oops all the same.
 */
@Observer
public final class Report {
    private static final String DOUBLE =
            "=============================================================================";
    private static final String SINGLE =
            "-----------------------------------------------------------------------------";
    private static final int ROW = 16;
    private static final int MOST_BYTES = 128;

    private Report() {}

    /** slab_err: something about a slab. */
    public static void slab(SlubBase k, long s, long page, String what) {
        StringBuilder text = headline(k, s, what);
        pageInfo(k, page, text);
        print(k, text);
    }

    /** object_err: something about an object of a slab. */
    public static void object(SlubBase k, long s, long page, long object, String what) {
        StringBuilder text = headline(k, s, what);
        trailer(k, s, page, object, text);
        print(k, text);
    }

    /** check_bytes_and_report's report: bytes from {@code fault} to {@code end} are wrong. */
    public static void bytes(
            SlubBase k,
            long s,
            long page,
            long object,
            String what,
            long fault,
            long end,
            int value) {
        StringBuilder text = headline(k, s, what + " overwritten");
        text.append(
                String.format(
                        "\nINFO: 0x%016x-0x%016x. First byte 0x%x instead of 0x%x",
                        fault, end - 1, k.m.peekByte(fault), value));
        if (object == 0) {
            pageInfo(k, page, text);
        } else {
            trailer(k, s, page, object, text);
        }
        print(k, text);
    }

    /** trace: what became of an object of a cache with SLAB_TRACE; letter T of slub_debug. */
    public static void trace(SlubBase k, long s, long page, long object, boolean alloc) {
        if ((k.m.peek(s + KmemCache.FLAGS) & SlabFlags.TRACE) == 0) {
            return;
        }
        StringBuilder text =
                new StringBuilder(
                        String.format(
                                "TRACE %s %s 0x%016x %s fp=0x%016x",
                                k.slab.name(s),
                                alloc ? "alloc" : "free",
                                object,
                                k.free.describe(page),
                                k.m.peek(page + PageStruct.FREELIST)));
        if (!alloc) {
            int objsize = k.m.peekInt(s + KmemCache.OBJSIZE);
            section(k.m, "Object", object, objsize, object + objsize, text);
        }
        k.machine.console().printk(Console.Level.INFO, "%s", text.toString());
    }

    /** A queued or freed pointer that leads to no slab of its cache. */
    public static void strayObject(SlubBase k, long s, long page, long object) {
        String what =
                page == 0 || !PageStruct.isSlab(k.m, page)
                        ? String.format("Object 0x%016x from non-slab page", object)
                        : String.format("Object 0x%016x is of another cache", object);
        if (page == 0) {
            print(k, headline(k, s, what));
        } else {
            slab(k, s, page, what);
        }
    }

    /** An object that somebody still has when its cache goes, and who. */
    public static void remaining(SlubBase k, long s, long start, long object) {
        boolean tracked = (k.m.peek(s + KmemCache.FLAGS) & SlabFlags.STORE_USER) != 0;
        k.machine
                .console()
                .printk(
                        Console.Level.ERR,
                        "INFO: Object 0x%016x @offset=%d%s",
                        object,
                        object - start,
                        tracked ? Tracking.describe(k, s, object) : "");
    }

    /** slab_fix: what was done about it. */
    public static void fix(SlubBase k, long s, String what) {
        k.machine.console().printk(Console.Level.ERR, "%s", "FIX " + k.slab.name(s) + ": " + what);
    }

    private static StringBuilder headline(SlubBase k, long s, String what) {
        k.machine.console().printk(Console.Level.ERR, DOUBLE);
        return new StringBuilder("BUG ")
                .append(k.slab.name(s))
                .append(": ")
                .append(what)
                .append('\n')
                .append(SINGLE)
                .append('\n');
    }

    private static void print(SlubBase k, StringBuilder text) {
        k.machine.console().report(Console.Level.ERR, text.toString());
    }

    /** print_page_info. */
    private static void pageInfo(SlubBase k, long page, StringBuilder text) {
        text.append(
                String.format(
                        "\nINFO: Slab 0x%016x %s fp=0x%016x flags=0x%04x",
                        page,
                        k.free.describe(page),
                        k.m.peek(page + PageStruct.FREELIST),
                        k.m.peek(page + PageStruct.FLAGS) & 0xfffff));
    }

    /** print_trailer. */
    private static void trailer(SlubBase k, long s, long page, long object, StringBuilder text) {
        Memory m = k.m;
        long start = k.pages.addressOf(page);
        long end = start + SlabPages.bytes(k, page);
        long flags = m.peek(s + KmemCache.FLAGS);
        int objsize = m.peekInt(s + KmemCache.OBJSIZE);
        int inuse = m.peekInt(s + KmemCache.INUSE);
        int off = inuse + k.peekPointerBytes(s) + Tracking.bytes(flags);
        if ((flags & SlabFlags.STORE_USER) != 0) {
            text.append(Tracking.describe(k, s, object));
        }
        pageInfo(k, page, text);
        text.append(String.format("\nINFO: Object 0x%016x @offset=%d", object, object - start));
        text.append(k.peekNextFree(s, object)).append('\n');
        if (object > start + ROW) {
            section(m, "Bytes b4", object - ROW, ROW, end, text);
        }
        section(m, "Object", object, Math.min(objsize, MOST_BYTES), end, text);
        if ((flags & SlabFlags.RED_ZONE) != 0) {
            section(m, "Redzone", object + objsize, inuse - objsize, end, text);
        }
        int size = m.peekInt(s + KmemCache.SIZE);
        if (off < size) {
            section(m, "Padding", object + off, size - off, end, text);
        }
    }

    /** print_section: rows of bytes and characters, not beyond the slab. */
    private static void section(
            Memory m, String what, long from, int bytes, long end, StringBuilder text) {
        for (int row = 0; row < bytes; row += ROW) {
            text.append(String.format(Locale.ROOT, "\n%8s 0x%016x: ", what, from + row));
            StringBuilder characters = new StringBuilder();
            for (int i = row; i < Math.min(row + ROW, bytes) && from + i < end; i++) {
                int b = m.peekByte(from + i);
                text.append(String.format("%02x ", b));
                characters.append(b > 0x20 && b < 0x7f ? (char) b : '.');
            }
            text.append(characters);
        }
    }
}
