package org.slubcheck.crash;

import java.util.List;

/** The views of a dump by their names. None throws, and all end, on any memory. */
public final class Views {
    /** The names, in the order in which a user needs them. */
    public static final List<String> NAMES = List.of("slabinfo", "kmem", "dmesg");

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
        switch (view) {
            case "" -> Summary.show(dump, out);
            case "slabinfo" -> SlabinfoView.show(dump, out);
            case "kmem" -> KmemView.show(dump, address(argument), out);
            case "dmesg" -> DmesgView.show(dump, out);
            default ->
                    throw new IllegalArgumentException(
                            "no view '" + view + "'; there is " + String.join(", ", NAMES));
        }
        return out.lines();
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
