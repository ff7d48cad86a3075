package org.slubcheck.gate;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.stress.process.Scratch;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One defect, one technique: the failing case as a time line, or the proof that the fix holds. */
@Command(
        name = "reproduce",
        mixinStandardHelpOptions = true,
        description = {
            "Reproduces one defect and prints the failing interleaving or case.",
            "Exit 0 when it is found, with --fixed when the fixed code is clean."
        })
final class ReproduceCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "ID", description = "for example Q04a")
    private String id;

    @Option(
            names = "--technique",
            paramLabel = "T",
            description = "stress, model, property, boot, fault (default: the best for it)")
    private String label;

    @Option(names = "--fixed", description = "run the fixed twin, which must be clean")
    private boolean fixed;

    @Option(names = "--json", description = "print the verdict as JSON")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Catalogue.Entry entry = Ids.entry(id);
        Technique technique = Ids.technique(entry, label);
        PrintWriter out = spec.commandLine().getOut();
        Verdict verdict;
        try (Scratch scratch = Scratch.open()) {
            Path log = Files.createFile(scratch.folder().resolve("tools.log"));
            verdict = Techniques.run(entry, technique, fixed, Profile.QUICK, log);
        }
        if (json) {
            Json.print(out, verdict);
        } else {
            tell(out, entry, verdict);
        }
        out.flush();
        if (verdict.outcome() == Outcome.FAULT) {
            return Exit.FAULT;
        }
        return verdict.asExpected() ? Exit.OK : Exit.FAILED;
    }

    private void tell(PrintWriter out, Catalogue.Entry entry, Verdict verdict) {
        out.printf(
                "%s  %s%s%n", entry.defect().id(), entry.defect().title(), fixed ? " (fixed)" : "");
        out.printf("step %s, by %s%n", entry.defect().step().name(), verdict.technique().label());
        out.println();
        verdict.timeline().forEach(out::println);
        if (!verdict.timeline().isEmpty()) {
            out.println();
        }
        out.println(verdict.detail());
        if (verdict.technique() != Technique.STRESS) {
            out.println(
                    "verdict: "
                            + Matrix.summary(verdict)
                            + ", step reached "
                            + verdict.stepReached()
                            + " times");
        } else if (verdict.outcome() == Outcome.FOUND) {
            // How many samples real threads took is another number each time.
            out.println("verdict: " + verdict.outcome().label() + " " + verdict.subject());
        } else {
            out.println("verdict: " + Matrix.summary(verdict));
        }
    }
}
