package org.slubcheck.gate;

import java.io.PrintWriter;
import org.slubcheck.stress.process.Child;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. */
@Command(
        name = "slubcheck",
        mixinStandardHelpOptions = true,
        version = "slubcheck " + Main.VERSION,
        description = "Model-checked concurrency verification of the Linux slab allocators.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            GateCommand.class,
            MergeCommand.class,
            ListCommand.class,
            ExplainCommand.class,
            ReproduceCommand.class,
            BootCommand.class,
            CrashCommand.class,
            DoctorCommand.class,
            ReplayCommand.class,
            ScheduleCommand.class,
            LayoutCommand.class,
            ReportCommand.class,
            PairsCommand.class,
            DetectCommand.class,
            AlarmsCommand.class,
            BenchCommand.class
        },
        footer = {
            "",
            "Exit codes: 0 as it should be, 1 a verdict failed, 2 bad usage or input,",
            "3 a fault of a tool or of the machine, 4 a schedule that the code cannot follow,",
            "5 a machine whose verdicts prove nothing (doctor)."
        })
public final class Main {
    static final String VERSION = "0.1.0";

    /** Made by the command-line library. */
    public Main() {}

    /** Runs a command and leaves with its exit code. */
    public static void main(String[] args) {
        CommandLine line = commandLine();
        int exit;
        try {
            exit = line.execute(args);
        } catch (Error e) {
            // Out of memory, a class that cannot be loaded: the handlers only see exceptions.
            line.getErr().println("slubcheck: fault of the JVM: " + oneLine(String.valueOf(e)));
            line.getErr().flush();
            exit = Exit.FAULT;
        }
        System.exit(exit);
    }

    /** The whole command line, with every error turned into one line. */
    static CommandLine commandLine() {
        return orderly(new CommandLine(new Main()));
    }

    /** The same of any commands. */
    static CommandLine orderly(CommandLine line) {
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setColorScheme(Help.defaultColorScheme(Terminal.colours()));
        line.setParameterExceptionHandler(Main::badUsage);
        line.setExecutionExceptionHandler(Main::failed);
        return line;
    }

    private static int badUsage(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("slubcheck: " + oneLine(e.getMessage()));
        if (!UnmatchedArgumentException.printSuggestions(e, err)) {
            err.println("See '" + command.getCommandSpec().qualifiedName() + " --help'.");
        }
        err.flush();
        return Exit.USAGE;
    }

    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        int exit = Exit.FAULT;
        if (Child.ending()) {
            // Somebody ended the program, and knows.
            return exit;
        }
        if (e instanceof CliException known) {
            err.println("slubcheck: " + known.getMessage());
            exit = known.exit();
        } else {
            err.println("slubcheck: internal fault: " + oneLine(String.valueOf(e)));
            if (System.getenv("SLUBCHECK_DEBUG") != null) {
                e.printStackTrace(err);
            } else {
                err.println("Set SLUBCHECK_DEBUG=1 to see where.");
            }
        }
        err.flush();
        return exit;
    }

    private static String oneLine(String message) {
        return message == null ? "no message" : message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
