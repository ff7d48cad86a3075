package org.slubcheck.gate;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        // What this JVM was told: where the project is, and what newer JDKs want to be allowed.
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-cp");
        command.add(
                Home.root().resolve("benchmarks/target/classes")
                        + System.getProperty("path.separator")
                        + benchClassPath());
        command.add("org.openjdk.jmh.Main");
        command.add(pattern);
        command.addAll(List.of("-prof", "org.slubcheck.benchmarks.CpuTime"));
        if (quick) {
            command.addAll(List.of("-f", "1", "-wi", "2", "-i", "3", "-w", "1", "-r", "1"));
        }
        Process jmh = new ProcessBuilder(command).inheritIO().start();
        Thread stop = new Thread(() -> end(jmh), "bench-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        int exit = jmh.waitFor();
        Runtime.getRuntime().removeShutdownHook(stop);
        return exit == 0 ? Exit.OK : Exit.FAULT;
    }

    private static String benchClassPath() throws IOException {
        var file = Home.root().resolve("benchmarks/target/benchmarks.cp");
        if (!java.nio.file.Files.isRegularFile(file)) {
            throw new CliException(Exit.FAULT, "the benchmarks are not built; run mvn package");
        }
        return java.nio.file.Files.readString(file).strip();
    }

    private static void end(Process jmh) {
        jmh.descendants().forEach(ProcessHandle::destroyForcibly);
        jmh.destroyForcibly();
    }
}
