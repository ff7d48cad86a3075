package org.slubcheck.gate.doctor;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The checks: what is seen, and what it means. None reads a clock, none changes the machine. */
public final class Checks {
    private static final int OLDEST_JDK = 17;
    private static final List<Integer> TRIED_JDKS = List.of(17, 25);
    private static final int C2 = 4;
    private static final int LEAST_HEAP_MIB = 256;
    private static final int GOOD_HEAP_MIB = 512;
    private static final int LEAST_MEMORY_MIB = 768;
    private static final int GOOD_MEMORY_MIB = 1536;
    private static final int LEAST_DISK_MIB = 200;
    private static final int GOOD_DISK_MIB = 1024;
    private static final int MIB = 20;

    /** Of 100 rounds so many must overlap, or samples are dear. */
    private static final int GOOD_OVERLAP = 10;

    private Checks() {}

    /** How many CPUs there are to run on. */
    public static Finding cpus(Facts facts) {
        if (facts.cpus() == 1) {
            return Finding.fail(
                    "cpus",
                    "one CPU",
                    "threads take turns here: stress tests see no race, whatever the code does",
                    "give this program two CPUs: taskset, cpuset, --cpus of a container");
        }
        return Finding.ok("cpus", facts.cpus() + " CPUs", "stress tests can run threads at once");
    }

    /** Whether the CPUs run threads at the same time. */
    public static Finding overlap(Overlap seen) {
        String measured =
                String.format(
                        "%d of %d rounds overlapped; 0, 0 seen %d times in %d",
                        seen.overlapped(), seen.rounds(), seen.buffered(), seen.places());
        if (seen.overlapped() == 0 || seen.buffered() == 0) {
            return Finding.fail(
                    "overlap",
                    measured,
                    seen.overlapped() == 0
                            ? "no real overlap: no two threads ran at once, a clean stress test says nothing"
                            : "no real overlap: no store was seen late, stress tests see no reordering",
                    "run on real, idle CPUs: not one behind a quota, not beside other work");
        }
        if (seen.overlapped() * 100 < seen.rounds() * GOOD_OVERLAP) {
            return Finding.warn(
                    "overlap",
                    measured,
                    "threads seldom run at the same time: stress tests need more time than theirs",
                    "stop other work on this machine, or give the gate more CPUs");
        }
        return Finding.ok("overlap", measured, "threads run at once, and stores are seen late");
    }

    /** Which JDK it is. */
    public static Finding jdk(Facts facts) {
        if (facts.feature() < OLDEST_JDK) {
            return Finding.fail(
                    "jdk",
                    facts.jdk(),
                    "the suite needs JDK " + OLDEST_JDK,
                    "set JAVA_HOME to a newer one");
        }
        if (!TRIED_JDKS.contains(facts.feature())) {
            return Finding.warn(
                    "jdk",
                    facts.jdk(),
                    "the suite is tried on JDK 17 and 25, not on this one",
                    "look at the canaries below, or set JAVA_HOME to one of these");
        }
        return Finding.ok("jdk", facts.jdk(), "one that the suite is tried on");
    }

    /** Whether it compiles as programs in use are compiled. */
    public static Finding compiler(Facts facts) {
        String measured = facts.vm() + ", " + facts.mode();
        String todo = "run without -Xint, -client and -XX:TieredStopAtLevel; see JAVA_TOOL_OPTIONS";
        if (facts.mode().contains("interpreted")) {
            return Finding.fail(
                    "compiler",
                    measured,
                    "code is interpreted: nothing is reordered, and all is far too slow",
                    todo);
        }
        if (facts.lastTier() >= 0 && facts.lastTier() < C2) {
            return Finding.fail(
                    "compiler",
                    measured + ", compiles up to tier " + facts.lastTier(),
                    "C2 is off: the reorderings that programs in use see do not happen",
                    todo);
        }
        if (!facts.vm().contains("Server VM") || facts.lastTier() < 0) {
            return Finding.warn(
                    "compiler",
                    measured,
                    "not HotSpot with C2: the stress options are made for that",
                    "set JAVA_HOME to an OpenJDK with the server VM");
        }
        return Finding.ok("compiler", measured + ", C2", "code is compiled as in programs in use");
    }

