package org.slubcheck.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.trace.EventBatch;
import org.slubcheck.trace.KernelTarget;
import org.slubcheck.trace.OpBatch;
import org.slubcheck.trace.ParsedTrace;
import org.slubcheck.trace.Replay;
import org.slubcheck.trace.ReplayResult;
import org.slubcheck.trace.TraceFormatException;
import org.slubcheck.trace.TraceInference;
import org.slubcheck.trace.TraceParser;
import org.slubcheck.trace.TraceTotals;

/**
 * A trace of a real kernel, in events a second: read, run on parsed events, and both end to end.
 *
 * <p>The goals are 4 million for the engine alone and half a million from the compressed file, with
 * the census at the checkpoints. The engine alone runs in one thread in the order of the trace; the
 * live objects of a run are freed outside the measurement.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ReplayBenchmark {
    private static final int EVENTS = 207_541;

    /** The file, in the project that the launcher names, or found from its folder or a module's. */
    static Path trace() {
        Path file = Path.of("traces", "compile.trace.gz");
        Path here = Path.of(System.getProperty("slubcheck.home", "")).resolve(file);
        return Files.exists(here) ? here : Path.of("..").resolve(file);
    }

    private static Kernel boot(int cpus, int nodes) {
        return Kernel.boot(KernelConfig.of(Geometry.desktop(cpus, nodes)));
    }

    /** A machine and the trace in memory. */
    @State(Scope.Thread)
    public static class Parsed {
        /** CPUs of the machine. */
        @Param({"1", "2", "8"})
        public int cpus;

        private ParsedTrace.Runs runs;

        /** Reads and boots. */
        @Setup(Level.Trial)
        public void setUp() throws TraceFormatException {
            ParsedTrace parsed = ParsedTrace.of(trace());
            if (parsed.totals().events() != EVENTS) {
                throw new IllegalStateException("not the trace that this measures");
            }
            runs = parsed.on(new KernelTarget(boot(cpus, 1)));
        }

        /** Makes room for the next run. */
        @TearDown(Level.Invocation)
        public void freeLive() {
            runs.freeLive();
        }
    }

    /** A machine that has just been booted; a new one for each replay. */
    @State(Scope.Thread)
    public static class Fresh {
        private KernelTarget target;

        /** Boots, outside the measurement. */
        @Setup(Level.Invocation)
        public void boot() {
            target = new KernelTarget(ReplayBenchmark.boot(2, 1));
        }
    }

    /** The allocator alone. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public long engineAlone(Parsed state) {
        long refused = state.runs.run();
        if (refused != 0) {
            throw new IllegalStateException("out of memory");
        }
        return refused;
    }

    /** From the compressed file to the verdict. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public ReplayResult endToEnd(Fresh state) throws TraceFormatException {
        ReplayResult result = new Replay(state.target, false, 100_000, events -> {}).run(trace());
        if (!result.clean()) {
            throw new IllegalStateException(result.messages().get(0));
        }
        return result;
    }

    /** Reading and inference without a machine. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public TraceTotals reading() throws TraceFormatException {
        EventBatch events = new EventBatch(Replay.BATCH);
        OpBatch ops = new OpBatch(Replay.BATCH);
        try (TraceParser parser = TraceParser.open(trace())) {
            TraceInference inference = new TraceInference(parser::name);
            while (parser.next(events)) {
                inference.infer(events, ops);
            }
            return inference.totals();
        }
    }
}
