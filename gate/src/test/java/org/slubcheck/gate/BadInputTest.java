package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input gets one clear line and exit 2, never a stack trace. */
class BadInputTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "explain Q4a | no defect 'Q4a' | Q04a",
                "explain nonsense | no defect 'nonsense' | list",
                "bench [ | '[' is no regular expression | '['",
                "reproduce Z99 | no defect 'Z99' | nearest",
                "reproduce Q04a --technique tea | 'tea' | model",
                "reproduce B01 --technique stress | 'stress' | boot",
                "reproduce F05 --nodes 9 | --nodes must be 1..4 | 9",
                "reproduce Q01 --nodes 2 | --nodes is for properties | model",
                "reproduce F12 --cache-groups 2 | --cache-groups is for properties | model",
                "reproduce F10 --cache-groups 9 | --cache-groups must be 1..8 | 9",
                "boot --cache-groups 0 | --cache-groups must be 1..64 | not 0",
                "boot --cache-groups few | few | --cache-groups",
                "replay x --cache-groups 65 | --cache-groups must be 1..64 | not 65",
                "boot --engine slob | slob | slubq",
                "boot --cpus 0 | cpus | 1..64",
                "boot --cpus 65 | cpus | 1..64",
                "boot --cpus many | many | --cpus",
                "boot --nodes 0 | nodes | 1..",
                "boot --page-size 1000 | 1000 | power of two",
                "boot --inject Z1 | no defect 'Z1' | nearest",
                "boot --slub-debug FX | no letter 'X' | F, Z, P",
                "boot slub_debug=F-,kmalloc-16 | slub_debug | stands alone",
                "replay x --slub-debug FZ, | slub_debug | without a name",
                "boot --fail-alloc 0 | fail-alloc | not 0",
                "boot --failslab probability=101 | probability must be 0..100 | not 101",
                "boot --failslab chance=5 | no knob 'chance' | probability",
                "boot --failslab interval=0 | interval must be 1 | not 0",
                "boot --failslab times=-2 | times must be -1 | not -2",
                "boot --failslab space=few | space must be a number | 'few'",
                "boot --failslab cache-filter=2 | cache-filter must be Y or N | '2'",
                "boot --failslab probability | 'probability' is not name=value | --failslab",
                "replay x --failslab space=-1 | space must be 0 | not -1",
                "replay no-such-file | no-such-file | no-such-file",
                "replay x --engine slob | slob | slubq",
                "replay x --nodes 9 | nodes | 1..4",
                "layout 0 | SIZE | not 0",
                "layout 64 --align 3 | align | power of two",
                "layout 64 --cpus 0 | cpus | not 0",
                "layout 64 --engine slob | slob | slubq",
                "layout --from no-such-file | no-such-file | no such file",
                "layout --sysfs no-such-folder | no-such-folder | no-such-folder",
                "layout 64 --from x | --from | slubcheck",
                "detect Z99 | no defect 'Z99' | nearest",
                "detect --technique model | 'model' | boot, property, stress",
                "detect --runs -1 | --runs must be 0.. | not -1",
                "gate --profile fast | fast | QUICK",
                "gate --jdk no-such-jdk | no-such-jdk | bin/java",
                "gate --shard 3/2 | --shard must be I/N | 3/2",
                "gate --quiet --verbose | --quiet, --verbose are mutually exclusive | --help",
                "reproduce Q01 --json --format trace | --format | --json",
                "crash no-such-dump | no-such-dump | no such file",
                "crash /dev/zero | /dev/zero | no crash dump",
                "replay /dev/zero | /dev/zero | longer than",
                "layout --from /dev/zero | /dev/zero | line 1",
                "replay-schedule /dev/zero | /dev/zero | no schedule",
                "merge /dev/zero | /dev/zero | no such file",
                "report no-such-report | no-such-report | gate",
                "pairs nonsense | nonsense | no pair",
                "doctor Q01 | Q01 | doctor --help",
                "lits | lits | list",
                "list --yaml | --yaml | slubcheck"
            })
    void isRefusedWithOneClearLine(String command, String names, String offers) {
        Cli cli = Cli.run(command.split(" "));
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.USAGE);
        assertThat(cli.out()).isEmpty();
        assertClear(cli);
        assertThat(cli.err()).containsIgnoringCase(names).contains(offers);
    }

    @ParameterizedTest
    @MethodSource("brokenTraces")
    void aBrokenTraceIsNamed(String name, byte[] contents) throws IOException {
        Path file = Files.write(folder.resolve(name), contents);
        Cli cli = Cli.run("replay", file.toString());
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.USAGE);
        assertClear(cli);
        assertThat(cli.err()).contains(name);
    }

    static Stream<Arguments> brokenTraces() throws IOException {
        byte[] noise = new byte[10_000];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) (i * 31 ^ i >>> 3);
        }
        byte[] whole = gzip("x".repeat(50_000));
        return Stream.of(
                Arguments.of("empty.trace", new byte[0]),
                Arguments.of("binary.trace", noise),
                Arguments.of(
                        "not-really.trace.gz", "# tracer: nop\n".getBytes(StandardCharsets.UTF_8)),
                Arguments.of("truncated.trace.gz", Arrays.copyOf(whole, whole.length / 2)));
    }

    /** Ten gigabytes of a file that has no lines: what is read of it does not grow with it. */
    @ParameterizedTest
    @ValueSource(strings = {"replay", "layout --from", "crash", "replay-schedule", "merge"})
    void aVastFileIsRefusedAtOnce(String command) throws IOException {
        Path file = folder.resolve("vast");
        try (RandomAccessFile vast = new RandomAccessFile(file.toFile(), "rw")) {
            vast.setLength(10L << 30);
        }
        Cli cli = Cli.run((command + " " + file).split(" "));
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.USAGE);
        assertClear(cli);
        assertThat(cli.err()).contains("vast");
    }

    @Test
    void aBrokenTableIsNamedWithItsLine() throws IOException {
        Path table = folder.resolve("table.tsv");
        Path sample = sample();
        List<String> lines = Files.readAllLines(sample);
        lines.set(4, lines.get(4).replaceFirst("\\t\\d+\\t", "\tmuch\t"));
        Files.write(table, lines);
        Cli cli = Cli.run("layout", "--from", table.toString());
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.USAGE);
        assertClear(cli);
        assertThat(cli.err()).contains("5");
    }

    @Test
    void aWholeTableAgrees() {
        Cli cli = Cli.run("layout", "--from", sample().toString());
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.OK);
        assertThat(cli.out()).contains("differ=0");
    }

    @Test
    void aPatternThatMatchesNoBenchmarkIsToldWhatThereIs() throws IOException {
        Path list =
                Files.writeString(
                        folder.resolve("BenchmarkList"),
                        "JMH S 14 org.x.ForkBench S 20 org.x.gen.ForkBench_ S 4 fork S 1 A\n");
        List<String> names = BenchCommand.names(list);
        assertThat(names).containsExactly("org.x.ForkBench.fork");
        assertThatThrownBy(() -> BenchCommand.check(BenchCommand.pattern("pair"), names))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("'pair'")
                .hasMessageContaining("ForkBench");
        BenchCommand.check(BenchCommand.pattern("Fork.*fork$"), names);
    }

    private static Path sample() {
        Path here = Path.of("traces", "slab-geometry-sample.tsv");
        return Files.exists(here) ? here : Path.of("..").resolve(here);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream zip = new GZIPOutputStream(bytes)) {
            for (int i = 0; i < text.length(); i++) {
                zip.write(text.charAt(i) * i * 7919 >>> 5);
            }
        }
        return bytes.toByteArray();
    }

    private static void assertClear(Cli cli) {
        List<String> lines = cli.err().lines().toList();
        assertThat(lines.get(0)).startsWith("slubcheck: ");
        assertThat(lines).hasSizeLessThanOrEqualTo(3);
        assertThat(cli.err()).doesNotContain("Exception").doesNotContain("\tat ");
    }
}
