package org.slubcheck.testkit;

import java.util.ArrayList;
import java.util.List;

/** Rows with a column for each task, for a terminal. */
final class Table {
    private static final int WIDTH = 118;
    private static final int STEP_WIDTH = 8;
    private static final int INDENT = 4;

    private final List<String> columns;
    private final int width;
    private final List<String> lines = new ArrayList<>();

    Table(List<String> columns) {
        this.columns = columns;
        this.width = (WIDTH - STEP_WIDTH) / Math.max(2, columns.size());
        StringBuilder head = new StringBuilder(String.format("%6s  ", "step"));
        columns.forEach(column -> head.append(pad(cut(column))));
        lines.add(head.toString().stripTrailing());
    }

    /** A row; its text goes on in further lines where it must. A step of 0 has no number. */
    void row(int step, int column, String text) {
        boolean first = true;
        for (String part : wrap(text, width - 2)) {
            StringBuilder line = new StringBuilder();
            line.append(first && step > 0 ? String.format("%6d  ", step) : " ".repeat(STEP_WIDTH));
            for (int i = 0; i < columns.size(); i++) {
                line.append(pad(i == column ? part : "."));
            }
            lines.add(line.toString().stripTrailing());
            first = false;
        }
    }

    /** What is wrong at the end. */
    void end(String wrong) {
        lines.add("");
        wrong.lines().forEach(line -> lines.addAll(wrap("=> " + line, WIDTH)));
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    private String cut(String head) {
        return head.length() < width ? head : head.substring(0, width - 2) + "…";
    }

    private String pad(String text) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }

    /** Breaks at spaces, or anywhere where there are none. */
    private static List<String> wrap(String text, int width) {
        List<String> parts = new ArrayList<>();
        String rest = text;
        while (rest.length() > width) {
            int at = rest.lastIndexOf(' ', width);
            int cut = at <= INDENT ? width : at;
            parts.add(rest.substring(0, cut).stripTrailing());
            rest = " ".repeat(INDENT) + rest.substring(cut).stripLeading();
        }
        parts.add(rest);
        return parts;
    }
}
