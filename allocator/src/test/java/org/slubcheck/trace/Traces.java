package org.slubcheck.trace;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Runs a file through the parser and the inference. */
final class Traces {
    /** One event, as read. */
    record Event(
            byte kind,
            int cpu,
            long ptr,
            String name,
            int bytesReq,
            int bytesAlloc,
            int gfp,
            int node) {}

    private Traces() {}

    static TraceInference infer(Path file) throws TraceFormatException {
        return infer(file, ops -> {});
    }

    static TraceInference infer(Path file, Consumer<OpBatch> ops) throws TraceFormatException {
        EventBatch events = new EventBatch(1000);
        OpBatch batch = new OpBatch(1000);
        try (TraceParser parser = TraceParser.open(file)) {
            TraceInference inference = new TraceInference(parser::name);
            while (parser.next(events)) {
                inference.infer(events, batch);
                ops.accept(batch);
            }
            return inference;
        }
    }

    static List<Event> events(TraceParser parser) throws TraceFormatException {
        List<Event> events = new ArrayList<>();
        EventBatch batch = new EventBatch(3);
        while (parser.next(batch)) {
            for (int i = 0; i < batch.size; i++) {
                events.add(
                        new Event(
                                batch.kind[i],
                                batch.cpu[i],
                                batch.ptr[i],
                                batch.name[i] < 0 ? null : parser.name(batch.name[i]),
                                batch.bytesReq[i],
                                batch.bytesAlloc[i],
                                batch.gfp[i],
                                batch.node[i]));
            }
        }
        return events;
    }
}
