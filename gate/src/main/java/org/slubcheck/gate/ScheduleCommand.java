package org.slubcheck.gate;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.slubcheck.defects.Defect;
import org.slubcheck.defects.Defects;
import org.slubcheck.schedule.Replay;
import org.slubcheck.schedule.Schedule;
import org.slubcheck.schedule.ScheduleException;
import org.slubcheck.schedule.ScheduleText;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs one recorded interleaving, with its defect or on the fixed code. */
@Command(
        name = "replay-schedule",
        mixinStandardHelpOptions = true,
        description = {
            "Runs exactly the interleaving of a file that 'reproduce --schedule' wrote.",
            "Exit 0 when it fails as recorded, with --fixed when it is clean; 1 when not;",
            "4 when the code has no such interleaving any more."
        })
final class ScheduleCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "a schedule, see docs/schedules.md")
    private Path file;

    @Option(names = "--fixed", description = "run the fixed code, which must be clean")
    private boolean fixed;

    @Option(names = "--json", description = "print the verdict as JSON")
    private boolean json;

    /** The JSON object. */
    private record Told(
            int schema, @JsonUnwrapped Verdict verdict, int offCourse, List<String> skipped) {}

    @Override
    public Integer call() {
        Schedule schedule = read();
        Replay replay = fixed ? Replay.runFixed(schedule) : Replay.run(schedule);
        if (replay.offCourse() > 0) {
            throw new CliException(
                    Exit.OFF_COURSE,
                    file + ": line " + replay.offCourse() + ": " + replay.verdict().detail());
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Json.print(
                    out,
                    new Told(
                            Report.SCHEMA, replay.verdict(), replay.offCourse(), replay.skipped()));
        } else {
            tell(out, schedule, replay);
        }
        out.flush();
        return replay.verdict().asExpected() ? Exit.OK : Exit.FAILED;
    }

    private Schedule read() {
        try {
            if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
                throw CliException.usage("there is no schedule " + file);
            }
            if (Files.size(file) > ScheduleText.MOST) {
                throw CliException.usage(file + ": too large for a schedule");
            }
            return ScheduleText.parse(Files.readAllLines(file));
        } catch (CharacterCodingException e) {
            throw CliException.usage(file + ": not a text file");
        } catch (IOException e) {
            throw CliException.usage("cannot read " + file);
        } catch (ScheduleException e) {
            throw CliException.usage(file + ": " + e.getMessage());
        }
    }

    private void tell(PrintWriter out, Schedule schedule, Replay replay) {
        Defect<?> defect = Defects.byId(schedule.defect()).orElseThrow();
        Verdict verdict = replay.verdict();
        out.printf("%s  %s%s%n", defect.id(), defect.title(), fixed ? " (fixed)" : "");
        out.printf(
                "step %s, %s on %s, %s%n",
                defect.step().name(),
                schedule.scenario(),
                schedule.machine(),
                Matrix.count(schedule.preemptions(), "preemptions"));
        out.println();
        verdict.timeline().forEach(out::println);
        if (!verdict.timeline().isEmpty()) {
            out.println();
        }
        replay.skipped().forEach(leg -> out.println("skipped: " + leg));
        out.println(verdict.detail());
        out.println("replay: " + said(verdict));
    }

    private String said(Verdict verdict) {
        if (verdict.outcome() == Outcome.FAULT) {
            return verdict.detail().startsWith("another symptom")
                    ? "fails, and not with the symptom of the defect"
                    : "proves nothing";
        }
        boolean found = verdict.outcome() == Outcome.FOUND;
        if (fixed) {
            return found ? "the fixed code fails" : "the fixed code is clean";
        }
        return found ? "fails as recorded" : "does not fail";
    }
}
