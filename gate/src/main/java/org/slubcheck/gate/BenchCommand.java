package org.slubcheck.gate;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.slubcheck.stress.Jvm;
import org.slubcheck.stress.process.Child;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The benchmarks. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Runs the JMH benchmarks; figures are ratios within one run.")
final class BenchCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "PATTERN",
            arity = "0..1",
            defaultValue = ".*",
            description = "which benchmarks, a regular expression; default all")
    private String pattern;

    @Option(names = "--quick", description = "one short fork each: a look, not a measurement")
    private boolean quick;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Pattern wanted = pattern(pattern);
        Path built = Home.root().resolve("benchmarks").resolve("target");
        check(wanted, names(built.resolve("classes").resolve("META-INF").resolve("BenchmarkList")));
        List<String> command = new ArrayList<>();
        command.add(Jvm.current().java().toString());
        // What this JVM was told: where the project is, and what newer JDKs want to be allowed.
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-cp");
        command.add(
                built.resolve("classes")
                        + System.getProperty("path.separator")
                        + read(built.resolve("benchmarks.cp")).strip());
        command.add("org.openjdk.jmh.Main");
        command.add(pattern);
        command.addAll(List.of("-prof", "org.slubcheck.benchmarks.CpuTime"));
        if (quick) {
            command.addAll(List.of("-f", "1", "-wi", "2", "-i", "3", "-w", "1", "-r", "1"));
        }
        try (Child jmh = Child.sharing(command)) {
            return jmh.process().waitFor() == 0 ? Exit.OK : Exit.FAULT;
        }
    }

    static Pattern pattern(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw CliException.usage(
                    "'" + text + "' is no regular expression: " + e.getDescription());
        }
    }

    static void check(Pattern wanted, List<String> names) {
        if (names.stream().noneMatch(name -> wanted.matcher(name).find())) {
            throw CliException.usage(
                    "no benchmark matches '" + wanted + "'; there is " + classes(names));
        }
    }

    private static String classes(List<String> names) {
        return String.join(
                ", ",
                names.stream()
                        .map(name -> name.substring(0, name.lastIndexOf('.')))
                        .map(name -> name.substring(name.lastIndexOf('.') + 1))
                        .distinct()
                        .toList());
    }

    /**
     * The benchmarks of JMH's list. A line is {@code JMH} and fields, each as {@code S}, its length
     * and its text: the class, the class made of it, the method, and more.
     */
    static List<String> names(Path list) throws IOException {
        List<String> names = new ArrayList<>();
        for (String line : read(list).lines().toList()) {
            List<String> words = List.of(line.split(" +"));
            if (words.size() > METHOD) {
                names.add(words.get(CLASS) + "." + words.get(METHOD));
            }
        }
        return names;
    }

    private static final int CLASS = 3;
    private static final int METHOD = 9;

    private static String read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new CliException(Exit.FAULT, "the benchmarks are not built; run mvn package");
        }
        return Files.readString(file);
    }
}
