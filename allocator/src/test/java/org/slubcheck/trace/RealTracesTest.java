package org.slubcheck.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The traces of the real kernel, against a slow computation with other means. */
class RealTracesTest {
    private static final Path TRACES = Path.of(System.getProperty("basedir", "."), "..", "traces");

    private static final Pattern LINE =
            Pattern.compile("\\s*\\S+-\\d+\\s+\\[(\\d+)\\] \\S+ +[\\d.]+: (\\w+): (.*)");

    @Test
    void theTotalsOfTheCompileTraceAreThese() throws Exception {
        TraceTotals totals = Traces.infer(TRACES.resolve("compile.trace.gz")).totals();
        assertThat(totals)
                .isEqualTo(
                        new TraceTotals(
                                207541, 105074, 102467, 11173, 10772, 9710, 0, 3328, 0, 4070,
                                4482));
    }

    @Test
    void theTotalsOfTheNetworkTraceAreThese() throws Exception {
        TraceTotals totals = Traces.infer(TRACES.resolve("network.trace.gz")).totals();
        assertThat(totals)
                .isEqualTo(
                        new TraceTotals(
                                111418, 54529, 56889, 7030, 6994, 2868, 0, 10916, 0, 1802, 2435));
    }

    @ParameterizedTest
    @ValueSource(strings = {"compile.trace.gz", "network.trace.gz"})
    void aSlowComputationGivesTheSame(String name) throws Exception {
        Path file = TRACES.resolve(name);
        Slow slow = new Slow();
        slow.read(file);
        TraceInference fast = Traces.infer(file);
        TraceTotals totals = fast.totals();
        assertThat(totals.events()).isEqualTo(slow.events);
        assertThat(totals.allocs()).isEqualTo(slow.allocs);
        assertThat(totals.frees()).isEqualTo(slow.events - slow.allocs);
        assertThat(totals.foreign()).isEqualTo(slow.foreign);
        assertThat(totals.implied()).isEqualTo(slow.implied);
        assertThat(totals.crossCpu()).isEqualTo(slow.crossCpu);
        assertThat(totals.live()).isEqualTo(slow.live.size());
        Map<String, Integer> perCache = new HashMap<>();
        for (int i = 0; i < fast.caches(); i++) {
            if (fast.cache(i).live() > 0) {
                perCache.put(fast.cache(i).name(), (int) fast.cache(i).live());
            }
        }
        assertThat(perCache).isEqualTo(slow.livePerCache());
    }

    @ParameterizedTest
    @ValueSource(strings = {"compile.trace.gz", "network.trace.gz"})
    void theOperationsNeverUseASlotTwiceAndAddUp(String name) throws Exception {
        Map<Integer, Integer> held = new HashMap<>();
        Map<Integer, Integer> turns = new HashMap<>();
        long[] counts = new long[2];
        TraceInference inference =
                Traces.infer(
                        TRACES.resolve(name),
                        ops -> {
                            for (int i = 0; i < ops.count; i++) {
                                int slot = ops.slot[i];
                                if (ops.op[i] == OpBatch.FREE) {
                                    assertThat(held.remove(slot)).isEqualTo(ops.cache[i]);
                                    assertThat(turns.merge(slot, 1, Integer::sum))
                                            .isEqualTo(ops.turn[i] + 1);
                                    counts[0]++;
                                } else {
                                    assertThat(held.put(slot, ops.cache[i])).isNull();
                                    assertThat(turns.getOrDefault(slot, 0)).isEqualTo(ops.turn[i]);
                                    counts[1]++;
                                }
                            }
                        });
        TraceTotals totals = inference.totals();
        assertThat(counts[1]).isEqualTo(totals.allocs());
        assertThat(counts[0]).isEqualTo(totals.frees() - totals.foreign() + totals.implied());
        assertThat(held).hasSize((int) totals.live());
        assertThat(inference.slots()).isEqualTo((int) totals.peak());
    }

    /** README's rules with regular expressions and hash maps. */
    private static final class Slow {
        private final Map<String, String[]> live = new HashMap<>();
        private final Set<String> sizes = new HashSet<>();
        private long events;
        private long allocs;
        private long foreign;
        private long implied;
        private long crossCpu;

        void read(Path file) throws Exception {
            try (BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(
                                    new GZIPInputStream(Files.newInputStream(file)),
                                    StandardCharsets.US_ASCII))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    if (!line.startsWith("#")) {
                        event(line);
                    }
                }
            }
        }

        private void event(String line) {
            Matcher matcher = LINE.matcher(line);
            assertThat(matcher.matches()).as(line).isTrue();
            Map<String, String> values = new HashMap<>();
            for (String word : matcher.group(3).split(" ", -1)) {
                if (word.contains("=")) {
                    String[] pair = word.split("=", 2);
                    values.put(pair[0], pair[1]);
                }
            }
            events++;
            String cpu = matcher.group(1);
            String ptr = values.get("ptr");
            if (matcher.group(2).endsWith("alloc") && !matcher.group(2).equals("kfree")) {
                allocs++;
                String cache = values.getOrDefault("name", "kmalloc-" + size(values));
                sizes.add(cache);
                implied += live.put(ptr, new String[] {cpu, cache}) == null ? 0 : 1;
                return;
            }
            String[] object = live.remove(ptr);
            if (object == null) {
                foreign++;
            } else if (!object[0].equals(cpu)) {
                crossCpu++;
            }
        }

        private static int size(Map<String, String> values) {
            int size = Integer.parseInt(values.get("bytes_req"));
            for (int one : new int[] {8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096}) {
                if (size <= one) {
                    return one;
                }
            }
            return 8192;
        }

        Map<String, Integer> livePerCache() {
            Map<String, Integer> counts = new HashMap<>();
            live.values().forEach(object -> counts.merge(object[1], 1, Integer::sum));
            return counts;
        }
    }
}
