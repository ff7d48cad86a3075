package org.slubcheck.trace;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A trace in memory, to be run again and again on one machine: what is measured is then the
 * allocator and not the reading. For traces that fit; {@link Replay} is for all.
 */
public final class ParsedTrace {
    private final List<OpBatch> batches = new ArrayList<>();
    private final List<TracedCache> caches = new ArrayList<>();
    private final TraceTotals totals;
    private final int slots;

    private ParsedTrace(Path file) throws TraceFormatException {
        EventBatch events = new EventBatch(Replay.BATCH);
        try (TraceParser parser = TraceParser.open(file)) {
            TraceInference inference = new TraceInference(parser::name);
            while (parser.next(events)) {
                OpBatch ops = new OpBatch(Replay.BATCH);
                inference.infer(events, ops);
                batches.add(ops);
            }
            for (int i = 0; i < inference.caches(); i++) {
                caches.add(inference.cache(i));
            }
            totals = inference.totals();
            slots = inference.slots();
        }
    }

    /**
     * Reads a trace.
     *
     * @throws TraceFormatException if it cannot be read
     */
    public static ParsedTrace of(Path file) throws TraceFormatException {
        return new ParsedTrace(file);
    }

    /** What it adds up to. */
    public TraceTotals totals() {
        return totals;
    }

    /** Makes its caches on a machine. */
    public Runs on(ReplayTarget target) {
        return new Runs(target);
    }

    /** Runs of the trace on one machine, in the order of the trace, in the caller's thread. */
    public final class Runs {
        private final ReplayBooks books;
        private final long[] objects = new long[slots];
        private final int[] cacheOf = new int[slots];

        private Runs(ReplayTarget target) {
            books = new ReplayBooks(target);
            caches.forEach(cache -> books.add(target.cacheFor(cache)));
        }

        /** All operations of the trace, once; returns the objects that it could not get. */
        public long run() {
            long refused = 0;
            for (OpBatch ops : batches) {
                for (int i = 0; i < ops.count; i++) {
                    int slot = ops.slot[i];
                    if (ops.op[i] == OpBatch.FREE) {
                        books.release(ops, i, books.cpuOf(ops, i), objects[slot]);
                        objects[slot] = 0;
                        continue;
                    }
                    long object = books.allocate(ops, i, books.cpuOf(ops, i));
                    refused += object == 0 ? 1 : 0;
                    objects[slot] = object;
                    cacheOf[slot] = ops.cache[i];
                }
            }
            return refused;
        }

        /** Frees what lives, so that the trace can be run again. */
        public void freeLive() {
            for (int slot = 0; slot < slots; slot++) {
                if (objects[slot] == 0) {
                    continue;
                }
                if (caches.get(cacheOf[slot]).type() == TracedCache.Type.CACHE) {
                    books.target.free(0, books.address(cacheOf[slot]), objects[slot]);
                } else {
                    books.target.kfree(0, objects[slot]);
                }
            }
            Arrays.fill(objects, 0);
        }

        /** Objects that live now. */
        public long live() {
            return Arrays.stream(objects).filter(object -> object != 0).count();
        }
    }
}
