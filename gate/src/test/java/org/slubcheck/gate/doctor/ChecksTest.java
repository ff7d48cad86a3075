package org.slubcheck.gate.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slubcheck.gate.doctor.Finding.Level;

/** Each check passes on a good machine, and fails on one that is bad in just that. */
class ChecksTest {
    private static final Facts GOOD =
            new Facts(
                    2,
                    17,
                    "17.0.15, a vendor",
                    "OpenJDK 64-Bit Server VM",
                    "mixed mode, sharing",
                    4,
                    2048,
                    4096);

    private static void judged(Finding finding, Level level, String... words) {
        assertThat(finding.level()).as(finding.toString()).isEqualTo(level);
        assertThat(finding.toString()).contains(words);
        assertThat(finding.means()).isNotEmpty();
        assertThat(finding.todo().isEmpty()).isEqualTo(level == Level.OK);
    }

    @Test
    void aGoodMachineIsTrusted() {
        judged(Checks.cpus(GOOD), Level.OK, "2 CPUs");
        judged(Checks.jdk(GOOD), Level.OK, "17.0.15");
        judged(Checks.compiler(GOOD), Level.OK, "C2");
        judged(Checks.memory(GOOD), Level.OK, "2048 MiB");
        judged(Checks.overlap(new Overlap(200, 150, 900, 10_000)), Level.OK, "150 of 200");
        judged(Checks.canaries("model", 8, List.of()), Level.OK, "8 canaries");
    }

    @Test
    void oneCpuIsNotEnough() {
        Facts one = new Facts(1, 17, "", "OpenJDK 64-Bit Server VM", "mixed mode", 4, 2048, 4096);
        judged(Checks.cpus(one), Level.FAIL, "one CPU");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, FAIL, no real overlap: no two threads ran",
        "0, 5, FAIL, no real overlap: no two threads ran",
        "150, 0, FAIL, no real overlap: no store was seen late",
        "19, 5, WARN, seldom",
        "20, 5, OK, at once",
    })
    void threadsMustOverlap(int overlapped, long buffered, Level level, String why) {
        judged(Checks.overlap(new Overlap(200, overlapped, buffered, 10_000)), level, why);
    }

    @ParameterizedTest
    @CsvSource({"16, FAIL", "17, OK", "21, WARN", "25, OK"})
    void theJdkIsOneThatTheSuiteIsTriedOn(int feature, Level level) {
        Facts facts = new Facts(2, feature, "x", GOOD.vm(), GOOD.mode(), 4, 2048, 4096);
        judged(Checks.jdk(facts), level, "x");
    }

    @ParameterizedTest
    @CsvSource({
        "OpenJDK 64-Bit Server VM, interpreted mode, 4, FAIL, interpreted",
        "OpenJDK 64-Bit Server VM, mixed mode, 1, FAIL, C2 is off",
        "OpenJDK Client VM, mixed mode, 4, WARN, not HotSpot",
        "Eclipse OpenJ9 VM, JIT enabled, -1, WARN, not HotSpot",
        "OpenJDK 64-Bit Server VM, mixed mode, 4, OK, C2",
    })
    void codeMustBeCompiled(String vm, String mode, int tier, Level level, String why) {
        judged(Checks.compiler(new Facts(2, 17, "", vm, mode, tier, 2048, 4096)), level, why);
    }

    @ParameterizedTest
    @CsvSource({
        "128, 4096, FAIL",
        "2048, 100, FAIL",
        "300, 4096, WARN",
        "2048, 1000, WARN",
        "2048, -1, OK",
    })
    void memoryMustBeEnough(long heap, long free, Level level) {
        Facts facts = new Facts(2, 17, "", GOOD.vm(), GOOD.mode(), 4, heap, free);
        judged(Checks.memory(facts), level, heap + " MiB");
    }

    /** Total and free in MiB as the JVM says them, in a machine of 8000 MiB with 4000 available. */
    @ParameterizedTest
    @CsvSource({
        // No container: free leaves out what the kernel takes back, so it is not asked.
        "8000, 100, '', 4000",
        // A container with a limit, of either kind: what files have cached can be had back.
        "1000, 100, '', 100",
        "1000, 100, 'inactive_file 209715200;active_file 104857600;file 999', 400",
        "1000, 100, 'inactive_file 0;total_inactive_file 209715200', 300",
        "1000, 100, 'inactive_file much', 100",
        // Counts of another group.
        "1000, 100, 'inactive_file 2097152000', 100",
        // A limit above what the machine has left.
        "7000, 6000, '', 4000",
    })
    void theLimitOfAContainerCounts(long total, long free, String group, long left) {
        List<String> machine = List.of("MemTotal: 8192000 kB", "MemAvailable: 4096000 kB");
        List<String> lines = List.of(group.split(";"));
        assertThat(Memory.free(machine, total << 20, free << 20, lines)).isEqualTo(left);
        assertThat(Memory.free(List.of(), total << 20, free << 20, lines)).isEqualTo(free);
    }

    @Test
    void theFolderMustBeWritable(@TempDir Path temp) throws IOException {
        Finding good = Checks.folder(temp.resolve("target").resolve("gate"));
        assertThat(good.level()).isNotEqualTo(Level.FAIL);
        assertThat(temp).isEmptyDirectory();
        Path file = Files.createFile(temp.resolve("file"));
        judged(Checks.folder(file.resolve("gate")), Level.FAIL, "cannot be written");
    }

    @Test
    void programsAreLookedForOnThePath(@TempDir Path temp) throws IOException {
        Path tool = Files.createFile(temp.resolve("tool"));
        judged(Checks.program("tool", temp.toString(), "no tool"), Level.WARN, "not on the PATH");
        assertThat(tool.toFile().setExecutable(true)).isTrue();
        judged(Checks.program("tool", "/none:" + temp, "no tool"), Level.OK, tool.toString());
    }

    @Test
    void aBlindCanaryIsSeen() {
        judged(
                Checks.canaries("model", 8, List.of("model-canary: not found")),
                Level.FAIL,
                "7 of 8",
                "model-canary");
        judged(Checks.canaries("stress", 0, List.of()), Level.FAIL, "no canary ran");
    }

    @Test
    void whatIsMeasuredHereMakesSense() throws InterruptedException {
        Overlap seen = Overlap.measure(Runtime.getRuntime().availableProcessors());
        assertThat(seen.overlapped()).isBetween(0, seen.rounds());
        assertThat(seen.buffered()).isBetween(0L, seen.places());
        Facts here = Facts.here();
        assertThat(here.cpus()).isPositive();
        assertThat(here.feature()).isGreaterThanOrEqualTo(17);
        assertThat(here.lastTier()).isBetween(-1, 4);
        assertThat(Checks.jdk(here).level()).isNotEqualTo(Level.FAIL);
    }
}
