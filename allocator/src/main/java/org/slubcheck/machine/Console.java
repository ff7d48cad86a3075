package org.slubcheck.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The kernel's log: what printk wrote, and which of it is a report of something wrong.
 *
 * <p>An observer: no kernel code reads it. Lines come from any task, so access is serialised by the
 * monitor of this object.
 */
public final class Console {
    /** printk's levels. */
    public enum Level {
        /** The system is unusable. */
        EMERG,
        /** Act at once. */
        ALERT,
        /** Critical. */
        CRIT,
        /** Error. */
        ERR,
        /** Warning. */
        WARNING,
        /** Normal but significant. */
        NOTICE,
        /** Informational. */
        INFO,
        /** Debugging. */
        DEBUG
    }

    /**
     * A line of the log.
     *
     * @param level how bad it is
     * @param text without a newline
     * @param time how many accesses to memory had been made; 0 on bare memory, which does not count
     */
    public record Line(Level level, String text, long time) {
        /** A line from before the first access. */
        public Line(Level level, String text) {
            this(level, text, 0);
        }

        /**
         * As dmesg shows it: an access counts as a microsecond, so the same boot prints the same
         * stamps on every machine.
         */
        public String stamped() {
            return String.format(
                    Locale.ROOT,
                    "[%5d.%06d] %s",
                    time / ACCESSES_A_SECOND,
                    time % ACCESSES_A_SECOND,
                    text);
        }
    }

    private static final long ACCESSES_A_SECOND = 1_000_000;

    private LongSupplier clock = () -> 0;
    private List<Line> lines = List.of();
    private List<String> reports = List.of();
    private List<String> once = List.of();

    /** A copy, or what this is a copy of, has the same lists. */
    private boolean shared;

    /** Is told of each report; null for nobody. */
    private Consumer<String> reader;

    /** A console that was read from somewhere: its lines, and those of its reports. */
    public static Console of(List<Line> lines, List<String> reports) {
        Console console = new Console();
        console.lines = List.copyOf(lines);
        console.reports = List.copyOf(reports);
        console.shared = true;
        return console;
    }

    /** Has somebody told of each report as soon as it is made; copies have nobody. */
    public synchronized void onReport(Consumer<String> told) {
        reader = told;
    }

    private synchronized Consumer<String> reader() {
        return reader;
    }

    /** A console with the same contents, going on by itself. */
    public synchronized Console fork() {
        Console copy = new Console();
        if (!lines.isEmpty()) {
            copy.lines = lines;
            copy.reports = reports;
            copy.once = once;
            copy.shared = true;
            shared = true;
        }
        return copy;
    }

    /** Before a list changes: most copies never write a line, so they share what there is. */
    private void own() {
        if (shared) {
            lines = new ArrayList<>(lines);
            reports = new ArrayList<>(reports);
            once = new ArrayList<>(once);
            shared = false;
        }
    }

    /** What the time of the lines from here on is read from; copies have no clock yet. */
    synchronized void clock(LongSupplier accesses) {
        clock = accesses;
    }

    /** How many accesses to memory have been made; 0 on bare memory, which does not count. */
    public synchronized long now() {
        return clock.getAsLong();
    }

    /** printk: may hold several lines. */
    public synchronized void printk(Level level, String format, Object... arguments) {
        String text =
                arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments);
        long now = clock.getAsLong();
        own();
        lines = lines.isEmpty() ? new ArrayList<>() : lines;
        for (String line : text.split("\n", -1)) {
            lines.add(new Line(level, line, now));
        }
    }

    /** Writes a report of something wrong; its first line says what. */
    public void report(Level level, String text) {
        add(level, text);
        Consumer<String> told = reader();
        if (told != null) {
            // Outside of the monitor: who is told looks at memory, whose observers print, too.
            told.accept(text);
        }
    }

    private synchronized void add(Level level, String text) {
        printk(level, "%s", text);
        reports = reports.isEmpty() ? new ArrayList<>() : reports;
        reports.add(text);
    }

    /** WARN: a report that the kernel survives. */
    public void warn(String where, String message) {
        report(
                Level.WARNING,
                "------------[ cut here ]------------\nWARNING: at " + where + "\n" + message);
    }

    /** WARN_ON_ONCE: only the first of each place is reported; true when this was the first. */
    public boolean warnOnce(String where, String message) {
        boolean first = first(where);
        if (first) {
            warn(where, message);
        }
        return first;
    }

    private synchronized boolean first(String where) {
        if (once.contains(where)) {
            return false;
        }
        own();
        once = once.isEmpty() ? new ArrayList<>() : once;
        return once.add(where);
    }

    /** All lines, oldest first. */
    public synchronized List<Line> lines() {
        return List.copyOf(lines);
    }

    /** All reports of something wrong, oldest first; empty on a healthy machine. */
    public synchronized List<String> reports() {
        return List.copyOf(reports);
    }
}
