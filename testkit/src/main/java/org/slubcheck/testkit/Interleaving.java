package org.slubcheck.testkit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetbrains.kotlinx.lincheck.trace.CodeLocationTracePoint;
import org.jetbrains.kotlinx.lincheck.trace.LoopEndTracePoint;
import org.jetbrains.kotlinx.lincheck.trace.LoopIterationTracePoint;
import org.jetbrains.kotlinx.lincheck.trace.LoopStartTracePoint;
import org.jetbrains.kotlinx.lincheck.trace.MethodCallTracePoint;
import org.jetbrains.kotlinx.lincheck.trace.MethodReturnTracePoint;
import org.jetbrains.kotlinx.lincheck.trace.MonitorEnterTracePoint;
import org.jetbrains.kotlinx.lincheck.trace.MonitorExitTracePoint;
import org.jetbrains.kotlinx.lincheck.trace.ReadTracePoint;
import org.jetbrains.kotlinx.lincheck.trace.SectionDelimiterTracePoint;
import org.jetbrains.kotlinx.lincheck.trace.SwitchEventTracePoint;
import org.jetbrains.kotlinx.lincheck.trace.Trace;
import org.jetbrains.kotlinx.lincheck.trace.TracePoint;
import org.slubcheck.verdict.Mark;
import org.slubcheck.verdict.Mark.What;

/**
 * A failing interleaving as Lincheck recorded it, told in rows: steps downwards, a column for each
 * task. Calls that contain other steps are left out where there is too much to read, then the
 * middle.
 */
final class Interleaving {
    private static final int MOST_ROWS = 48;
    private static final int HEAD_ROWS = 16;

    /** Code between Lincheck and the subject. */
    private static final List<String> OWN =
            List.of(
                    ModelTest.class.getName(),
                    Concurrent.class.getName(),
                    Specification.class.getName());

    /** Where in the source: {@code at Type.method(File.java:12)}. */
    private static final Pattern PLACE = Pattern.compile(" at \\S*\\(([^()]*:\\d+)\\)$");

    /** A step; a call that has others inside is framing. */
    private record Row(int step, int task, What what, String text, boolean framing) {}

    private final List<String> tasks;
    private final List<Row> rows = new ArrayList<>();
    private final Set<Integer> begun = new HashSet<>();

    private Interleaving(List<String> tasks) {
        this.tasks = tasks;
    }

    /**
     * Reads a trace.
     *
     * @param tasks the names of the tasks, in order
     */
    static Interleaving of(Trace trace, List<String> tasks) {
        Interleaving told = new Interleaving(tasks);
        List<TracePoint> points = trace.getTrace();
        int sections = 0;
        for (int i = 0; i < points.size() && sections < 2; i++) {
            if (points.get(i) instanceof SectionDelimiterTracePoint) {
                sections++;
            } else {
                told.add(points, i);
            }
        }
        return told;
    }

    private void add(List<TracePoint> points, int at) {
        TracePoint point = points.get(at);
        int task = point.getIThread();
        if (task < 0 || task >= tasks.size() || point instanceof MethodReturnTracePoint) {
            return;
        }
        String text = point.toString();
        if (begun.add(task)) {
            rows.add(new Row(0, task, What.BEGIN, "begins", false));
        }
        if (text.startsWith("task" + task + "(") || ofLoop(point) || own(point)) {
            return;
        }
        if (point instanceof MethodCallTracePoint) {
            boolean leaf =
                    at + 1 < points.size() && points.get(at + 1) instanceof MethodReturnTracePoint;
            What what = text.matches("(?s)[^(]*\\bget\\w*\\(.*") ? What.READ : What.WRITE;
            rows.add(new Row(point.getEventId(), task, what, shorten(text), !leaf));
        } else {
            rows.add(new Row(point.getEventId(), task, kind(point, text), words(point), false));
        }
    }

    /** Done by us and not by the subject. */
    private static boolean own(TracePoint point) {
        if (!(point instanceof CodeLocationTracePoint at)) {
            return false;
        }
        // Lincheck writes it with slashes or dots.
        String type = at.getStackTraceElement().getClassName().replace('/', '.');
        int nested = type.indexOf('$');
        return OWN.contains(nested < 0 ? type : type.substring(0, nested));
    }

    private static boolean ofLoop(TracePoint point) {
        return point instanceof LoopStartTracePoint
                || point instanceof LoopIterationTracePoint
                || point instanceof LoopEndTracePoint;
    }

    private static What kind(TracePoint point, String text) {
        if (point instanceof SwitchEventTracePoint) {
            return text.contains("reason") ? What.WAITS : What.PREEMPTED;
        }
        if (point instanceof MonitorEnterTracePoint) {
            return What.LOCK;
        }
        if (point instanceof MonitorExitTracePoint) {
            return What.UNLOCK;
        }
        return point instanceof ReadTracePoint ? What.READ : What.WRITE;
    }

    private static String words(TracePoint point) {
        String text = shorten(point.toString());
        if (point instanceof SwitchEventTracePoint) {
            int reason = text.indexOf("(reason: ");
            return reason < 0
                    ? "~~ preempted"
                    : "~~ waits: " + text.substring(reason + 9, text.length() - 1);
        }
        return text.replace("MONITORENTER", "enters a monitor")
                .replace("MONITOREXIT", "leaves a monitor")
                .replace("➜", "->");
    }

    private static String shorten(String text) {
        String line = text.lines().findFirst().orElse("");
        Matcher place = PLACE.matcher(line);
        return place.find() ? line.substring(0, place.start()) + "  " + place.group(1) : line;
    }

    /** What is shown: all of it, or without framing, or without its middle. */
    private List<Row> shown() {
        List<Row> kept = rows;
        if (kept.size() > MOST_ROWS) {
            kept = rows.stream().filter(row -> !row.framing).toList();
        }
        if (kept.size() > MOST_ROWS) {
            int tail = MOST_ROWS - HEAD_ROWS - 1;
            List<Row> cut = new ArrayList<>(kept.subList(0, HEAD_ROWS));
            int left = kept.size() - HEAD_ROWS - tail;
            cut.add(
                    new Row(
                            0,
                            kept.get(HEAD_ROWS).task,
                            What.OMITTED,
                            "... " + left + " steps ...",
                            false));
            cut.addAll(kept.subList(kept.size() - tail, kept.size()));
            kept = cut;
        }
        return kept;
    }

    /** The rows as lines. */
    List<String> lines(String wrong) {
        Table table = new Table(tasks);
        shown().forEach(row -> table.row(row.step, row.task, row.text));
        table.end(wrong);
        return table.lines();
    }

    /** The rows taken apart, for drawings; the last is what is wrong. */
    List<Mark> marks(String wrong) {
        List<Mark> marks = new ArrayList<>();
        for (Row row : shown()) {
            marks.add(
                    new Mark(
                            row.step, row.task, row.task, false, row.what, "", row.text, false,
                            false, List.of()));
        }
        marks.add(Mark.wrong(wrong));
        return marks;
    }
}
