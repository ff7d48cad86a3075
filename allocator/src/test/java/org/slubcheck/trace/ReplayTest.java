package org.slubcheck.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Progress;

/** The replay itself, on a machine made of a hash map. */
class ReplayTest {
    private static final Path TRACES = Path.of(System.getProperty("basedir", "."), "..", "traces");

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "compile.trace.gz, 1, false",
        "compile.trace.gz, 8, false",
        "compile.trace.gz, 8, true",
        "network.trace.gz, 2, true",
        "network.trace.gz, 1, true",
    })
    void aFaithfulMachineIsClean(String trace, int cpus, boolean parallel) throws Exception {
        MapMachine machine = new MapMachine(cpus);
        ReplayResult result = replay(machine, parallel, TRACES.resolve(trace));
        assertThat(result.messages()).isEmpty();
        assertThat(result.clean()).isTrue();
        assertThat(result.checkpoints()).isGreaterThan(3);
        assertThat(machine.objects.values().stream().filter(cache -> cache > 0).count())
                .isEqualTo(result.totals().live());
        assertThat(machine.wrong).hasValue(0);
    }

    @Test
    void theLastLineHasTheTotals() throws Exception {
        ReplayResult result = replay(new MapMachine(2), false, TRACES.resolve("network.trace.gz"));
        assertThat(result.summary())
                .isEqualTo(
                        "replay: events=111418 allocs=54529 frees=56889 foreign=7030 implied=2868"
                                + " live=1802 violations=0");
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void aMachineThatLosesAnObjectIsFound(boolean parallel) throws Exception {
        MapMachine machine = new MapMachine(2);
        machine.loseFree = 1000;
        ReplayResult result = replay(machine, parallel, TRACES.resolve("compile.trace.gz"));
        assertThat(result.clean()).isFalse();
        assertThat(result.messages().get(0)).contains("the machine holds").contains("trace says");
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void aMachineThatDiesIsReportedAndTheRunEnds(boolean parallel) throws Exception {
        MapMachine machine = new MapMachine(4);
        machine.dieAt = 5000;
        ReplayResult result = replay(machine, parallel, TRACES.resolve("compile.trace.gz"));
        assertThat(result.messages()).contains("the machine died: kernel BUG");
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    @Timeout(120)
    void aMachineThatHangsEndsTheRun(boolean parallel) throws Exception {
        MapMachine machine = new MapMachine(4);
        machine.hangAt = 5000;
        ReplayResult result = replay(machine, parallel, TRACES.resolve("compile.trace.gz"));
        assertThat(result.messages()).anyMatch(m -> m.contains("every thread waits"));
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void aFaultOfTheSuiteIsNoFinding(boolean parallel) {
        MapMachine machine = new MapMachine(4);
        machine.dieAt = 5000;
        machine.fault = new IndexOutOfBoundsException("of a table of the suite");
        assertThatThrownBy(() -> replay(machine, parallel, TRACES.resolve("compile.trace.gz")))
                .isSameAs(machine.fault);
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void aMachineThatRunsOutOfMemoryIsReported(boolean parallel) throws Exception {
        MapMachine machine = new MapMachine(2);
        machine.refuseFrom = 50_000;
        ReplayResult result = replay(machine, parallel, TRACES.resolve("network.trace.gz"));
        assertThat(result.messages()).anyMatch(message -> message.contains("allocations: no mem"));
    }

    @Test
    void whatTheCensusSaysCounts() throws Exception {
        MapMachine machine = new MapMachine(2);
        machine.complaint = "list_add corruption";
        ReplayResult result = replay(machine, false, TRACES.resolve("network.trace.gz"));
        assertThat(result.messages()).contains("list_add corruption");
        assertThat(result.violations()).isEqualTo(result.checkpoints());
    }

    @Test
    void lostEventsAreTold() throws Exception {
        Path trace =
                Files.writeString(
                        folder.resolve("t"),
                        "t-1 [000] ..... 0.1: kfree: call_site=f ptr=1\n"
                                + "CPU:1 [LOST 7 EVENTS]\n"
                                + "t-1 [000] ..... 0.1: mm_page_free: x\n");
        ReplayResult result = replay(new MapMachine(1), false, trace);
        assertThat(result.lostMarks()).isEqualTo(1);
        assertThat(result.lostEvents()).isEqualTo(7);
        assertThat(result.otherEvents()).isEqualTo(1);
        assertThat(result.summary())
                .isEqualTo(
                        "replay: events=1 allocs=0 frees=1 foreign=1 implied=0 live=0"
                                + " violations=0");
    }

    private static ReplayResult replay(MapMachine machine, boolean parallel, Path trace)
            throws TraceFormatException {
        return new Replay(machine, parallel, 20_000, events -> {}).run(trace);
    }

    /** Objects are numbers and a map says whose they are; it can be told to misbehave. */
    private static final class MapMachine implements ReplayTarget {
        private final int cpus;
        private final Map<Long, Long> objects = new ConcurrentHashMap<>();
        private final AtomicLong next = new AtomicLong(1);
        private final AtomicLong frees = new AtomicLong();
        private final AtomicLong wrong = new AtomicLong();
        private long caches;
        private long loseFree = -1;
        private long dieAt = -1;
        private RuntimeException fault;
        private long hangAt = -1;
        private Progress progress;
        private long refuseFrom = Long.MAX_VALUE;
        private String complaint;

        MapMachine(int cpus) {
            this.cpus = cpus;
        }

        @Override
        public int cpus() {
            return cpus;
        }

        @Override
        public int nodes() {
            return 1;
        }

        @Override
        public Progress watch(int threads) {
            progress = new Progress(new Console(), threads);
            return progress;
        }

        @Override
        public long cacheFor(TracedCache cache) {
            // Caches of kmalloc share one, as caches do that the kernel merges.
            return cache.type() == TracedCache.Type.CACHE ? ++caches + 100 : 1;
        }

        @Override
        public long alloc(int cpu, long cache, int gfp, int node) {
            long object = next.getAndIncrement();
            if (object == hangAt) {
                progress.await(() -> true, "what never comes");
            }
            if (object == dieAt) {
                throw fault != null ? fault : new MachineDied("kernel BUG", null);
            }
            if (object >= refuseFrom) {
                return 0;
            }
            objects.put(object, cache);
            return object;
        }

        @Override
        public long kmalloc(int cpu, int size, int gfp, int node) {
            return alloc(cpu, 1, gfp, node);
        }

        @Override
        public void free(int cpu, long cache, long object) {
            if (frees.getAndIncrement() == loseFree) {
                objects.put(-object, objects.remove(object));
                return;
            }
            Long owner = objects.remove(object);
            if (owner == null || owner != cache) {
                wrong.incrementAndGet();
            }
        }

        @Override
        public void kfree(int cpu, long object) {
            if (objects.remove(object) == null) {
                wrong.incrementAndGet();
            }
        }

        @Override
        public long objectsHeld(long cache) {
            return objects.values().stream().filter(owner -> owner == cache).count();
        }

        @Override
        public void check(long[] held, Consumer<String> violation) {
            for (long object : held) {
                if (!objects.containsKey(object)) {
                    violation.accept("object " + object + " is not there");
                }
            }
            if (complaint != null) {
                violation.accept(complaint);
            }
        }
    }
}
