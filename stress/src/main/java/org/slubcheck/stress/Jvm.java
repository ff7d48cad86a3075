package org.slubcheck.stress;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The JVM that tests run in.
 *
 * @param java the program
 * @param feature its feature number, 17 or more
 * @param classPath what its classes are found in, absolute paths
 */
public record Jvm(Path java, int feature, String classPath) {
    /** JDKs that want more options than the one before; the launcher and the build have them too. */
    private static final List<Integer> CHANGES = List.of(21, 23, 24);

    /** The JVM that runs this. */
    public static Jvm current() {
        return new Jvm(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                Runtime.version().feature(),
                absolute(System.getProperty("java.class.path")));
    }

    /**
     * A class path that holds in any working directory. An empty entry, which Surefire leaves at the
     * end, would be the working directory itself: no program means it, and a digest of the program
     * would change with each file that is written there.
     */
    static String absolute(String classPath) {
        return Stream.of(classPath.split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry).toAbsolutePath().normalize().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /**
     * Options that newer JVMs want to be told, from the files {@code jvm-options/N}, which hold for
     * JDK N and later: one option or comment a line.
     */
    public List<String> options() {
        List<String> options = new ArrayList<>();
        for (int change : CHANGES) {
            if (feature >= change) {
                options.addAll(read("jvm-options/" + change));
            }
        }
        return options;
    }

    private static List<String> read(String file) {
        try (InputStream in = Jvm.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
