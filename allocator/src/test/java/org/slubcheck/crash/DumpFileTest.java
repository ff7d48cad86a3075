package org.slubcheck.crash;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.AccessLog;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;

/** A dump in a file: whole it is what was written, damaged it is refused in one line. */
class DumpFileTest {
    private static final String HEADER = "slubcheck crash dump 1\n";

    private static final byte[] GOOD = good();

    private static byte[] good() {
        try {
            Path file = Files.createTempFile("dump-file-test", null);
            try {
                return bytes(Wreck.of(Wreck.ENGINE).misuse().dump(), file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(Dump dump, Path file) throws IOException {
        DumpFile.write(dump, file);
        return Files.readAllBytes(file);
    }

    static List<KernelConfig> configurations() {
        KernelConfig small = Wreck.unmerged(Geometry.small());
        return List.of(
                small,
                small.withEngine("slub").with(small.slab().withStats(true).withDebugFlags(0xd00)),
                small.withEngine("slub-lockless").withFaults(true),
                small.with(Geometry.numa(3)).with(small.slab().withSharedQueues(true)),
                Wreck.unmerged(Geometry.micro()).withDebugPercpu(true));
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void whatIsReadIsWhatWasWritten(KernelConfig config, @TempDir Path temp) throws IOException {
        Dump written = new Wreck(config).misuse().dump();
        DumpFile.write(written, temp.resolve("a.dump"));
        Dump read = DumpFile.read(temp.resolve("a.dump"));
        assertThat(read.kernel().config()).isEqualTo(config);
        assertThat(words(read.kernel().memory())).isEqualTo(words(written.kernel().memory()));
        assertThat(read.about()).isEqualTo(written.about());
        assertThat(read.runners()).isEqualTo(written.runners());
        assertThat(read.tasks()).isEqualTo(written.tasks());
        assertThat(read.old()).isEqualTo(written.old());
        assertThat(read.kernel().console().lines()).isEqualTo(written.kernel().console().lines());
        assertThat(read.kernel().reports()).isEqualTo(written.kernel().reports()).isNotEmpty();
        assertThat(entries(read.log())).isEqualTo(entries(written.log())).isNotEmpty();
        for (String view : Views.NAMES) {
            String argument = view.equals("kmem") ? "1000" : "";
            assertThat(Views.lines(read, view, argument))
                    .isEqualTo(Views.lines(written, view, argument));
        }
    }

    private static long[] words(Memory memory) {
        long[] words = new long[(int) (memory.size() / Memory.WORD)];
        Arrays.setAll(words, i -> memory.peek((long) i * Memory.WORD));
        return words;
    }

    private static List<List<Object>> entries(AccessLog log) {
        return IntStream.range(0, log.size())
                .mapToObj(
                        i ->
                                List.<Object>of(
                                        log.kind(i),
                                        log.thread(i),
                                        log.cpu(i),
                                        log.interrupt(i),
                                        log.address(i),
                                        log.bytes(i),
                                        log.old(i),
                                        log.value(i)))
                .toList();
    }

    @Test
    void theSameMachineGivesTheSameBytes(@TempDir Path temp) throws IOException {
        byte[] first = bytes(Wreck.of(Wreck.ENGINE).misuse().dump(), temp.resolve("a"));
        byte[] second = bytes(Wreck.of(Wreck.ENGINE).misuse().dump(), temp.resolve("b"));
        assertThat(first).isEqualTo(second);
        byte[] other = bytes(Wreck.of(Wreck.ENGINE).dump(), temp.resolve("c"));
        assertThat(other).isNotEqualTo(first);
        assertThat(new String(first, 0, HEADER.length(), US_ASCII)).isEqualTo(HEADER);
    }

    private static void refused(byte[] file, String words) throws IOException {
        Path damaged = Files.createTempFile("dump-file-test", null);
        try {
            Files.write(damaged, file);
            assertThatThrownBy(() -> DumpFile.read(damaged))
                    .isInstanceOf(DumpException.class)
                    .hasMessageContaining(words)
                    .hasMessageMatching("[^\\n]{10,120}");
        } finally {
            Files.delete(damaged);
        }
    }

    @Property(tries = 120)
    void aFileThatIsCutOffIsRefused(@ForAll @IntRange(min = 0, max = 1 << 20) int at)
            throws IOException {
        refused(Arrays.copyOf(GOOD, at % GOOD.length), "cut off");
    }

    @Property(tries = 250)
    void aFlippedBitIsSeen(@ForAll @IntRange(min = 0, max = 1 << 24) int bit) throws IOException {
        byte[] damaged = GOOD.clone();
        damaged[bit / 8 % GOOD.length] ^= (byte) (1 << bit % 8);
        refused(damaged, "it ");
    }

    @Property(tries = 60)
    void anyOtherFileIsRefused(@ForAll @Size(max = 60) byte[] file) throws IOException {
        refused(file, "it ");
    }

    @Test
    void moreThanAFileIsRefused() throws IOException {
        refused(Arrays.copyOf(GOOD, GOOD.length + 1), "does not end where it should");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "10", "0"})
    void anotherVersionIsRefused(String version) throws IOException {
        byte[] head = HEADER.replace("1", version).getBytes(US_ASCII);
        byte[] file = Arrays.copyOf(head, head.length + GOOD.length - HEADER.length());
        System.arraycopy(GOOD, HEADER.length(), file, head.length, GOOD.length - HEADER.length());
        refused(file, "version " + version + ", and this program reads version 1");
    }

    @Test
    void whatCannotBeWrittenLeavesNothingBehind(@TempDir Path temp) throws IOException {
        Path taken = Files.createDirectory(temp.resolve("taken"));
        Files.createFile(taken.resolve("file"));
        Dump dump = Wreck.of(Wreck.ENGINE).misuse().dump();
        assertThatThrownBy(() -> DumpFile.write(dump, taken)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> DumpFile.write(dump, temp.resolve("none").resolve("a")))
                .isInstanceOf(IOException.class);
        try (var left = Files.list(temp)) {
            assertThat(left).containsExactly(taken);
        }
    }
}
