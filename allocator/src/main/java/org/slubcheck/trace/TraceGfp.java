package org.slubcheck.trace;

import java.util.HashMap;
import java.util.Map;
import org.slubcheck.mm.Gfp;

/**
 * The gfp flags of a trace as a set of bits. Flags that 2.6.35 has are those of {@link Gfp}, so that
 * {@link Gfp#ALL} yields a word that the old kernel understands; later flags lie above. Some have
 * another name since: direct reclaim for WAIT, retry, if it may fail, for REPEAT.
 *
 * <p>The kernel prints names, joined by {@code |}, composites first; bits that it has no name for
 * come in hexadecimal and mean something else in every version, so they only set {@link #UNKNOWN}.
 */
public final class TraceGfp {
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
        int kernel = Gfp.WAIT | KSWAPD | Gfp.IO | Gfp.FS;
        int highuser = kernel | Gfp.HARDWALL | Gfp.HIGHMEM;
        int transhuge = highuser | Gfp.MOVABLE | Gfp.COMP | Gfp.NOMEMALLOC | Gfp.NOWARN;
        names.put("GFP_ATOMIC", Gfp.HIGH | KSWAPD);
        names.put("GFP_NOWAIT", KSWAPD);
        names.put("GFP_NOIO", Gfp.WAIT | KSWAPD);
        names.put("GFP_NOFS", Gfp.WAIT | KSWAPD | Gfp.IO);
        names.put("GFP_KERNEL", kernel);
        names.put("GFP_KERNEL_ACCOUNT", kernel | ACCOUNT);
        names.put("GFP_TEMPORARY", kernel | Gfp.RECLAIMABLE);
        names.put("GFP_USER", kernel | Gfp.HARDWALL);
        names.put("GFP_HIGHUSER", highuser);
        names.put("GFP_HIGHUSER_MOVABLE", highuser | Gfp.MOVABLE);
        names.put("GFP_TRANSHUGE", transhuge);
        names.put("GFP_TRANSHUGE_LIGHT", transhuge & ~Gfp.WAIT);
        names.put("GFP_DMA", Gfp.DMA);
        names.put("GFP_DMA32", Gfp.DMA32);
        single(names, "DMA", Gfp.DMA);
        single(names, "HIGHMEM", Gfp.HIGHMEM);
        single(names, "DMA32", Gfp.DMA32);
        single(names, "MOVABLE", Gfp.MOVABLE);
        single(names, "WAIT", Gfp.WAIT);
        single(names, "DIRECT_RECLAIM", Gfp.WAIT);
        single(names, "RECLAIM", Gfp.WAIT | KSWAPD);
        single(names, "KSWAPD_RECLAIM", KSWAPD);
        single(names, "HIGH", Gfp.HIGH);
        single(names, "ATOMIC", Gfp.HIGH);
        single(names, "IO", Gfp.IO);
        single(names, "FS", Gfp.FS);
        single(names, "COLD", Gfp.COLD);
        single(names, "NOWARN", Gfp.NOWARN);
        single(names, "REPEAT", Gfp.REPEAT);
        single(names, "RETRY_MAYFAIL", Gfp.REPEAT);
        single(names, "NOFAIL", Gfp.NOFAIL);
        single(names, "NORETRY", Gfp.NORETRY);
        single(names, "COMP", Gfp.COMP);
        single(names, "ZERO", Gfp.ZERO);
        single(names, "NOMEMALLOC", Gfp.NOMEMALLOC);
        single(names, "HARDWALL", Gfp.HARDWALL);
        single(names, "THISNODE", Gfp.THISNODE);
        single(names, "RECLAIMABLE", Gfp.RECLAIMABLE);
        single(names, "NOTRACK", Gfp.NOTRACK);
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
