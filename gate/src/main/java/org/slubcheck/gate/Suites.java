package org.slubcheck.gate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slubcheck.defects.Suspect;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.scenarios.LockdepCheck;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.trace.ReplayResult;
import org.slubcheck.trace.TraceFormatException;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** What a gate checks on the fixed code and belongs to no defect. */
final class Suites {
    private static final String STATEFUL = "stateful";
    private static final List<String> STATEFUL_MODELS =
            List.of(
                    "ApiProperties.machineStaysSound",
                    "NumaProperties.machineStaysSound",
                    "NumaProperties.machineStaysSoundWhileItChanges",
                    "NumaProperties.fullExpiryGivesEveryPageBack",
                    "NumaProperties.queuesChangeNothingThatACallerSees",
                    "SlubProperties.enginesAgree",
                    "BootOrderProperties.documentedOrdersAreAccepted",
                    "BootOrderProperties.documentedOrdersAreAcceptedEarly");
    private static final String FAULTS = "faults";

    /** Everything that needs memory is refused it once; in the quick form on fewer machines. */
    private static final List<String> FEW_FAULTS =
            List.of("FaultSweepProperties.anyCallMayFail", "FaultSweepProperties.anyBootMayFail");

    private static final List<String> ALL_FAULTS =
            List.of(
                    "FaultSweepProperties.everyCallOfEveryEngineMayFail",
                    "FaultSweepProperties.everyBootOfEveryEngineMayFail",
                    "FaultSweepProperties.everyTwoOfABootMayFail");
    private static final String REPLAY = "replay";
    private static final String LOCK_ORDER = "lock-order";

    /** A trace on a machine. */
    private record Setup(
            String trace, String engine, int cpus, int nodes, boolean parallel, boolean shared) {
        Setup(String trace, int cpus, int nodes, boolean parallel, boolean shared) {
            this(trace, "slubq", cpus, nodes, parallel, shared);
        }

        Setup(String trace, int cpus, int nodes, boolean parallel) {
            this(trace, cpus, nodes, parallel, false);
        }

        String subject() {
            return trace
                    + " cpus="
                    + cpus
                    + " nodes="
                    + nodes
                    + (parallel ? " parallel" : "")
                    + (shared ? " shared spread" : "")
                    + (engine.equals("slubq") ? "" : " engine=" + engine);
        }

        /** Where queues are shared the trace is spread too, so that all nodes have something to do. */
        ReplayResult run() throws TraceFormatException {
            KernelConfig config = KernelConfig.of(Geometry.desktop(cpus, nodes)).withEngine(engine);
            Path file = Home.root().resolve("traces").resolve(trace);
            Kernel kernel = Kernel.boot(shared ? Replays.sharing(config) : config);
            return Replays.run(file, kernel, parallel, shared, count -> {});
        }
    }

    private static final List<Setup> REPLAYS =
            List.of(
                    new Setup("compile.trace.gz", 2, 1, false),
                    new Setup("compile.trace.gz", 2, 2, true),
                    new Setup("compile.trace.gz", 8, 4, true, true),
                    new Setup("network.trace.gz", 2, 1, false),
                    new Setup("network.trace.gz", 2, 2, true),
                    new Setup("network.trace.gz", 8, 4, true, true),
                    new Setup("compile.trace.gz", "slub", 2, 2, true, false),
                    new Setup("compile.trace.gz", "slub-lockless", 2, 2, true, false));

    private Suites() {}

    /** All of them that a profile asks for. */
    static List<Plan.Job> jobs(Profile profile) {
        List<Plan.Job> jobs = new ArrayList<>();
        for (String model : STATEFUL_MODELS) {
            jobs.add(Plan.job(Part.SUITE, STATEFUL, Technique.PROPERTY, model, true));
        }
        for (String faults : profile == Profile.QUICK ? FEW_FAULTS : ALL_FAULTS) {
            jobs.add(Plan.job(Part.SUITE, FAULTS, Technique.FAULT, faults, true));
        }
        Stream.concat(Scenarios.all().stream(), Scenarios.pairs().stream())
                .map(s -> Plan.job(Part.SUITE, LOCK_ORDER, Technique.LOCKDEP, s.id(), true))
                .forEach(jobs::add);
        for (Setup setup : REPLAYS) {
            jobs.add(Plan.job(Part.SUITE, REPLAY, Technique.PROPERTY, setup.subject(), true));
        }
        return jobs;
    }

    /** Whether it is a trace that is replayed. */
    static boolean replays(Key key) {
        return key.id().equals(REPLAY);
    }

    /** Whether a property is run on the fixed code here anyway. */
    static boolean models(String property) {
        return STATEFUL_MODELS.contains(property);
    }

    /** Runs one that is no property. */
    static Verdict run(Key key) {
        if (key.id().equals(LOCK_ORDER)) {
            return Scenarios.byId(key.subject())
                    .map(s -> LockdepCheck.run(Suspect.mainline(LOCK_ORDER), s))
                    .orElseGet(() -> key.verdict(Outcome.NOT_RUN, "no such scenario"));
        }
        return REPLAYS.stream()
                .filter(setup -> setup.subject().equals(key.subject()))
                .findFirst()
                .map(setup -> replay(setup, key))
                .orElseGet(() -> key.verdict(Outcome.NOT_RUN, "no such suite"));
    }

    private static Verdict replay(Setup setup, Key key) {
        try {
            ReplayResult result = setup.run();
            long events = result.totals().events();
            return Verdict.of(
                            key.id(),
                            true,
                            key.technique(),
                            key.subject(),
                            result.clean() ? Outcome.CLEAN_SAMPLED : Outcome.FOUND,
                            result.clean() ? result.summary() : result.messages().get(0))
                    .runs(events);
        } catch (TraceFormatException e) {
            return key.verdict(Outcome.FAULT, e.getMessage());
        }
    }
}
