package org.slubcheck.gate;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.defects.Evidence;
import org.slubcheck.defects.Story;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The story of a defect, or what a commit message claims. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = {
            "Tells the story of a defect: source, rule, mechanism, symptom, fix.",
            "'" + SizeClaim.ID + "' shows what that commit saves, in bytes."
        })
final class ExplainCommand implements Callable<Integer> {
    private static final int WIDTH = 78;

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "ID", description = "for example Q04a")
    private String id;

    @Override
    public Integer call() {
        if (SizeClaim.ID.equalsIgnoreCase(id)) {
            SizeClaim.print(spec.commandLine().getOut());
            return Exit.OK;
        }
        Catalogue.Entry entry = Ids.entry(id);
        Story story = entry.defect().story();
        PrintWriter out = spec.commandLine().getOut();
        String head = entry.defect().id() + "  " + entry.defect().title();
        out.println(head);
        out.println("=".repeat(head.length()));
        section(out, "Source", story.source());
        section(out, "Evidence", Evidence.describe(story.evidence()));
        section(out, "Rule", story.rule());
        section(out, "What goes wrong", story.mechanism());
        section(out, "Symptom", story.symptom());
        section(out, "Fix", story.fix());
        section(
                out,
                "In this project",
                "The defect replaces the step "
                        + entry.defect().step().name()
                        + " ("
                        + (ListCommand.engine(entry).equals("all")
                                ? "on all engines"
                                : ListCommand.engine(entry))
                        + "). It is looked for by "
                        + entry.subjects().entrySet().stream()
                                .sorted(java.util.Map.Entry.comparingByKey())
                                .map(e -> e.getKey().label() + " (" + e.getValue() + ")")
                                .collect(Collectors.joining(", "))
                        + "; best by "
                        + entry.defect().best().label()
                        + ".");
        out.println();
        out.println("Reproduce it:  ./slubcheck reproduce " + entry.defect().id());
        out.println("The fix holds: ./slubcheck reproduce " + entry.defect().id() + " --fixed");
        out.flush();
        return Exit.OK;
    }

    /** A heading, and a text in lines that fit. */
    static void section(PrintWriter out, String title, String text) {
        out.println();
        out.println(title);
        StringBuilder line = new StringBuilder("   ");
        for (String word : text.split("\\s+", -1)) {
            if (line.length() + 1 + word.length() > WIDTH) {
                out.println(line);
                line.setLength(0);
                line.append("   ");
            }
            line.append(' ').append(word);
        }
        out.println(line);
    }
}
