package org.slubcheck.gate;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.slab.SlabInfo;
import org.slubcheck.trace.QueueTraffic;
import org.slubcheck.trace.ReplayResult;
import org.slubcheck.trace.TraceFormatException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a trace that was recorded on a real kernel through the allocator. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Runs an ftrace kmem trace, plain or .gz, through the allocator.",
            "Census at checkpoints, slabinfo at the end. Exit 1 on any violation."
        })
final class ReplayCommand implements Callable<Integer> {
    /** Events until the first sign of life where there is no terminal. */
    private static final long FIRST_LINE = 100_000;

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "TRACE", description = "what 'cat trace' printed, or its .gz")
    private Path trace;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "1",
            description = "1 to 4, default 1")
    private int nodes;

    @Option(names = "--parallel", description = "a thread a CPU; a free waits for its allocation")
    private boolean parallel;

    @Option(names = "--shared", description = "shared and alien queues on; reports their use")
    private boolean shared;

    @Option(
            names = "--spread",
            description = "the trace's CPUs move on over the machine's as the trace goes on")
    private boolean spread;

    @Option(names = "--json", description = "print one JSON object instead of slabinfo")
    private boolean json;

    @Mixin private EngineOptions engine;

    @Mixin private DebugOptions debug;

    @Mixin private FaultOptions faults;

    private long nextLine = FIRST_LINE;

    @Override
    public Integer call() {
        if (nodes < 1 || nodes > 4) {
            throw CliException.usage("--nodes must be 1..4, not " + nodes);
        }
        Kernel kernel = boot();
        ReplayResult result;
        try {
            result = Replays.run(trace, kernel, parallel, spread, this::progress);
        } catch (TraceFormatException e) {
            throw CliException.usage(e.getMessage());
        } finally {
            if (Terminal.here()) {
                System.err.println();
            }
        }
        DebugOptions.Outcome validated = debug.finish(kernel);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Json.print(out, fields(result, kernel));
        } else {
            out.print(SlabInfo.show(kernel.slab(), kernel.task(0)));
            result.messages().forEach(message -> out.println("violation: " + message));
            if (result.lostMarks() > 0) {
                out.println(
                        "The recording lost events at "
                                + result.lostMarks()
                                + " places: the counts are of what is left.");
            }
            if (shared) {
                QueueTraffic.of(kernel).lines().forEach(out::println);
            }
            validated.lines().forEach(out::println);
            out.println(result.summary());
        }
        out.flush();
        return result.clean() && validated.clean() ? Exit.OK : Exit.FAILED;
    }

    private Kernel boot() {
        try {
            Geometry geometry = Geometry.desktop(engine.cpus(), nodes);
            KernelConfig config = faults.on(debug.on(engine.on(geometry)));
            Kernel kernel = Kernel.boot(shared ? Replays.sharing(config) : config);
            faults.begin(kernel);
            return kernel;
        } catch (IllegalArgumentException e) {
            throw CliException.usage(e.getMessage());
        }
    }

    /** Events so far: one line that changes on a terminal, a line at each doubling elsewhere. */
    private void progress(long events) {
        if (Terminal.here()) {
            System.err.printf("\rreplay: %d events", events);
        } else if (events >= nextLine) {
            System.err.printf("replay: %d events%n", events);
            nextLine = 2 * events;
        }
    }

    private Map<String, Object> fields(ReplayResult result, Kernel kernel) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("schema", 1);
        fields.put("engine", engine.engine());
        fields.put("cpus", engine.cpus());
        fields.put("nodes", nodes);
        fields.put("cacheGroups", engine.cacheGroups(nodes));
        fields.put("parallel", parallel);
        fields.put("events", result.totals().events());
        fields.put("allocs", result.totals().allocs());
        fields.put("frees", result.totals().frees());
        fields.put("foreign", result.totals().foreign());
        fields.put("implied", result.totals().implied());
        fields.put("live", result.totals().live());
        fields.put("lostMarks", result.lostMarks());
        fields.put("lostEvents", result.lostEvents());
        fields.put("checkpoints", result.checkpoints());
        fields.put("violations", result.violations());
        fields.put("messages", result.messages());
        fields.put("shared", shared);
        fields.put("spread", spread);
        if (shared) {
            fields.put("queues", traffic(QueueTraffic.of(kernel)));
        }
        return fields;
    }

    private static Map<String, Object> traffic(QueueTraffic q) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("allocHitRate", q.allocHitRate());
        fields.put("freeHitRate", q.freeHitRate());
        fields.put("allocFastpath", q.allocFastpath());
        fields.put("allocShared", q.allocShared());
        fields.put("allocSlowpath", q.allocSlowpath());
        fields.put("allocAlien", q.allocAlien());
        fields.put("allocRemote", q.allocRemote());
        fields.put("freeFastpath", q.freeFastpath());
        fields.put("freeShared", q.freeShared());
        fields.put("freeSlowpath", q.freeSlowpath());
        fields.put("freeAlien", q.freeAlien());
        return fields;
    }
}
