package org.slubcheck.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slubcheck.crash.Dump;
import org.slubcheck.crash.DumpFile;
import org.slubcheck.kernel.Moment;
import picocli.CommandLine.Option;

/** The option to keep the machine on which something went wrong. */
final class DumpOption {
    private static final String NAME = "--dump";

    @Option(
            names = NAME,
            paramLabel = "FILE",
            description =
                    "write the machine as it was when something was seen to be wrong; crash FILE looks"
                            + " at it")
    private Path file;

    private boolean written;

    /** True when somebody asked for one. */
    boolean wanted() {
        return file != null;
    }

    /**
     * What gets the moment and writes it; null when nobody asked for a dump.
     *
     * @param run the command that is run, without this option
     * @param code whose code is in place
     * @throws CliException when there can be no such file
     */
    Consumer<Moment> keeper(String run, String code) {
        if (file == null) {
            return null;
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
            throw CliException.usage("cannot write a dump to " + file);
        }
        return moment -> {
            try {
                DumpFile.write(Dump.of(moment, run, code), file);
                written = true;
            } catch (IOException e) {
                throw CliException.usage("cannot write a dump to " + file + ": " + e.getMessage());
            }
        };
    }

    /** What to tell of the dump when all is done; empty when nobody asked for one. */
    List<String> told() {
        if (file == null) {
            return List.of();
        }
        return List.of(
                written
                        ? "dump: " + file + " is written; ./slubcheck crash " + file
                        : "dump: nothing was found, so there is none");
    }

    /** A command line as it would be without a dump. */
    static String without(List<String> arguments) {
        List<String> left = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i).equals(NAME)) {
                i++;
            } else if (!arguments.get(i).startsWith(NAME + "=")) {
                left.add(arguments.get(i));
            }
        }
        return String.join(" ", left);
    }
}
