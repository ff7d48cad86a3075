package org.slubcheck.stress;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The JVM that tests run in.
 *
 * @param java the program
 * @param feature its feature number, 17 or more
 * @param classPath what its classes are found in, absolute paths
 */
public record Jvm(Path java, int feature, String classPath) {
    private static final int DYNAMIC_AGENTS_NEED_LEAVE = 21;
    private static final int UNSAFE_NEEDS_LEAVE = 23;
    private static final int NATIVE_NEEDS_LEAVE = 24;

    /** The JVM that runs this. */
    public static Jvm current() {
        return new Jvm(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                Runtime.version().feature(),
                System.getProperty("java.class.path"));
    }

    /**
     * Options that silence newer JVMs: agents that are loaded late, Unsafe, and native code, all of
     * them used by the tools.
     */
    public List<String> options() {
        List<String> options = new ArrayList<>();
        if (feature >= DYNAMIC_AGENTS_NEED_LEAVE) {
            options.add("-XX:+EnableDynamicAgentLoading");
        }
        if (feature >= UNSAFE_NEEDS_LEAVE) {
            options.add("--sun-misc-unsafe-memory-access=allow");
        }
        if (feature >= NATIVE_NEEDS_LEAVE) {
            options.add("--enable-native-access=ALL-UNNAMED");
        }
        return options;
    }
}
