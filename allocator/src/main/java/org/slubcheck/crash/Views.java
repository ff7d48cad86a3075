package org.slubcheck.crash;

import java.util.List;
import org.slubcheck.machine.WildAddress;

/** The views of a dump by their names. None throws, and all end, on any memory. */
public final class Views {
    /** The names, in the order in which a user needs them. */
    public static final List<String> NAMES =
            List.of("slabinfo", "sysfs", "kmem", "locks", "queues", "lists", "dmesg", "bt");

    /** What a view ends with that was led astray by the memory that it looks at. */
    static final String ASTRAY = "what follows leads astray";

    private Views() {}

    /**
     * The lines of a view.
     *
     * @param view one of {@link #NAMES}; empty for the summary
     * @param argument what it is about; empty for none
     * @throws IllegalArgumentException when there is no such view, or it is about nothing like that; the
     *     message is fit for a user
     */
    public static List<String> lines(Dump dump, String view, String argument) {
        Sheet out = new Sheet();
        try {
            show(dump, view, argument, out);
        } catch (WildAddress | IndexOutOfBoundsException | ArithmeticException corrupt) {
            out.line("%s: %s", ASTRAY, corrupt.getMessage());
        }
        return out.lines();
    }

    private static void show(Dump dump, String view, String argument, Sheet out) {
        switch (view) {
            case "" -> Summary.show(dump, out);
            case "slabinfo" -> SlabinfoView.show(dump, out);
            case "kmem" -> KmemView.show(dump, address(argument), out);
            case "sysfs" -> SysfsView.show(dump, argument, out);
            case "locks" -> LocksView.show(dump, out);
            case "queues" -> QueuesView.show(dump, out);
            case "lists" -> ListsView.show(dump, out);
            case "dmesg" -> DmesgView.show(dump, out);
            case "bt" -> Backtrace.show(dump, out);
            default ->
                    throw new IllegalArgumentException(
                            "no view '" + view + "'; there is " + String.join(", ", NAMES));
        }
    }

    /** A hexadecimal address, with 0x or without, as reports print them. */
    private static long address(String text) {
        String digits = text.startsWith("0x") ? text.substring(2) : text;
        try {
            return Long.parseUnsignedLong(digits, 16);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    text.isEmpty()
                            ? "kmem needs an address, for example kmem 0x4c8"
                            : "kmem takes a hexadecimal address, not '" + text + "'");
        }
    }
}
