package org.slubcheck.trace;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.slubcheck.machine.KernelDeath;

/**
 * Runs a trace through an allocator and compares the books.
 *
 * <p>A cache is created when the trace first allocates from it. At checkpoints, and before a cache
 * is created, everything comes to rest, the machine takes its census, and the objects that somebody
 * holds of each cache must be as many as the trace says live. What the machine holds for itself (the
 * structs and names of caches) is known from the moment after each creation.
 */
public final class Replay {
    /** Events of a batch. */
    public static final int BATCH = 4096;

    private static final int MAX_MESSAGES = 100;

    private final ReplayTarget target;
    private final boolean parallel;
    private final long checkpointEvery;
    private final LongConsumer progress;
    private final ReplayBooks books;
    private final Map<Long, Long> ownObjects = new HashMap<>();
    private final List<String> messages = new ArrayList<>();
    private boolean spread;
    private int moved;
    private long violations;
    private int checkpoints;

    /**
     * Prepares a replay; a target serves one.
     *
     * @param target the machine, booted
     * @param parallel a thread a CPU, or all in the order of the trace
     * @param checkpointEvery events from one checkpoint to the next
     * @param progress told the number of events now and then
     */
    public Replay(
            ReplayTarget target, boolean parallel, long checkpointEvery, LongConsumer progress) {
        this.target = target;
        this.parallel = parallel;
        this.checkpointEvery = Math.max(1, checkpointEvery);
        this.progress = progress;
        this.books = new ReplayBooks(target);
    }

    /**
     * Has the CPUs of the trace move on over those of the machine, by one with each batch of events:
     * so that a recording of two CPUs keeps every CPU and node busy, and most objects are freed
     * elsewhere than they were allocated. Off unless asked for. Returns this.
     */
    public Replay spread(boolean on) {
        spread = on;
        return this;
    }

    /**
     * Replays a trace.
     *
     * <p>An exception that is no {@link MachineDied} passes: the suite is at fault.
     *
     * @throws TraceFormatException if it cannot be read; what was read until then has been run
     */
    public ReplayResult run(Path trace) throws TraceFormatException {
        EventBatch events = new EventBatch(BATCH);
        try (TraceParser parser = TraceParser.open(trace);
                ReplayRunner runner =
                        new ReplayRunner(books, BATCH, parallel ? target.cpus() : 1)) {
            TraceInference inference = new TraceInference(parser::name);
            long[] live = new long[0];
            long next = checkpointEvery;
            MachineDied death = null;
            try {
                while (runner.failure() == null && parser.next(events)) {
                    OpBatch ops = runner.take();
                    inference.infer(events, ops);
                    if (needsRoom(inference)) {
                        runner.finish();
                        if (runner.failure() != null) {
                            // Its locks may be held for ever.
                            break;
                        }
                        makeRoom(inference, live);
                    }
                    live = liveCounts(inference);
                    move(ops);
                    runner.run(ops);
                    if (parser.events() >= next) {
                        next = parser.events() + checkpointEvery;
                        runner.finish();
                        checkpoint(inference, live, runner);
                        progress.accept(parser.events());
                    }
                }
                runner.finish();
                checkpoint(inference, live, runner);
            } catch (MachineDied e) {
                death = e;
            }
            if (runner.refused() > 0) {
                violation("the machine refused " + runner.refused() + " allocations: no memory");
            }
            if (runner.failure() != null) {
                death = diedOrThrow(runner.failure());
            }
            if (death != null) {
                violation("the machine died: " + death.getMessage());
            }
            return result(parser, inference);
        }
    }

    private void move(OpBatch ops) {
        for (int i = 0; spread && i < ops.count; i++) {
            ops.cpu[i] += moved;
        }
        moved = (moved + 1) % target.cpus();
    }

    private boolean needsRoom(TraceInference inference) {
        return inference.caches() > books.caches() || inference.slots() > books.slots.size();
    }

    /** Creates what the next batch needs; all that ran before must be in order. */
    private void makeRoom(TraceInference inference, long[] live) {
        if (inference.slots() > books.slots.size()) {
            books.slots.grow(inference.slots());
        }
        if (inference.caches() == books.caches()) {
            return;
        }
        compare(inference, live);
        for (int i = books.caches(); i < inference.caches(); i++) {
            books.add(target.cacheFor(inference.cache(i)));
        }
        Map<Long, Long> traced = tracedObjects(live);
        ownObjects.clear();
        traced.forEach(
                (cache, objects) -> ownObjects.put(cache, target.objectsHeld(cache) - objects));
    }

    private void checkpoint(TraceInference inference, long[] live, ReplayRunner runner) {
        if (runner.failure() != null) {
            return;
        }
        checkpoints++;
        compare(inference, live);
        target.check(books.slots.objects(cache -> books.address(cache) != 0), this::violation);
    }

    /** Holds the objects of each cache against the trace. */
    private void compare(TraceInference inference, long[] live) {
        tracedObjects(live)
                .forEach(
                        (cache, objects) -> {
                            long held = target.objectsHeld(cache) - ownObjects.get(cache);
                            if (held != objects) {
                                violation(
                                        names(inference, cache)
                                                + ": the machine holds "
                                                + held
                                                + " objects, the trace says "
                                                + objects);
                            }
                        });
    }

    /** Live objects of each of the machine's caches, by the trace. */
    private Map<Long, Long> tracedObjects(long[] live) {
        Map<Long, Long> objects = new HashMap<>();
        for (int i = 0; i < books.caches(); i++) {
            if (books.address(i) != 0) {
                objects.merge(books.address(i), i < live.length ? live[i] : 0L, Long::sum);
            }
        }
        return objects;
    }

    private String names(TraceInference inference, long cache) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < books.caches(); i++) {
            if (books.address(i) == cache) {
                names.add(inference.cache(i).name());
            }
        }
        return String.join(", ", names);
    }

    private static long[] liveCounts(TraceInference inference) {
        long[] live = new long[inference.caches()];
        for (int i = 0; i < live.length; i++) {
            live[i] = inference.live(i);
        }
        return live;
    }

    private void violation(String message) {
        violations++;
        if (messages.size() < MAX_MESSAGES) {
            messages.add(message);
        }
    }

    /** A machine that died is a finding; whatever else stops a thread is no finding and goes on. */
    private static MachineDied diedOrThrow(Throwable failure) {
        if (failure instanceof MachineDied died) {
            return died;
        }
        if (failure instanceof KernelDeath death) {
            return new MachineDied(death.getMessage(), death);
        }
        if (failure instanceof Error error) {
            throw error;
        }
        throw failure instanceof RuntimeException fault
                ? fault
                : new IllegalStateException("a thread of the replay was stopped", failure);
    }

    private ReplayResult result(TraceParser parser, TraceInference inference) {
        List<TracedCache> caches = new ArrayList<>();
        for (int i = 0; i < inference.caches(); i++) {
            caches.add(inference.cache(i));
        }
        return new ReplayResult(
                inference.totals(),
                caches,
                parser.otherEvents(),
                parser.lostMarks(),
                parser.lostEvents(),
                checkpoints,
                violations,
                messages);
    }
}
