package org.slubcheck.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Geometry;
import org.slubcheck.timeline.Symbolizer;

/** What a dump is of, on one screen. */
final class Summary {
    private static final Pattern ADDRESS =
            Pattern.compile("\\b(?:0x)?([0-9a-f]{16}|(?<=0x)[0-9a-f]+)\\b");
    private static final int MOST_SUSPECTS = 4;
    private static final int KIB = 10;

    private Summary() {}

    static void show(Dump dump, Sheet out) {
        Kernel kernel = dump.kernel();
        Geometry g = kernel.geometry();
        Books books = new Books(dump);
        out.line("      KERNEL: 2.6.36-%s (%s)%s", kernel.config().engine(), g.name(), numa(g));
        out.line("        CODE: %s", dump.tells(Dump.About.CODE));
        out.line("         RUN: %s", dump.tells(Dump.About.RUN));
        out.line("        CPUS: %d", g.cpus());
        out.line("       NODES: %d", g.nodes());
        out.line(
                "      MEMORY: %d KiB, %d pages of %d bytes, %d of them free",
                kernel.memory().size() >> KIB,
                g.totalPages(),
                g.pageSize(),
                kernel.pages().freePages());
        out.line("       STAGE: %s", kernel.stage());
        out.line("        TIME: %s accesses", dump.tells(Dump.About.TIME));
        out.line("      CACHES: %d", books.caches().size());
        out.line(
                "       TASKS: %s",
                dump.tasks().isEmpty() ? "the boot" : String.join(" | ", dump.tasks()));
        out.line("         LOG: %s", History.span(dump));
        out.line("        SEEN: %s", dump.tells(Dump.About.SEEN));
        boolean first = true;
        for (String line : dump.tells(Dump.About.VIOLATION).lines().toList()) {
            out.line("%s%s", first ? "       PANIC: " : "              ", line);
            first = false;
        }
        suspects(dump, out);
        out.gap();
        out.line("views: %s", String.join(", ", Views.NAMES));
    }

    private static String numa(Geometry g) {
        return g.numa() ? " SMP NUMA" : " SMP";
    }

    /** The addresses that the report speaks of, and what they are. */
    private static void suspects(Dump dump, Sheet out) {
        Symbolizer names = dump.names();
        List<Long> told = new ArrayList<>();
        Matcher found = ADDRESS.matcher(dump.tells(Dump.About.VIOLATION));
        while (found.find() && told.size() < MOST_SUSPECTS) {
            long address = Long.parseUnsignedLong(found.group(1), 16);
            if (address > 0 && address < dump.kernel().memory().size() && !told.contains(address)) {
                told.add(address);
            }
        }
        if (!told.isEmpty()) {
            out.gap();
        }
        for (long address : told) {
            out.line("0x%x is %s; see kmem 0x%x", address, names.name(address), address);
        }
    }
}