    /** Whether memory is enough. */
    public static Finding memory(Facts facts) {
        String measured =
                String.format(
                        "heap of %d MiB%s",
                        facts.heapMiB(),
                        facts.memoryMiB() < 0 ? "" : ", " + facts.memoryMiB() + " MiB free");
        boolean none = facts.memoryMiB() >= 0 && facts.memoryMiB() < LEAST_MEMORY_MIB;
        boolean little = facts.memoryMiB() >= 0 && facts.memoryMiB() < GOOD_MEMORY_MIB;
        if (none || facts.heapMiB() < LEAST_HEAP_MIB) {
            return Finding.fail(
                    "memory",
                    measured,
                    "workers will be killed or run out of heap",
                    "free memory, or raise the limit of the container");
        }
        if (little || facts.heapMiB() < GOOD_HEAP_MIB) {
            return Finding.warn(
                    "memory",
                    measured,
                    "enough for one command, tight for a gate, which runs several JVMs",
                    "free memory, or cut the gate with --shard");
        }
        return Finding.ok("memory", measured, "enough for a gate");
    }

    /** Whether the folder of reports can be written, and the disk has room. */
    public static Finding folder(Path folder) {
        Path there = folder.toAbsolutePath();
        while (there != null && Files.notExists(there)) {
            there = there.getParent();
        }
        long free;
        try {
            Path probe = Files.createTempFile(there, "doctor", null);
            Files.delete(probe);
            free = Files.getFileStore(there).getUsableSpace() >> MIB;
        } catch (IOException | SecurityException e) {
            return Finding.fail(
                    "folder",
                    folder + " cannot be written",
                    "a gate keeps its reports there, and a build its classes",
                    "make it writable, or work in a copy");
        }
        String measured = folder + ", " + free + " MiB free";
        if (free < LEAST_DISK_MIB) {
            return Finding.fail(
                    "folder", measured, "the disk is full before a gate is through", "free some");
        }
        if (free < GOOD_DISK_MIB) {
            return Finding.warn("folder", measured, "a gate fits, little else", "free some");
        }
        return Finding.ok("folder", measured, "reports can be written");
    }

    /**
     * Whether a program can be found.
     *
     * @param path folders, separated as in the variable PATH
     * @param means what goes without it
     */
    public static Finding program(String name, String path, String means) {
        String found =
                Arrays.stream(path.split(File.pathSeparator))
                        .filter(folder -> !folder.isEmpty())
                        .map(folder -> Path.of(folder, name))
                        .filter(Files::isExecutable)
                        .map(Path::toString)
                        .findFirst()
                        .orElse(null);
        return found == null
                ? Finding.warn(name, "not on the PATH", means, "install " + name)
                : Finding.ok(name, found, "there");
    }

    /**
     * Whether a tool sees what it must see.
     *
     * @param tool which
     * @param run how many canaries it was given
     * @param blind those that came out otherwise than they should
     */
    public static Finding canaries(String tool, int run, List<String> blind) {
        if (run == 0) {
            return Finding.fail(
                    tool,
                    "no canary ran",
                    "nobody knows whether this tool sees anything",
                    "see above");
        }
        if (!blind.isEmpty()) {
            return Finding.fail(
                    tool,
                    (run - blind.size()) + " of " + run + " canaries right; not " + blind.get(0),
                    "a clean verdict of this tool on this machine proves nothing",
                    "see the checks above; then try another JDK");
        }
        return Finding.ok(tool, run + " canaries right", "it sees what it must, and nothing else");
    }
}
