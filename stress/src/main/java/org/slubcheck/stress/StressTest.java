package org.slubcheck.stress;

import java.util.Collection;
import java.util.List;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * A JCStress test and what it stands for, both in its name: {@code org.slubcheck.stress.Q04.Buggy}
 * is defect Q04 in place, {@code .Fixed} is the kernel without it.
 *
 * @param name as JCStress calls it
 * @param id the defect, or {@code canary.X}
 * @param fixed whether it is the fixed twin
 */
public record StressTest(String name, String id, boolean fixed) {
    private static final String PACKAGE = "org.slubcheck.stress.";
    private static final String BUGGY = ".Buggy";
    private static final String FIXED = ".Fixed";
    private static final String CANARY = "canary.";

    /** The test of a name; null when the name is not of this suite. */
    public static StressTest of(String name) {
        boolean fixed = name.endsWith(FIXED);
        if (!name.startsWith(PACKAGE) || !fixed && !name.endsWith(BUGGY)) {
            return null;
        }
        return new StressTest(name, name.substring(PACKAGE.length(), name.lastIndexOf('.')), fixed);
    }

    /** All tests that were compiled into this suite, by name. */
    public static List<StressTest> all() {
        return of(TestList.tests());
    }

    static List<StressTest> of(Collection<String> names) {
        return names.stream().sorted().map(StressTest::of).filter(t -> t != null).toList();
    }

    /** The canaries: both twins of each. */
    public static List<StressTest> canaries() {
        return all().stream().filter(StressTest::canary).toList();
    }

    /** Both twins of a defect; empty when there is no test for it. */
    public static List<StressTest> ofDefect(String id) {
        return all().stream().filter(t -> t.id().equals(id)).toList();
    }

    /**
     * One twin of a defect.
     *
     * @throws IllegalStateException when there is no test for it
     */
    public static StressTest ofDefect(String id, boolean fixed) {
        return ofDefect(id).stream()
                .filter(test -> test.fixed() == fixed)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no stress test for " + id));
    }

    /** Whether it says something of the tool and nothing of a kernel. */
    public boolean canary() {
        return id.startsWith(CANARY);
    }

    /** Threads that the compiled test has; an inherited actor is silently none. */
    public int actors() {
        return TestList.getInfo(name).threads();
    }
}
