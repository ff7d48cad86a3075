package org.slubcheck.timeline;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.LongUnaryOperator;
import org.slubcheck.slab.Sysfs;

/**
 * Names of the words of sysfs entries, which are objects of kmalloc to everybody else: {@code sysfs
 * victim s_active}, and {@code sysfs victim (removed) s_active} for an entry that was seen in the
 * directory and is there no more. An observer: survives any image.
 */
final class SysfsNames {
    private static final String PREFIX = "sysfs ";
    private static final int SIBLING = Sysfs.LAYOUT.offset("s_sibling");
    private static final int NAME = Sysfs.LAYOUT.offset("s_name");
    private static final int MOST = 1024;

    private final long root;
    private final LongUnaryOperator word;
    private final LongFunction<String> string;
    private final Map<Long, String> seen = new LinkedHashMap<>();

    /**
     * Names by what two functions read from an image, nothing where there is nothing.
     *
     * @param root the word with the first entry, 0 for a machine without sysfs
     * @param others they have seen entries before, or null
     */
    SysfsNames(long root, LongUnaryOperator word, LongFunction<String> string, SysfsNames others) {
        this.root = root;
        this.word = word;
        this.string = string;
        if (others != null) {
            seen.putAll(others.seen);
        }
        seen.putAll(entries());
    }

    /** The name of the word at an address, or null when it is in no entry. */
    String find(long address) {
        String name = in(entries(), "", address);
        return name != null ? name : in(seen, " (removed)", address);
    }

    /** What points to an entry, given the name of the word that it points to; or null. */
    static String pointerTo(String name) {
        return name.startsWith(PREFIX) && name.endsWith(" s_sibling")
                ? "&" + name.substring(0, name.length() - " s_sibling".length())
                : null;
    }

    private static String in(Map<Long, String> entries, String use, long address) {
        for (Map.Entry<Long, String> entry : entries.entrySet()) {
            long offset = address - entry.getKey();
            if (offset >= 0 && offset < Sysfs.LAYOUT.size()) {
                String field = Sysfs.LAYOUT.fieldAt((int) offset);
                return PREFIX + entry.getValue() + use + " " + field;
            }
        }
        return null;
    }

    private Map<Long, String> entries() {
        Map<Long, String> found = new LinkedHashMap<>();
        long at = root == 0 ? 0 : word.applyAsLong(root);
        while (at > 0 && found.size() < MOST && !found.containsKey(at)) {
            found.put(at, string.apply(word.applyAsLong(at + NAME)));
            at = word.applyAsLong(at + SIBLING);
        }
        return found;
    }
}
