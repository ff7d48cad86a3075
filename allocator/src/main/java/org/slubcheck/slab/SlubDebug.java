package org.slubcheck.slab;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The boot option slub_debug: which caches get which debug flags. Immutable.
 *
 * <pre>
 *   slub_debug                   F, Z, P and U for every cache
 *   slub_debug=FZ                these letters for every cache
 *   slub_debug=FZPU,kmalloc-16   for this cache alone
 *   slub_debug=,dentry           F, Z, P and U for this cache alone
 *   slub_debug=P,kmalloc-*,dma-* for all caches whose names begin so
 *   slub_debug=FZ;-,kmalloc-*    blocks: the first that names a cache decides
 *   slub_debug=-                 nothing
 *   slub_debug=O                 as set otherwise, but not where a slab would need a larger order
 *
 *   F sanity checks   Z red zones   P poison   U users   T trace   A failslab
 * </pre>
 *
 * <p>The letters are those of 2.6.36; lists with asterisks came in 2018, blocks in 2020
 * (setup_slub_debug, parse_slub_debug_flags). Until then a name stood for every cache that begins
 * with it, so that {@code kmalloc-1} was {@code kmalloc-128}, too; here it is not. The kernel skips
 * a letter that it does not know; this refuses it.
 *
 * @param blocks those that name caches, in their order
 * @param everywhere the flags of a cache that none of them names
 * @param higherOrderOff letter O: no flags that need room, where that needs a larger slab
 */
public record SlubDebug(List<Block> blocks, long everywhere, boolean higherOrderOff) {
    /** Nothing is debugged. */
    public static final SlubDebug OFF = all(0);

    /** DEBUG_DEFAULT_FLAGS: what an option without letters switches on. */
    private static final long DEFAULT =
            SlabFlags.DEBUG_FREE | SlabFlags.RED_ZONE | SlabFlags.POISON | SlabFlags.STORE_USER;

    private static final long ALLOWED = SlabFlags.DEBUG_FLAGS | SlabFlags.FAILSLAB;
    private static final String LETTERS = "F, Z, P, U, T, A, O and -";

    /**
     * Flags for some caches.
     *
     * @param flags of {@link SlabFlags#DEBUG_FLAGS}, and FAILSLAB
     * @param names names of caches, or their beginnings with an asterisk behind
     */
    public record Block(long flags, List<String> names) {
        /** Keeps a copy. */
        public Block {
            names = List.copyOf(names);
        }

        private boolean covers(String cache) {
            for (String name : names) {
                int star = name.indexOf('*');
                if (star < 0 ? name.equals(cache) : cache.startsWith(name.substring(0, star))) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Checks the flags; the message of the exception is fit for a user. */
    public SlubDebug {
        blocks = List.copyOf(blocks);
        check(everywhere);
        blocks.forEach(block -> check(block.flags));
    }

    private static void check(long flags) {
        if ((flags & ~ALLOWED) != 0) {
            throw new IllegalArgumentException(
                    String.format("slub_debug: 0x%x is not a debug flag", flags));
        }
    }

    /** The same flags for every cache. */
    public static SlubDebug all(long flags) {
        return new SlubDebug(List.of(), flags, false);
    }

    /**
     * What stands behind {@code slub_debug=}, or the whole option; the empty text is the option by
     * itself.
     *
     * @throws IllegalArgumentException for what is none; its message is fit for a user
     */
    public static SlubDebug parse(String option) {
        String text = option.startsWith("slub_debug") ? option.substring(10) : option;
        if (text.startsWith("=")) {
            text = text.substring(1);
        }
        if (text.isEmpty()) {
            return all(DEFAULT);
        }
        List<Block> blocks = new ArrayList<>();
        long everywhere = 0;
        boolean higherOrderOff = false;
        for (String block : text.split(";", -1)) {
            int comma = block.indexOf(',');
            String letters = comma < 0 ? block : block.substring(0, comma);
            if (letters.isEmpty() && comma < 0) {
                throw wrong(option, "an empty block");
            }
            long flags = letters.isEmpty() ? DEFAULT : 0;
            for (char letter : letters.toUpperCase(Locale.ROOT).toCharArray()) {
                if (letter == 'O') {
                    higherOrderOff = true;
                } else if (letter != '-') {
                    flags |= flag(option, letter);
                } else if (letters.length() > 1) {
                    throw wrong(option, "'-' stands alone: it switches everything off");
                }
            }
            if (comma < 0) {
                everywhere = flags;
            } else {
                blocks.add(new Block(flags, names(option, block.substring(comma + 1))));
            }
        }
        return new SlubDebug(blocks, everywhere, higherOrderOff);
    }

    private static List<String> names(String option, String list) {
        List<String> names = List.of(list.split(",", -1));
        for (String name : names) {
            if (name.isEmpty()) {
                throw wrong(option, "a cache without a name");
            }
            int star = name.indexOf('*');
            if (star >= 0 && star != name.length() - 1) {
                throw wrong(option, "'*' stands at the end of a name");
            }
        }
        return names;
    }

    private static long flag(String option, char letter) {
        return switch (letter) {
            case 'F' -> SlabFlags.DEBUG_FREE;
            case 'Z' -> SlabFlags.RED_ZONE;
            case 'P' -> SlabFlags.POISON;
            case 'U' -> SlabFlags.STORE_USER;
            case 'T' -> SlabFlags.TRACE;
            case 'A' -> SlabFlags.FAILSLAB;
            default -> throw wrong(option, "no letter '" + letter + "'; there is " + LETTERS);
        };
    }

    private static IllegalArgumentException wrong(String option, String what) {
        return new IllegalArgumentException("slub_debug '" + option + "': " + what);
    }

    /** The option as a boot loader would pass it; the empty text when nothing is debugged. */
    public String commandLine() {
        if (equals(OFF)) {
            return "";
        }
        List<String> parts = new ArrayList<>();
        if (everywhere != 0 || higherOrderOff || blocks.isEmpty()) {
            String letters = everywhere == 0 && higherOrderOff ? "" : letters(everywhere);
            parts.add(letters + (higherOrderOff ? "O" : ""));
        }
        for (Block block : blocks) {
            parts.add(letters(block.flags) + "," + String.join(",", block.names));
        }
        return "slub_debug=" + String.join(";", parts);
    }

    /** The letters of flags as the option writes them; "-" for none. */
    public static String letters(long flags) {
        StringBuilder letters = new StringBuilder();
        for (char letter : "FZPUTA".toCharArray()) {
            if ((flags & flag("", letter)) != 0) {
                letters.append(letter);
            }
        }
        return letters.length() == 0 ? "-" : letters.toString();
    }

    /** kmem_cache_flags: what a cache of this name gets besides the flags that its maker gave. */
    public long flags(String name) {
        for (Block block : blocks) {
            if (block.covers(name)) {
                return block.flags;
            }
        }
        return everywhere;
    }
}
