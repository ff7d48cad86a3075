package org.slubcheck.timeline;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.AccessLog;
import org.slubcheck.verdict.Mark;
import org.slubcheck.verdict.Mark.What;

/**
 * A run as lines of text: steps downwards, a column for each CPU, what went wrong at the end.
 *
 * <p>A line is an access that changed something or took or gave a lock; stores of one task to one
 * struct in a row are one line. The number is that of the access in the run. What matters least is
 * folded away until the rest can be read: first the insides of the page and per-CPU allocators, then
 * irq state and list links. The same log gives the same text.
 */
public final class Timeline {
    private static final int WIDTH = 118;
    private static final int STEP_WIDTH = 8;
    private static final int MOST_LINES = 72;
    private static final int MOST_REPORT_LINES = 6;
    private static final String RACE = "data-race in ";
    private static final int LEAST_RANK = 1;

    /** How a report begins that says who waits for what. */
    private static final String DEADLOCK = "deadlock: ";

    private static final Pattern WAITS = Pattern.compile("CPU#(\\d+) waits for (.+?)(?=, CPU#|$)");

    private Timeline() {}

    /**
     * Tells a run.
     *
     * @param template the kernel whose memory is as it was when the log began
     * @param log what was done since
     * @param tasks what each task does, by the number of its thread in the log
     * @param violation what was wrong at the end
     */
    public static List<String> of(
            Kernel template, AccessLog log, List<String> tasks, String violation) {
        List<Event> events = shown(template, log, tasks, violation);
        List<Integer> cpus =
                events.stream()
                        .map(Event::cpu)
                        .distinct()
                        .sorted(Comparator.naturalOrder())
                        .toList();
        int width = (WIDTH - STEP_WIDTH) / Math.max(2, cpus.size());
        List<String> lines = new ArrayList<>();
        StringBuilder head = new StringBuilder(String.format("%6s  ", "step"));
        cpus.forEach(cpu -> head.append(pad("CPU " + cpu, width)));
        lines.add(head.toString().stripTrailing());
        for (Event event : events) {
            boolean first = true;
            for (String text : wrap(event.text(), width - 2)) {
                lines.add(
                        row(
                                first ? event.step() : 0,
                                cpus.indexOf(event.cpu()),
                                text,
                                cpus,
                                width));
                first = false;
            }
        }
        report(violation, lines);
        return lines;
    }

    /**
     * The same run taken apart; its last mark is what was wrong. Of the locks that a CPU holds those
     * are named that are taken or given back in some line that is shown.
     *
     * <p>The arguments are those of {@link #of}.
     */
    public static List<Mark> marks(
            Kernel template, AccessLog log, List<String> tasks, String violation) {
        List<Mark> marks = new ArrayList<>();
        List<Event> shown = shown(template, log, tasks, violation);
        Set<String> told = new HashSet<>();
        for (Event event : shown) {
            if (event.mark().what() == What.LOCK || event.mark().what() == What.UNLOCK) {
                told.add(event.mark().object());
            }
        }
        shown.forEach(event -> marks.add(event.mark().holding(told)));
        List<String> lines = reported(violation);
        marks.add(
                Mark.wrong(
                        String.join(
                                "\n",
                                lines.subList(0, Math.min(lines.size(), MOST_REPORT_LINES)))));
        return marks;
    }

    private static List<Event> shown(
            Kernel template, AccessLog log, List<String> tasks, String violation) {
        Events events = new Events(template, log, tasks, raced(violation));
        List<Event> all = events.all();
        Matcher waits = WAITS.matcher(violation.startsWith(DEADLOCK) ? violation : "");
        while (waits.find()) {
            events.stuck(Integer.parseInt(waits.group(1)), waits.group(2));
        }
        return withoutIdleIrqs(fold(all));
    }

    private static List<String> reported(String violation) {
        return violation.lines().filter(line -> !line.startsWith("-----")).toList();
    }

    /** What a report of a data race is about; empty for other findings. */
    private static String raced(String violation) {
        int at = violation.indexOf(RACE);
        return at < 0 ? "" : violation.substring(at + RACE.length()).lines().findFirst().orElse("");
    }

    private static String row(int step, int column, String text, List<Integer> cpus, int width) {
        StringBuilder line = new StringBuilder();
        line.append(step == 0 ? " ".repeat(STEP_WIDTH) : String.format("%6d  ", step));
        for (int i = 0; i < cpus.size(); i++) {
            line.append(pad(i == column ? text : ".", width));
        }
        return line.toString().stripTrailing();
    }

    private static void report(String violation, List<String> lines) {
        List<String> report = reported(violation);
        lines.add("");
        for (String line : report.subList(0, Math.min(report.size(), MOST_REPORT_LINES))) {
            lines.addAll(wrap(line, WIDTH));
        }
    }

    /** Drops the lowest ranks, from the lowest on, until few enough are left. */
    private static List<Event> fold(List<Event> all) {
        List<Event> events = all;
        int lowest = all.stream().mapToInt(Event::rank).max().orElse(0);
        for (int rank = lowest; rank > LEAST_RANK; rank--) {
            events = without(events, rank, rank == lowest && rank > LEAST_RANK + 1);
            if (events.size() <= MOST_LINES) {
                return events;
            }
        }
        return middleOut(events);
    }

    /** An irq-off section in which nothing is left to tell goes too. */
    private static List<Event> withoutIdleIrqs(List<Event> events) {
        List<Event> kept = new ArrayList<>();
        for (Event event : events) {
            Event last = kept.isEmpty() ? null : kept.get(kept.size() - 1);
            if (last != null
                    && last.cpu() == event.cpu()
                    && last.text().equals("irq off")
                    && event.text().equals("irq on")) {
                kept.remove(kept.size() - 1);
            } else {
                kept.add(event);
            }
        }
        return kept;
    }

    private static List<Event> without(List<Event> events, int rank, boolean always) {
        if (!always && events.size() <= MOST_LINES) {
            return events;
        }
        return events.stream().filter(event -> event.rank() < rank).toList();
    }

    /** The beginning and the end are what a reader needs; the end more. */
    private static List<Event> middleOut(List<Event> events) {
        if (events.size() <= MOST_LINES) {
            return events;
        }
        int head = MOST_LINES / 3;
        int tail = MOST_LINES - head - 1;
        List<Event> left = events.subList(head, events.size() - tail);
        List<Event> kept = new ArrayList<>(events.subList(0, head));
        kept.add(omitted(left));
        kept.addAll(events.subList(events.size() - tail, events.size()));
        return kept;
    }

    private static Event omitted(List<Event> left) {
        Mark last = left.get(left.size() - 1).mark();
        return new Event(
                0,
                0,
                new Mark(
                        0,
                        -1,
                        left.get(0).cpu(),
                        false,
                        What.OMITTED,
                        "",
                        "... " + left.size() + " lines ...",
                        last.cpu() == left.get(0).cpu() && last.irqsOff(),
                        last.cpu() == left.get(0).cpu() && last.ipi(),
                        last.cpu() == left.get(0).cpu() ? last.locks() : List.of()));
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }

    /** Breaks at spaces; goes on four to the right. */
    private static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (rest.length() > width) {
            int at = rest.lastIndexOf(' ', width);
            int cut = at <= 4 ? width : at;
            lines.add(rest.substring(0, cut));
            rest = "    " + rest.substring(cut).stripLeading();
        }
        lines.add(rest);
        return lines;
    }
}
