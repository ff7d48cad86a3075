package org.slubcheck.gate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slubcheck.verdict.Mark;
import org.slubcheck.verdict.Mark.What;
import org.slubcheck.verdict.Verdict;

/**
 * A time line in the trace-event format of Chrome, which trace viewers open: a process for each CPU;
 * in it a thread with its events, and one for irqs, interrupts and each lock. Time is logical: a mark
 * takes ten microseconds.
 */
final class TraceEvents {
    private static final int TICK = 10;

    private final ArrayNode events = Json.MAPPER.createArrayNode();
    private final Map<String, Integer> threads = new LinkedHashMap<>();

    private TraceEvents() {}

    /** The file. */
    static ObjectNode of(Verdict verdict) {
        TraceEvents trace = new TraceEvents();
        trace.write(verdict.marks());
        ObjectNode file = Json.MAPPER.createObjectNode();
        file.set("traceEvents", trace.events);
        file.put("displayTimeUnit", "ms");
        file.putObject("otherData")
                .put("defect", verdict.id())
                .put("scenario", verdict.subject())
                .put("found", verdict.detail());
        return file;
    }

    private void write(List<Mark> marks) {
        Mark.cpus(marks)
                .forEach(
                        cpu -> {
                            ObjectNode name = event("M", "process_name", cpu, 0);
                            name.putObject("args").put("name", "CPU " + cpu);
                            thread(cpu, "events");
                        });
        int last = marks.stream().mapToInt(Mark::cpu).max().orElse(0);
        for (int i = 0; i < marks.size(); i++) {
            Mark mark = marks.get(i);
            boolean wrong = mark.what() == What.WRONG;
            int cpu = wrong ? Math.max(0, last) : mark.cpu();
            ObjectNode event = event("X", Lanes.shown(mark.text()), cpu, thread(cpu, "events"));
            event.put("ts", i * TICK).put("dur", TICK).put("cat", mark.what().name());
            event.putObject("args").put("access", mark.step()).put("object", mark.object());
        }
        for (Spans.Span span : Spans.of(marks)) {
            event("X", span.what(), span.cpu(), thread(span.cpu(), span.what()))
                    .put("ts", span.from() * TICK)
                    .put("dur", (span.to() - span.from()) * TICK)
                    .put("cat", span.lock() ? "lock" : "irq");
        }
    }

    private int thread(int cpu, String name) {
        String key = cpu + " " + name;
        if (!threads.containsKey(key)) {
            threads.put(key, threads.size() + 1);
            event("M", "thread_name", cpu, threads.get(key)).putObject("args").put("name", name);
        }
        return threads.get(key);
    }

    private ObjectNode event(String phase, String name, int cpu, int thread) {
        return events.addObject()
                .put("ph", phase)
                .put("name", name)
                .put("pid", cpu + 1)
                .put("tid", thread);
    }
}
