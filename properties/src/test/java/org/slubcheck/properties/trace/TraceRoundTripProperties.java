package org.slubcheck.properties.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.slubcheck.trace.EventBatch;
import org.slubcheck.trace.OpBatch;
import org.slubcheck.trace.TraceFormatException;
import org.slubcheck.trace.TraceInference;
import org.slubcheck.trace.TraceParser;

/** Random events, printed as the kernel prints them, are read back as they were. */
class TraceRoundTripProperties {
    record Event(int kind, String task, int cpu, String latency, long ptr, String name, int size) {
        boolean alloc() {
            return kind < 2;
        }

        String print(int number) {
            String[] events = {"kmalloc", "kmem_cache_alloc", "kfree", "kmem_cache_free"};
            String head =
                    String.format(
                            Locale.ROOT,
                            "%16s-%-7d [%03d] %s %5d.%06d: %s: call_site=f+0x1/0x2 ptr=%016x",
                            task,
                            number,
                            cpu,
                            latency,
                            number,
                            number,
                            events[kind],
                            ptr);
            String named = kind == 1 || kind == 3 ? " name=" + name : "";
            String sized =
                    alloc()
                            ? String.format(
                                    Locale.ROOT,
                                    " bytes_req=%d bytes_alloc=%d gfp_flags=GFP_KERNEL node=-1",
                                    size,
                                    size)
                            : "";
            return head + named + sized + "\n";
        }
    }

    @Provide
    Arbitrary<List<Event>> traces() {
        Arbitrary<String> tasks =
                Arbitraries.strings().withChars("ab-_[]: ./0123=#(").ofMinLength(1).ofMaxLength(15);
        Arbitrary<String> latency = Arbitraries.of("", ".....", "d.h1", "dN.h3.", "d..2.");
        Arbitrary<String> names = Arbitraries.of("filp", "dentry", "my cache", ":A-0000192", "x");
        Arbitrary<Event> event =
                Combinators.combine(
                                Arbitraries.integers().between(0, 3),
                                tasks,
                                Arbitraries.integers().between(0, 300),
                                latency,
                                Arbitraries.longs().between(0, 12),
                                names,
                                Arbitraries.integers().between(0, 9000))
                        .as(Event::new);
        return event.list().ofMinSize(1).ofMaxSize(80);
    }

    @Property(tries = 300)
    void whatIsPrintedIsReadBack(@ForAll("traces") List<Event> trace, @ForAll boolean gzip)
            throws Exception {
        EventBatch batch = new EventBatch(100);
        Path file = write(trace, gzip);
        try (TraceParser parser = TraceParser.open(file)) {
            assertThat(parser.next(batch)).isTrue();
            assertThat(batch.size).isEqualTo(trace.size());
            for (int i = 0; i < batch.size; i++) {
                Event event = trace.get(i);
                assertThat((int) batch.kind[i]).isEqualTo(event.kind());
                assertThat(batch.cpu[i]).isEqualTo(event.cpu());
                assertThat(batch.ptr[i]).isEqualTo(event.ptr());
                assertThat(batch.bytesReq[i]).isEqualTo(event.alloc() ? event.size() : 0);
                String name = batch.name[i] < 0 ? null : parser.name(batch.name[i]);
                boolean named = event.kind() == 1 || event.kind() == 3;
                assertThat(name).isEqualTo(named ? event.name() : null);
            }
            assertThat(parser.next(batch)).isFalse();
        } finally {
            Files.delete(file);
        }
    }

    @Property(tries = 300)
    void theInferenceKeepsTheBooksOfAMap(@ForAll("traces") List<Event> trace) throws Exception {
        Map<Long, Event> live = new HashMap<>();
        long foreign = 0;
        long implied = 0;
        long failed = 0;
        for (Event event : trace) {
            if (!event.alloc()) {
                foreign += live.remove(event.ptr()) == null ? 1 : 0;
            } else if (event.ptr() == 0) {
                failed++;
            } else {
                implied += live.put(event.ptr(), event) == null ? 0 : 1;
            }
        }
        TraceInference inference = infer(trace);
        assertThat(inference.totals().foreign()).isEqualTo(foreign);
        assertThat(inference.totals().implied()).isEqualTo(implied);
        assertThat(inference.totals().failed()).isEqualTo(failed);
        assertThat(inference.totals().live()).isEqualTo(live.size());
        long perCache = 0;
        for (int i = 0; i < inference.caches(); i++) {
            perCache += inference.cache(i).live();
        }
        assertThat(perCache).isEqualTo(live.size());
    }

    @Property(tries = 300)
    void aFlippedByteIsRefusedOrReadButNeverCrashes(
            @ForAll("traces") List<Event> trace, @ForAll int where, @ForAll byte value)
            throws Exception {
        Path file = write(trace, false);
        byte[] bytes = Files.readAllBytes(file);
        bytes[Math.floorMod(where, bytes.length)] = value;
        Files.write(file, bytes);
        EventBatch batch = new EventBatch(100);
        try (TraceParser parser = TraceParser.open(file)) {
            while (parser.next(batch)) {
                assertThat(batch.size).isLessThanOrEqualTo(trace.size() + 1);
            }
        } catch (TraceFormatException e) {
            assertThat(e.getMessage()).startsWith(file.toString()).doesNotContain("\n");
        } finally {
            Files.delete(file);
        }
    }

    private static TraceInference infer(List<Event> trace) throws Exception {
        EventBatch batch = new EventBatch(7);
        OpBatch ops = new OpBatch(7);
        Path file = write(trace, false);
        try (TraceParser parser = TraceParser.open(file)) {
            TraceInference inference = new TraceInference(parser::name);
            while (parser.next(batch)) {
                inference.infer(batch, ops);
            }
            return inference;
        } finally {
            Files.delete(file);
        }
    }

    private static Path write(List<Event> trace, boolean gzip) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = gzip ? new GZIPOutputStream(bytes) : bytes) {
            out.write("# tracer: nop\n".getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < trace.size(); i++) {
                out.write(trace.get(i).print(i).getBytes(StandardCharsets.US_ASCII));
            }
        }
        return Files.write(Files.createTempFile("slubcheck", ".trace"), bytes.toByteArray());
    }
}
