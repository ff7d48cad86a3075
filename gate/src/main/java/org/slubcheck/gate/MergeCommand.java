package org.slubcheck.gate;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The reports of all shards as the report of one gate. */
@Command(
        name = "merge",
        mixinStandardHelpOptions = true,
        description = {
            "Joins the reports of the shards of one gate, of one JDK or several.",
            "A shard that is missing or comes twice and reports of different sources or profiles"
                    + " are errors. Prints and exits as the whole gate would have."
        })
final class MergeCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "report.json of a shard")
    private List<Path> files;

    @Option(names = "--json", paramLabel = "FILE", description = "write the report here, too")
    private Path json;

    @Option(
            names = "--costs",
            paramLabel = "FILE",
            description = "write what each job took, the table that --shard deals out by")
    private Path costs;

    @Override
    public Integer call() throws IOException {
        List<Shards.Part> parts = new ArrayList<>();
        for (Path file : files) {
            parts.add(new Shards.Part(file.toString(), read(file)));
        }
        Report whole = Shards.join(parts);
        if (costs != null) {
            write(Costs.table(whole.verdicts().stream().map(Entry::verdict).toList()));
        }
        try (Reports reports = Reports.open(Home.reports(), json)) {
            reports.write(whole, Commit.of(Home.root()));
        }
        PrintWriter out = spec.commandLine().getOut();
        GateCommand.tell(out, whole, GateCommand.Told.SUMMARY);
        return Judgement.exit(whole.verdicts());
    }

    private void write(List<String> table) {
        try {
            Reports.replace(
                    costs, (String.join("\n", table) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw CliException.usage("--costs " + costs + " cannot be written");
        }
    }

    static Report read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw CliException.usage(file + ": no such file");
        }
        Report report;
        try {
            report = Json.MAPPER.readValue(file.toFile(), Report.class);
        } catch (IOException e) {
            throw CliException.usage(file + " is no report of a gate: it cannot be read as one");
        }
        if (report == null || report.schema() != Report.SCHEMA || report.profile() == null) {
            throw CliException.usage(file + " is no report of a gate of this version");
        }
        return report;
    }
}
