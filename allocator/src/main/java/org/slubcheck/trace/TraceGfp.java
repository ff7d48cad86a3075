package org.slubcheck.trace;

import java.util.HashMap;
import java.util.Map;

/**
 * The gfp flags of a trace as a set of bits. Flags that 2.6.35 has keep its values, so that {@link
 * #MASK_2_6_35} yields a word that the old kernel understands; later flags lie above.
 *
 * <p>The kernel prints names, joined by {@code |}, composites first; bits that it has no name for
 * come in hexadecimal and mean something else in every version, so they only set {@link #UNKNOWN}.
 */
public final class TraceGfp {
    public static final int DMA = 0x1;
    public static final int HIGHMEM = 0x2;
    public static final int DMA32 = 0x4;
    public static final int MOVABLE = 0x8;

    /** May sleep; later kernels say direct reclaim. */
    public static final int WAIT = 0x10;

    public static final int HIGH = 0x20;
    public static final int IO = 0x40;
    public static final int FS = 0x80;
    public static final int COLD = 0x100;
    public static final int NOWARN = 0x200;

    /** Later kernels say retry, if it may fail. */
    public static final int REPEAT = 0x400;

    public static final int NOFAIL = 0x800;
    public static final int NORETRY = 0x1000;
    public static final int COMP = 0x4000;
    public static final int ZERO = 0x8000;
    public static final int NOMEMALLOC = 0x10000;
    public static final int HARDWALL = 0x20000;
    public static final int THISNODE = 0x40000;
    public static final int RECLAIMABLE = 0x80000;
    public static final int NOTRACK = 0x200000;

    /** All bits that 2.6.35 has. */
    public static final int MASK_2_6_35 = 0x3fffff;

    /** Charged to a memory control group. */
    public static final int ACCOUNT = 0x0100_0000;

    /** May use all reserves. */
    public static final int MEMALLOC = 0x0200_0000;

    /** May wake the reclaim thread. */
    public static final int KSWAPD = 0x0400_0000;

    /** Will be written soon. */
    public static final int WRITE = 0x0800_0000;

    /** A flag that this table does not know. */
    public static final int UNKNOWN = 0x4000_0000;

    private static final Map<String, Integer> NAMES = names();

    private TraceGfp() {}

    private static Map<String, Integer> names() {
        Map<String, Integer> names = new HashMap<>();
        int kernel = WAIT | KSWAPD | IO | FS;
        int highuser = kernel | HARDWALL | HIGHMEM;
        int transhuge = highuser | MOVABLE | COMP | NOMEMALLOC | NOWARN;
        names.put("GFP_ATOMIC", HIGH | KSWAPD);
        names.put("GFP_NOWAIT", KSWAPD);
        names.put("GFP_NOIO", WAIT | KSWAPD);
        names.put("GFP_NOFS", WAIT | KSWAPD | IO);
        names.put("GFP_KERNEL", kernel);
        names.put("GFP_KERNEL_ACCOUNT", kernel | ACCOUNT);
        names.put("GFP_TEMPORARY", kernel | RECLAIMABLE);
        names.put("GFP_USER", kernel | HARDWALL);
        names.put("GFP_HIGHUSER", highuser);
        names.put("GFP_HIGHUSER_MOVABLE", highuser | MOVABLE);
        names.put("GFP_TRANSHUGE", transhuge);
        names.put("GFP_TRANSHUGE_LIGHT", transhuge & ~WAIT);
        names.put("GFP_DMA", DMA);
        names.put("GFP_DMA32", DMA32);
        single(names, "DMA", DMA);
        single(names, "HIGHMEM", HIGHMEM);
        single(names, "DMA32", DMA32);
        single(names, "MOVABLE", MOVABLE);
        single(names, "WAIT", WAIT);
        single(names, "DIRECT_RECLAIM", WAIT);
        single(names, "RECLAIM", WAIT | KSWAPD);
        single(names, "KSWAPD_RECLAIM", KSWAPD);
        single(names, "HIGH", HIGH);
        single(names, "ATOMIC", HIGH);
        single(names, "IO", IO);
        single(names, "FS", FS);
        single(names, "COLD", COLD);
        single(names, "NOWARN", NOWARN);
        single(names, "REPEAT", REPEAT);
        single(names, "RETRY_MAYFAIL", REPEAT);
        single(names, "NOFAIL", NOFAIL);
        single(names, "NORETRY", NORETRY);
        single(names, "COMP", COMP);
        single(names, "ZERO", ZERO);
        single(names, "NOMEMALLOC", NOMEMALLOC);
        single(names, "HARDWALL", HARDWALL);
        single(names, "THISNODE", THISNODE);
        single(names, "RECLAIMABLE", RECLAIMABLE);
        single(names, "NOTRACK", NOTRACK);
        single(names, "ACCOUNT", ACCOUNT);
        single(names, "MEMALLOC", MEMALLOC);
        single(names, "WRITE", WRITE);
        return Map.copyOf(names);
    }

    /** Kernels before 4.5 print {@code GFP_ZERO}, later ones {@code __GFP_ZERO}. */
    private static void single(Map<String, Integer> names, String name, int bits) {
        names.putIfAbsent("GFP_" + name, bits);
        names.put("__GFP_" + name, bits);
    }

    /** The bits of what stands behind {@code gfp_flags=}. */
    public static int parse(String flags) {
        int bits = 0;
        for (String name : flags.split("\\|", -1)) {
            bits |= NAMES.getOrDefault(name, name.equals("0") ? 0 : UNKNOWN);
        }
        return bits;
    }
}
