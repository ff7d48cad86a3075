package org.slubcheck.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slubcheck.verdict.Mark;
import org.slubcheck.verdict.Mark.What;

/** A time line as a sequence diagram, for an issue's comment: a participant for each CPU. */
final class Mermaid {
    private Mermaid() {}

    /** The lines of the diagram. */
    static List<String> lines(List<Mark> marks) {
        List<Integer> cpus = Mark.cpus(marks);
        List<String> lines = new ArrayList<>();
        lines.add("sequenceDiagram");
        cpus.forEach(cpu -> lines.add("    participant C" + cpu + " as CPU " + cpu));
        int sender = -1;
        for (Mark mark : marks) {
            if (mark.what() == What.WRONG) {
                lines.add("    Note over " + over(cpus) + ": " + escape(mark.text()));
                continue;
            }
            String who = "C" + mark.cpu();
            String text = escape(Lanes.shown(mark.text()));
            switch (mark.what()) {
                case IPI -> {
                    int from = sender < 0 ? mark.cpu() : sender;
                    lines.add("    C" + from + "->>" + who + ": IPI");
                }
                case LOCK, UNLOCK, READ, WRITE, BULK ->
                        lines.add("    " + who + "->>" + who + ": " + text);
                default -> lines.add("    Note over " + who + ": " + text);
            }
            if (!mark.irq() && !mark.ipi()) {
                sender = mark.cpu();
            }
        }
        return lines;
    }

    private static String over(List<Integer> cpus) {
        return cpus.stream()
                .filter(c -> c.equals(cpus.get(0)) || c.equals(cpus.get(cpus.size() - 1)))
                .map(c -> "C" + c)
                .collect(Collectors.joining(","));
    }

    /** A semicolon ends a statement, and a number sign begins an entity. */
    private static String escape(String text) {
        StringBuilder safe = new StringBuilder();
        for (char c : text.strip().toCharArray()) {
            switch (c) {
                case '#', ';', '<', '>', '%' -> safe.append('#').append((int) c).append(';');
                case '\n' -> safe.append("<br/>");
                default -> safe.append(c);
            }
        }
        return safe.toString();
    }
}
