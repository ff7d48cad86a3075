package org.slubcheck.gate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slubcheck.verdict.Mark;

/** From where to where a CPU had irqs off, ran another's interrupt, held a lock. */
final class Spans {
    static final String OFF = "irqs off";
    static final String IPI = "interrupted by another CPU";

    private Spans() {}

    /**
     * A span.
     *
     * @param cpu where
     * @param what {@link #OFF}, {@link #IPI}, or {@code holds} and a lock's name
     * @param from the first mark that has it behind it
     * @param to the first that has not; the number of marks when it never ended
     */
    record Span(int cpu, String what, int from, int to) {
        boolean lock() {
            return !what.equals(OFF) && !what.equals(IPI);
        }
    }

    /** All spans, by CPU and then by beginning. */
    static List<Span> of(List<Mark> marks) {
        List<Span> spans = new ArrayList<>();
        marks.stream()
                .map(Mark::cpu)
                .filter(cpu -> cpu >= 0)
                .distinct()
                .sorted()
                .forEach(cpu -> of(cpu, marks, spans));
        return spans;
    }

    private static void of(int cpu, List<Mark> marks, List<Span> spans) {
        Map<String, Integer> open = new LinkedHashMap<>();
        List<Span> own = new ArrayList<>();
        for (int i = 0; i < marks.size(); i++) {
            if (marks.get(i).cpu() != cpu) {
                continue;
            }
            List<String> now = held(marks.get(i));
            for (String what : List.copyOf(open.keySet())) {
                if (!now.contains(what)) {
                    own.add(new Span(cpu, what, open.remove(what), i));
                }
            }
            for (String what : now) {
                open.putIfAbsent(what, i);
            }
        }
        open.forEach((what, from) -> own.add(new Span(cpu, what, from, marks.size())));
        own.sort(java.util.Comparator.comparingInt(Span::from));
        spans.addAll(own);
    }

    private static List<String> held(Mark mark) {
        List<String> held = new ArrayList<>();
        if (mark.irqsOff()) {
            held.add(OFF);
        }
        if (mark.ipi()) {
            held.add(IPI);
        }
        mark.locks().forEach(lock -> held.add("holds " + lock));
        return held.stream().distinct().toList();
    }
}
