package org.slubcheck.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.TestResult;

/** What is killed from outside says nothing of any test, and nothing of it stays. */
class KilledStressTest {
    private static final long TICK_MILLIS = 20;

    /** Long enough to be killed in, and never that long. */
    private static final StressBudget LONG =
            new StressBudget(1, 20_000, 1, 1, 1, 1, Duration.ofSeconds(80));

    private static final List<StressTest> TESTS =
            List.of(StressTest.of("org.slubcheck.stress.canary.StoreBuffering.Buggy"));

    @TempDir Path folder;

    @Test
    void jcstressKilledIsNoVerdict() throws Exception {
        Set<ProcessHandle> before = below();
        StressRunner runner =
                new StressRunner(
                        Jvm.current(), Files.createFile(folder.resolve("log")), line -> {});
        Thread killer = new Thread(() -> killAnyBut(before), "killer");
        killer.setDaemon(true);
        killer.start();
        assertThatThrownBy(() -> runner.run(TESTS, LONG))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("JCStress was ended by signal 9");
        killer.join();
        assertThat(below()).isEqualTo(before);
    }

    @Test
    void aJvmOfItsOwnThatDiedIsNoVerdict() {
        TestResult died = new TestResult(Status.VM_ERROR);
        died.addMessage("exit code 137");
        assertThatThrownBy(() -> ResultFile.tally(died))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a JVM of JCStress died: exit code 137");
        // What a test did is a verdict, however bad.
        assertThat(ResultFile.tally(new TestResult(Status.TEST_ERROR)).error())
                .contains("TEST_ERROR");
    }

    private static void killAnyBut(Set<ProcessHandle> before) {
        CountDownLatch never = new CountDownLatch(1);
        Set<ProcessHandle> found = below();
        while (before.containsAll(found)) {
            try {
                never.await(TICK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts this", e);
            }
            found = below();
        }
        found.removeAll(before);
        found.forEach(ProcessHandle::destroyForcibly);
    }

    /** The JVMs below this one; not what starts them, which is a child for a moment before. */
    private static Set<ProcessHandle> below() {
        try (Stream<ProcessHandle> all = ProcessHandle.current().children()) {
            return all.filter(each -> each.info().command().orElse("").endsWith("/java"))
                    .collect(Collectors.toSet());
        }
    }
}
