package org.slubcheck.schedule;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slubcheck.machine.Geometry;

/** A machine in a line: the scenario's own by its name, and what of it may be smaller. */
final class Machines {
    private static final Pattern LINE =
            Pattern.compile(
                    "(\\S+) cpus=(\\d{1,2}) nodes=(\\d{1,2}) pages="
                            + "(\\d{1,6})\\+(\\d{1,6})\\+(\\d{1,6})\\+(\\d{1,6})\\+(\\d{1,6})");

    private Machines() {}

    /** The line. */
    static String line(Geometry g) {
        Geometry.ZonePages p = g.pages();
        return String.format(
                "%s cpus=%d nodes=%d pages=%d+%d+%d+%d+%d",
                g.name(),
                g.cpus(),
                g.nodes(),
                p.dma(),
                p.dma32(),
                p.normal(),
                p.highmem(),
                p.movable());
    }

    /** True for a line that could be one. */
    static boolean isLine(String line) {
        return LINE.matcher(line).matches();
    }

    /**
     * The machine of a line, made from the scenario's own; nothing when it is no smaller one of that
     * kind.
     */
    static Optional<Geometry> smaller(Geometry own, String line) {
        Matcher m = LINE.matcher(line);
        if (!m.matches()) {
            return Optional.empty();
        }
        Geometry.ZonePages pages =
                new Geometry.ZonePages(
                        number(m, 4), number(m, 5), number(m, 6), number(m, 7), number(m, 8));
        int cpus = number(m, 2);
        int nodes = number(m, 3);
        boolean sameKind =
                m.group(1).equals(own.name())
                        && cpus > 0
                        && cpus <= own.cpus()
                        && nodes > own.late().nodes()
                        && nodes <= own.nodes();
        if (!sameKind || !fits(pages, own.pages())) {
            return Optional.empty();
        }
        Geometry fewer = cpus == own.cpus() ? own : own.withCpus(cpus);
        return Optional.of(
                (nodes == own.nodes() ? fewer : fewer.withNodes(nodes)).withPages(pages));
    }

    private static boolean fits(Geometry.ZonePages pages, Geometry.ZonePages own) {
        return pages.dma() <= own.dma()
                && pages.dma32() <= own.dma32()
                && pages.normal() <= own.normal()
                && pages.highmem() <= own.highmem()
                && pages.movable() <= own.movable();
    }

    private static int number(Matcher m, int group) {
        return Integer.parseInt(m.group(group));
    }
}
