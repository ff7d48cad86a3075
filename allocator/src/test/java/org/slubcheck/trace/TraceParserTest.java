package org.slubcheck.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.mm.Gfp;

class TraceParserTest {
    private static final String FREE =
            "     task-1  [003] .....   1.000001: kfree: call_site=f+0x1/0x2 ptr=00000000000000ab\n";

    private static final String ALLOC =
            "kmem_cache_alloc: call_site=f+0x1/0x2 ptr=000000004646c6ba name=filp bytes_req=184"
                    + " bytes_alloc=192 gfp_flags=GFP_KERNEL|__GFP_ZERO node=-1 accounted=false";

    @TempDir Path folder;

    @Test
    void anAllocationIsReadWhole() throws Exception {
        assertThat(read("  t-1  [001] .....   0.000024: " + ALLOC + "\n"))
                .containsExactly(
                        new Traces.Event(
                                EventBatch.CACHE_ALLOC,
                                1,
                                0x4646c6baL,
                                "filp",
                                184,
                                192,
                                TraceGfp.parse("GFP_KERNEL") | Gfp.ZERO,
                                -1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "            task-1       [007] .....      0.000000: ",
                "            task-1       [007] d.h1      12.345678: ", // four flags, before 5.17
                "            task-1       [007]   12345.678901: ", // no latency column, before
                // 2.6.33
                "          <idle>-0       [007] d.s1. 98765.432100: ",
                "           <...>-4711    [007] ..... 98765.432100: ",
                "  kworker/u8:2+f-123     [007] ..... 98765.432100: ",
                "   Web Content 1-9       [007] ..... 98765.432100: ",
                "    a-b - c-d [x-9       [007] ..... 98765.432100: ",
                "   [001] 1.0: y-9        [007] ..... 98765.432100: ",
                "       CPU:0 [LO-9       [007] ..... 98765.432100: ",
                "            bash-1977    (   1977) [007] .....    17.284993: ",
                "            task-1       [007] .....  281474976710656: ", // counter clock
            })
    void theHeadMayLookLikeThis(String head) throws Exception {
        List<Traces.Event> events = read(head + ALLOC + "\n");
        assertThat(events).hasSize(1);
        assertThat(events.get(0).cpu()).isEqualTo(7);
        assertThat(events.get(0).name()).isEqualTo("filp");
    }

    @Test
    void everyEventOfKmemIsKnown() throws Exception {
        String head = "t-1 [000] ..... 0.1: ";
        String values = " call_site=f ptr=1 bytes_req=8 bytes_alloc=8 gfp_flags=0 node=2\n";
        List<Traces.Event> events =
                read(
                        head
                                + "kmalloc:"
                                + values
                                + head
                                + "kmalloc_node:"
                                + values
                                + head
                                + "kmem_cache_alloc:"
                                + values
                                + head
                                + "kmem_cache_alloc_node:"
                                + values
                                + head
                                + "kfree: call_site=f ptr=1\n"
                                + head
                                + "kmem_cache_free: call_site=f ptr=1\n");
        assertThat(events.stream().map(event -> (int) event.kind()))
                .containsExactly(0, 0, 1, 1, 2, 3);
        assertThat(events.get(0).node()).isEqualTo(2);
        assertThat(events.get(2).name()).isNull();
    }

    @Test
    void namesMayHaveBlanksAndSitesMayNameTheirModule() throws Exception {
        List<Traces.Event> events =
                read(
                        "t-1 [000] ..... 0.1: kmem_cache_alloc: call_site=f+0x1/0x2 [ext4]"
                                + " ptr=0xffff888012345678 name=my own cache bytes_req=8"
                                + " bytes_alloc=8 gfp_flags=0x80 node=-1\n"
                                + "t-1 [000] ..... 0.1: kmem_cache_free: call_site=f+0x1/0x2 [ext4]"
                                + " ptr=0xffff888012345678 name=my own cache\r\n");
        assertThat(events.get(0).name()).isEqualTo("my own cache");
        assertThat(events.get(1).name()).isEqualTo("my own cache");
        assertThat(events.get(0).ptr()).isEqualTo(0xffff888012345678L);
        assertThat(events.get(0).gfp()).isEqualTo(TraceGfp.UNKNOWN);
    }

    @Test
    void whatIsNoEventOfKmemIsPassedOverAndCounted() throws Exception {
        String text =
                "# tracer: nop\n#\n##### CPU 2 buffer started ####\n\n"
                        + "t-1 [000] ..... 0.1: mm_page_alloc: page=0 pfn=1\n"
                        + "t-1 [000] ..... 0.1: kmem_cache_alloc <-f\n"
                        + "t-1 [000] ..... 0.1: <stack trace>\n => f\n => g\n"
                        + "CPU:0 [LOST 123 EVENTS]\n"
                        + "CPU:1 [LOST EVENTS]\n"
                        + FREE;
        try (TraceParser parser = TraceParser.open(write(text))) {
            assertThat(Traces.events(parser)).hasSize(1);
            assertThat(parser.events()).isEqualTo(1);
            assertThat(parser.otherEvents()).isEqualTo(3);
            assertThat(parser.lostMarks()).isEqualTo(2);
            assertThat(parser.lostEvents()).isEqualTo(123);
            assertThat(parser.lines()).isEqualTo(12);
        }
    }

    @Test
    void aPointerMayBeNull() throws Exception {
        List<Traces.Event> events =
                read(
                        FREE.replace("00000000000000ab", "(null)")
                                + FREE.replace("00000000000000ab", "0000000000000000"));
        assertThat(events).extracting(Traces.Event::ptr).containsExactly(0L, 0L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello | line 2: not a line that ftrace prints: no [CPU], time and event",
                "t-1 [x] ..... 0.1: kfree: ptr=1 | line 2: not a line that ftrace prints",
                "t-1 [000] ..... 0.1: kfree: call_site=f | line 2: the event has no ptr=",
                "t-1 [000] ..... 0.1: kfree: ptr=xyz | line 2: ptr= must be a hexadecimal number",
                "t-1 [000] ..... 0.1: kfree: ptr= | line 2: ptr= must be a hexadecimal number",
                "t-1 [000] ..... 0.1: kfree: ptr=11112222333344445 | line 2: ptr= must be",
                "t-1 [000] ..... 0.1: kfree: ptr=(____ptrval____) | line 2: ptr= has no identity",
                "t-1 [000] ..... 0.1: kmem_cache_free: ptr=1 name= | line 2: name= is empty",
                "t-1 [000] ..... 0.1: kmalloc: ptr=1 bytes_req=8 | line 2: the event has no bytes_",
                "t-1 [000] ..... 0.1: kmalloc: ptr=1 bytes_req=-8 | line 2: bytes_req= must be a n",
                "t-1 [000] ..... 0.1: kmalloc: bytes_req=99999999999999999999 | line 2: bytes_req=",
                "\u0001\u0002 | line 2: binary data, not the text that ftrace prints",
            })
    void aMalformedLineIsNamedByItsNumber(String lineAndMessage) throws Exception {
        String[] parts = lineAndMessage.split(" \\| ", 2);
        TraceFormatException e = refused(write(FREE + parts[0] + "\n" + FREE));
        assertThat(e).hasMessageContaining(parts[1]);
        assertThat(e.line()).isEqualTo(2);
    }

    @Test
    void compressionIsToldByContentNotByName() throws Exception {
        Path plain = write(FREE);
        Path gz = Files.write(folder.resolve("compressed.txt"), gzip(FREE.repeat(2)));
        try (TraceParser parser = TraceParser.open(plain)) {
            assertThat(parser.gzip()).isFalse();
            assertThat(Traces.events(parser)).hasSize(1);
        }
        try (TraceParser parser = TraceParser.open(gz)) {
            assertThat(parser.gzip()).isTrue();
            assertThat(Traces.events(parser)).hasSize(2);
        }
    }

    @Test
    void aCompressedFileThatIsCutOffOrDamagedIsRefused() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            text.append(FREE.replace("00000000000000ab", String.format("%016x", i * 7919L)));
        }
        byte[] whole = gzip(text.toString());
        for (int length : new int[] {1, 2, 3, 9, 12, whole.length / 2, whole.length - 1}) {
            Path cut = folder.resolve("cut" + length);
            Files.write(cut, Arrays.copyOf(whole, length));
            assertThat(refused(cut).getMessage()).doesNotContain("\n").isNotBlank();
        }
        Path half = folder.resolve("cut" + whole.length / 2);
        assertThat(refused(half)).hasMessageContaining("the compressed file is cut off after line");
        byte[] damaged = whole.clone();
        for (int i = 2000; i < 2100; i++) {
            damaged[i] ^= 0x55;
        }
        Path bad = Files.write(folder.resolve("damaged"), damaged);
        assertThat(refused(bad).getMessage()).containsAnyOf("damaged", "line", "cut off");
    }

    @Test
    void whatIsNoTraceIsRefusedInOneSentence() throws Exception {
        assertThat(refused(folder)).hasMessageContaining("is a directory, not a trace");
        assertThat(refused(folder.resolve("none"))).hasMessageContaining("no such file");
        assertThat(refused(write(""))).hasMessageContaining("is empty, not a trace");
        assertThat(refused(write("# tracer: nop\n")))
                .hasMessageContaining("holds no kmem event in 1 lines");
        Path binary = folder.resolve("binary");
        Files.write(binary, new byte[100_000]);
        assertThat(refused(binary)).hasMessageContaining("longer than 65536 bytes");
        Files.write(binary, new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, '\n', 1});
        assertThat(refused(binary)).hasMessageContaining("line 1: binary data");
        assertThat(refused(write(FREE + "x".repeat(200_000) + "\n")))
                .hasMessageContaining("line 2: longer than 65536 bytes");
    }

    @Test
    void aLineMayBreakAnywhereInTheBuffer() throws Exception {
        String filler = "# " + "x".repeat(50_000) + "\n";
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            text.append(filler, i * 1231, filler.length()).append(FREE);
        }
        String lines = text.toString().replaceAll("(?m)^x", "#x");
        assertThat(read(lines)).hasSize(40);
    }

    @Test
    void theLastLineNeedsNoEnd() throws Exception {
        assertThat(read(FREE + FREE.strip())).hasSize(2);
    }

    private List<Traces.Event> read(String text) throws IOException, TraceFormatException {
        try (TraceParser parser = TraceParser.open(write(text))) {
            return Traces.events(parser);
        }
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("trace.txt"), text);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }

    private static TraceFormatException refused(Path file) {
        try (TraceParser parser = TraceParser.open(file)) {
            Traces.events(parser);
        } catch (TraceFormatException e) {
            return e;
        }
        throw new AssertionError(file + " was accepted");
    }
}
