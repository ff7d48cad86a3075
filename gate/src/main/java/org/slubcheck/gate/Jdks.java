package org.slubcheck.gate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slubcheck.stress.Jvm;

/** The JDKs that a gate is run on. */
final class Jdks {
    private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");
    private static final Pattern BUILD =
            Pattern.compile("^JAVA(?:_RUNTIME)?_VERSION=\"([^\"]+)\"", Pattern.MULTILINE);
    private static final int OLDEST = 17;

    private Jdks() {}

    /** The JVMs of these homes; the running one when there are none. */
    static List<Jvm> of(List<Path> homes) {
        return homes.isEmpty() ? List.of(Jvm.current()) : homes.stream().map(Jdks::at).toList();
    }

    /**
     * The version of a JVM down to its build, as its {@code release} file says; the feature number
     * where there is none.
     */
    static String version(Jvm jvm) {
        Path home = jvm.java().toAbsolutePath().getParent().getParent();
        try {
            String release = Files.readString(home.resolve("release"), StandardCharsets.UTF_8);
            Matcher build = BUILD.matcher(release);
            return build.find() ? build.group(1) : Integer.toString(jvm.feature());
        } catch (IOException e) {
            return Integer.toString(jvm.feature());
        }
    }

    private static Jvm at(Path home) {
        Path java = home.resolve("bin").resolve("java").toAbsolutePath();
        if (!Files.isExecutable(java)) {
            throw CliException.usage("--jdk " + home + ": no bin/java there");
        }
        try {
            String release = Files.readString(home.resolve("release"), StandardCharsets.UTF_8);
            Matcher version = VERSION.matcher(release);
            if (!version.find()) {
                throw CliException.usage("--jdk " + home + ": its release file names no version");
            }
            int feature = Integer.parseInt(version.group(1));
            if (feature < OLDEST) {
                throw CliException.usage("--jdk " + home + ": JDK " + feature + " is below 17");
            }
            return new Jvm(java, feature, Jvm.current().classPath());
        } catch (IOException e) {
            throw CliException.usage("--jdk " + home + ": no readable release file there");
        }
    }
}
