package org.slubcheck.gate;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.slubcheck.stress.Jvm;

/**
 * What verdicts of one gate have in common: the same would come out again only where all of this is
 * the same.
 *
 * @param schema the version of the journal that they are kept in
 * @param commit the sources, as {@link Commit#of} says
 * @param changes a digest of how tracked files differ from it; empty when they do not
 * @param program a digest of all classes and libraries that run, whatever they were built from
 * @param profile how much is run
 * @param shard which part of it
 * @param jdks the versions of the JDKs, down to the build
 * @param machine operating system, processor and how many CPUs
 */
record Origin(
        int schema,
        String commit,
        String changes,
        String program,
        String profile,
        String shard,
        List<String> jdks,
        String machine) {
    private static final int SCHEMA = 1;

    /** A file of the command line and the reports; the group is its class, without what is nested. */
    private static final Pattern TALKS = Pattern.compile("org/slubcheck/(?:gate|detection)/(\\w*)");

    /** Those of them that run checks, or say what verdicts are worth. */
    static final Set<String> RUNS =
            Set.of(
                    "Entry",
                    "GateRun",
                    "Judgement",
                    "Key",
                    "Mishap",
                    "Part",
                    "Plan",
                    "Profile",
                    "Replays",
                    "Suites",
                    "Techniques",
                    "Worker");

    private static final Pattern ENTRIES = Pattern.compile(Pattern.quote(File.pathSeparator));

    /** Hexadecimal digits of a digest: enough to tell builds apart, few enough to be printed. */
    private static final int DIGITS = 16;

    /** Copies the list. */
    Origin {
        jdks = jdks == null ? List.of() : List.copyOf(jdks);
    }

    /** What a gate that starts now would have. */
    static Origin of(Profile profile, Shard shard, List<Jvm> jvms) {
        return new Origin(
                SCHEMA,
                Commit.of(Home.root()),
                digest(Commit.changes(Home.root())),
                program(Jvm.current().classPath()),
                profile.label(),
                shard.toString(),
                jvms.stream().map(Jdks::version).toList(),
                thisMachine());
    }

    /**
     * What runs of one {@linkplain #code code} have in common, whatever commit it was built from.
     */
    static Origin ofCode(String code, Profile profile, Jvm jvm) {
        return new Origin(
                SCHEMA,
                "",
                "",
                code,
                profile.label(),
                Shard.WHOLE.toString(),
                List.of(Jdks.version(jvm)),
                thisMachine());
    }

    private static String thisMachine() {
        return String.join(
                " ",
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors() + " CPUs");
    }

    /** A digest of all of it, for the name of a file. */
    String mark() {
        return digest(parts().toString());
    }

    /**
     * A digest of what a run of these checks runs: all that it is made of, the list of checks, how much
     * of each, and the traces if any is replayed. Only the command line and the reports are left out.
     */
    static String code(Profile profile, Plan plan) {
        StringBuilder all = new StringBuilder(program(Jvm.current().classPath(), Origin::runs));
        all.append(profile.numbers());
        plan.jobs().forEach(job -> all.append('\n').append(job.key()));
        if (plan.jobs().stream().anyMatch(job -> Suites.replays(job.key()))) {
            all.append('\n').append(program(Home.root().resolve("traces").toString(), any -> true));
        }
        return digest(all.toString());
    }

    /** Whether a file on the class path, by its name there, has part in a run and in its verdicts. */
    static boolean runs(String name) {
        Matcher talks = TALKS.matcher(name);
        return !talks.lookingAt() || RUNS.contains(talks.group(1));
    }

    /** What the other differs in, in a line, with the other's first; empty when in nothing. */
    String difference(Origin other) {
        Map<String, Object> own = parts();
        Map<String, Object> others = other.parts();
        for (Map.Entry<String, Object> part : own.entrySet()) {
            Object there = others.get(part.getKey());
            if (!part.getValue().equals(there)) {
                return "another " + part.getKey() + ": " + there + ", not " + part.getValue();
            }
        }
        return "";
    }

    private Map<String, Object> parts() {
        Map<String, Object> parts = new LinkedHashMap<>();
        parts.put("version of the journal", schema);
        parts.put("commit", text(commit));
        parts.put("state of the changed files", text(changes));
        parts.put("profile", text(profile));
        parts.put("shard", text(shard));
        parts.put("list of JDKs", jdks);
        parts.put("machine", text(machine));
        parts.put("build of the program", text(program));
        return parts;
    }

    /** A part as people read it. */
    static String text(String part) {
        return part == null || part.isEmpty() ? "none" : part;
    }

    /**
     * The digest of everything on a class path: names and contents, but neither times nor places, so
     * that a second build of the same sources is the same program.
     */
    static String program(String classPath) {
        return program(classPath, any -> true);
    }

    /** The same of those files only whose names there are wanted. */
    static String program(String classPath, Predicate<String> wanted) {
        StringBuilder all = new StringBuilder();
        for (String entry : ENTRIES.splitAsStream(classPath).toList()) {
            Path path = Path.of(entry);
            try {
                TreeSet<String> lines = new TreeSet<>();
                if (Files.isDirectory(path)) {
                    folder(path, wanted, lines);
                } else if (Files.exists(path)) {
                    archive(path, wanted, lines);
                }
                lines.forEach(line -> all.append(line).append('\n'));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + entry, e);
            }
        }
        return digest(all.toString());
    }

    private static void folder(Path folder, Predicate<String> wanted, TreeSet<String> lines)
            throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            String name = folder.relativize(file).toString().replace(File.separatorChar, '/');
            if (wanted.test(name)) {
                CRC32 sum = new CRC32();
                sum.update(Files.readAllBytes(file));
                lines.add(name + " " + sum.getValue());
            }
        }
    }

    private static void archive(Path archive, Predicate<String> wanted, TreeSet<String> lines)
            throws IOException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (wanted.test(entry.getName())) {
                    lines.add(entry.getName() + " " + entry.getCrc());
                }
            }
        }
    }

    private static String digest(String text) {
        if (text.isEmpty()) {
            return "";
        }
        try {
            byte[] sum =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
