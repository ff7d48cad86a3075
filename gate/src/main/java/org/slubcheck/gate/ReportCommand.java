package org.slubcheck.gate;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A gate's report in another form. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = {
            "Writes a gate's report as an HTML page, SARIF or Markdown.",
            "A gate writes them all to target/gate; this does it again, from any report.json."
        })
final class ReportCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "the report (default: that of the last gate)")
    private Path file;

    @Option(names = "--html", paramLabel = "OUT", description = "where to write the page")
    private Path html;

    @Option(names = "--sarif", paramLabel = "OUT", description = "write what failed as SARIF 2.1.0")
    private Path sarif;

    @Option(names = "--markdown", paramLabel = "OUT", description = "write a summary as Markdown")
    private Path markdown;

    @Option(
            names = "--previous",
            paramLabel = "FILE",
            description = "an earlier report to compare with")
    private Path previous;

    @Override
    public Integer call() throws IOException {
        Path from = file == null ? Home.reports().resolve("report.json") : file;
        if (!Files.isReadable(from)) {
            throw CliException.usage(
                    "there is no report " + from + "; './slubcheck gate' writes one");
        }
        Report report = MergeCommand.read(from);
        Report before = previous == null ? null : MergeCommand.read(previous);
        PrintWriter out = spec.commandLine().getOut();
        String here = Commit.of(Home.root());
        if (!report.isOf(here)) {
            spec.commandLine()
                    .getErr()
                    .printf(
                            "slubcheck: %s is of commit %s; defects, stories and code are of %s%n",
                            from, Commit.brief(report.commit()), Commit.brief(here));
        }
        if (sarif != null) {
            write(sarif, Json.MAPPER.writeValueAsBytes(Sarif.of(report)), out);
        }
        if (markdown != null) {
            write(markdown, Markdown.of(report).getBytes(StandardCharsets.UTF_8), out);
        }
        if (html != null || sarif == null && markdown == null) {
            Path to = html == null ? Home.reports().resolve("report.html") : html;
            write(to, HtmlReport.bytes(report, before, here), out);
        }
        out.flush();
        return Exit.OK;
    }

    private static void write(Path to, byte[] bytes, PrintWriter out) {
        try {
            Reports.replace(to, bytes);
        } catch (IOException e) {
            throw CliException.usage("cannot write " + to);
        }
        out.println(to);
    }
}
