package org.slubcheck.crash;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slubcheck.mm.ListHead;

/**
 * A list that was followed as far as it makes sense.
 *
 * @param entries the addresses of the list_heads in their order, without the head
 * @param broken why it could not be followed to its end; null for a list that is whole
 */
record Chain(List<Long> entries, String broken) {
    /** No list of a machine that can be dumped is longer. */
    private static final int LONGEST = 1 << 16;

    /** Follows the list of a head. */
    static Chain of(Image image, long head) {
        Set<Long> passed = new LinkedHashSet<>();
        long before = head;
        long at = image.word(head + ListHead.NEXT);
        String broken = image.maps(head) ? null : "there is no memory at its head";
        while (broken == null && at != head) {
            if (!image.maps(at) || (at & 7) != 0) {
                broken = String.format("it leads to %s behind %s", show(at), place(before, head));
            } else if (passed.contains(at)) {
                broken = String.format("it comes back to 0x%x and never ends", at);
            } else if (passed.size() == LONGEST) {
                broken = "it does not end after " + LONGEST + " entries";
            } else {
                long prev = image.word(at + ListHead.PREV);
                passed.add(at);
                if (prev != before) {
                    broken =
                            String.format(
                                    "prev of 0x%x is %s and not %s",
                                    at, show(prev), place(before, head));
                }
                before = at;
                at = image.word(at + ListHead.NEXT);
            }
        }
        if (broken == null && image.word(head + ListHead.PREV) != before) {
            broken =
                    String.format(
                            "prev of its head is %s and not %s",
                            show(image.word(head + ListHead.PREV)), place(before, head));
        }
        return new Chain(new ArrayList<>(passed), broken);
    }

    private static String place(long entry, long head) {
        return entry == head ? "its head" : String.format("0x%x", entry);
    }

    private static String show(long address) {
        if (address == ListHead.LIST_POISON1) {
            return "LIST_POISON1";
        }
        if (address == ListHead.LIST_POISON2) {
            return "LIST_POISON2";
        }
        return address == 0 ? "NULL" : String.format("0x%x", address);
    }
}
