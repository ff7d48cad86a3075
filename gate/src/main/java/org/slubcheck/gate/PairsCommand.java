package org.slubcheck.gate;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.slubcheck.defects.Suspect;
import org.slubcheck.model.Budget;
import org.slubcheck.model.ModelCanaries;
import org.slubcheck.model.ModelCheck;
import org.slubcheck.scenarios.Scenario;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.verdict.Verdict;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Every two operations on one cache at the same time, as a table. */
@Command(
        name = "pairs",
        mixinStandardHelpOptions = true,
        description = {
            "Runs every two operations on one cache at the same time.",
            "Through every interleaving with two preemptions, among which at most one wait forces a"
                    + " switch; prints a table of them, the one in docs/pairs.md. All of them take"
                    + " a quarter of an hour. Exit 0 when all are clean."
        })
final class PairsCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "PATTERN",
            arity = "0..1",
            defaultValue = ".*",
            description = "which pairs, a regular expression: free-.* (default all)")
    private String pattern;

    @Override
    public Integer call() {
        Pattern wanted = BenchCommand.pattern(pattern);
        List<Scenario> pairs =
                Scenarios.pairs().stream()
                        .filter(pair -> wanted.matcher(name(pair)).matches())
                        .toList();
        if (pairs.isEmpty()) {
            throw CliException.usage("no pair is called like " + pattern);
        }
        List<Verdict> canaries = ModelCanaries.ALL.stream().map(ModelCanaries.Twin::run).toList();
        for (Verdict canary : canaries) {
            if (!Entry.of(0, canary).expected()) {
                throw new CliException(Exit.FAULT, canary.id() + ": " + canary.detail());
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("| pair | verdict | interleavings | preemptions | seen |");
        out.println("|---|---|--:|--:|---|");
        boolean clean = true;
        for (Scenario pair : pairs) {
            Verdict verdict = ModelCheck.run(Suspect.mainline(Plan.PAIRS), pair, Budget.PAIR);
            out.printf(
                    "| %s | %s | %d | %d | %s |%n",
                    name(pair),
                    verdict.outcome().label(),
                    verdict.runs(),
                    verdict.preemptions(),
                    seen(verdict));
            out.flush();
            verdict.timeline().forEach(System.err::println);
            clean &= verdict.asExpected();
        }
        return clean ? Exit.OK : Exit.FAILED;
    }

    private static String name(Scenario pair) {
        return pair.id().substring("pair-".length());
    }

    /** What a detail says beyond the columns. */
    private static String seen(Verdict verdict) {
        int meet = verdict.detail().indexOf("tasks meet");
        return meet < 0 ? verdict.detail() : verdict.detail().substring(meet);
    }
}
