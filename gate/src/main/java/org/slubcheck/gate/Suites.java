package org.slubcheck.gate;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.slubcheck.machine.Geometry;
import org.slubcheck.model.Linearizability;
import org.slubcheck.properties.PropertyRunner;
import org.slubcheck.trace.ReplayResult;
import org.slubcheck.trace.TraceFormatException;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** What a gate checks on the fixed code and belongs to no defect. */
final class Suites {
    private static final List<String> TRACES = List.of("compile.trace.gz", "network.trace.gz");

    private final Profile profile;

    Suites(Profile profile) {
        this.profile = profile;
    }

    /** The ids of what must have been told in the end. */
    static List<String> ids(Profile profile) {
        return profile.linearizability()
                ? List.of("linearizability", "stateful", "replay")
                : List.of("stateful", "replay");
    }

    /** Runs all of them and tells each verdict. */
    void run(Consumer<Verdict> tell) {
        if (profile.linearizability()) {
            Linearizability.run(profile.modelClean()).forEach(tell);
        }
        tell.accept(
                PropertyRunner.run(
                        "stateful",
                        true,
                        Technique.PROPERTY,
                        "ApiProperties.machineStaysSound",
                        profile.tries(),
                        Profile.SEED));
        for (String trace : TRACES) {
            tell.accept(replay(trace, 2, 1, false));
            tell.accept(replay(trace, 2, 2, true));
        }
    }

    private static Verdict replay(String trace, int cpus, int nodes, boolean parallel) {
        long begin = System.nanoTime();
        String subject =
                trace + " cpus=" + cpus + " nodes=" + nodes + (parallel ? " parallel" : "");
        Outcome outcome;
        String detail;
        long events = 0;
        try {
            Path file = Home.root().resolve("traces").resolve(trace);
            ReplayResult result =
                    Replays.run(file, Geometry.desktop(cpus, nodes), parallel, count -> {});
            events = result.totals().events();
            outcome = result.clean() ? Outcome.CLEAN_SAMPLED : Outcome.FOUND;
            detail = result.clean() ? result.summary() : result.messages().get(0);
        } catch (TraceFormatException e) {
            outcome = Outcome.NOT_RUN;
            detail = e.getMessage();
        }
        return new Verdict(
                        "replay",
                        true,
                        Technique.PROPERTY,
                        subject,
                        outcome,
                        events,
                        -1,
                        events,
                        0,
                        "",
                        detail,
                        List.of())
                .took((System.nanoTime() - begin) / 1e9);
    }
}
