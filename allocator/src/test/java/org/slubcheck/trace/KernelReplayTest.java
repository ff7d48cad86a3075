package org.slubcheck.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.kernel.Census;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.KmemCacheNode;

/** The traces of the real kernel on the real allocator. */
class KernelReplayTest {
    private static final Path TRACES = Path.of(System.getProperty("basedir", "."), "..", "traces");

    @TempDir Path folder;

    /** One trace on every kind of machine, the other on two: 1 to 2 s each. */
    static Stream<Arguments> machines() {
        List<Arguments> all = new ArrayList<>();
        for (int cpus : new int[] {1, 2, 8}) {
            for (int nodes : new int[] {1, 2}) {
                all.add(Arguments.of("network", cpus, nodes, false));
                all.add(Arguments.of("network", cpus, nodes, true));
            }
        }
        all.add(Arguments.of("compile", 1, 1, false));
        all.add(Arguments.of("compile", 2, 2, true));
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("machines")
    void aTraceOfARealKernelRunsWithoutAViolation(
            String name, int cpus, int nodes, boolean parallel) throws Exception {
        Path trace = TRACES.resolve(name + ".trace.gz");
        Kernel kernel = boot(cpus, nodes);
        ReplayResult result = replay(kernel, parallel, trace, events -> {});
        assertThat(result.messages()).isEmpty();
        assertThat(result.totals()).isEqualTo(Traces.infer(trace).totals());
        assertThat(result.checkpoints()).isGreaterThan(1);
        assertThat(kernel.reports()).isEmpty();
    }

    @Test
    void anObjectThatTheTraceDoesNotKnowIsFoundByTheCountsAndByTheCensus() throws Exception {
        Kernel kernel = boot(2, 1);
        ReplayResult result =
                replay(
                        kernel,
                        false,
                        TRACES.resolve("network.trace.gz"),
                        events -> {
                            if (events < 60_000) {
                                kernel.slab()
                                        .alloc(
                                                kernel.task(0),
                                                cache(kernel, "task_struct"),
                                                Gfp.KERNEL);
                            }
                        });
        assertThat(result.messages())
                .anyMatch(message -> message.contains("the machine holds"))
                .anyMatch(message -> message.contains("it is lost"));
    }

    @Test
    void aCountThatIsWrongIsFoundByTheCensus() throws Exception {
        Kernel kernel = boot(2, 1);
        ReplayResult result =
                replay(
                        kernel,
                        false,
                        TRACES.resolve("network.trace.gz"),
                        events -> {
                            if (events < 60_000) {
                                long node = kernel.slab().node(cache(kernel, "task_struct"), 0);
                                kernel.memory().fetchAdd(node + KmemCacheNode.NR_PARTIAL, 1);
                            }
                        });
        assertThat(result.messages()).anyMatch(message -> message.contains("nr_partial"));
    }

    @Test
    void aCacheMayBeCalledAsOneOfTheKernelsOwnAndLargeAndEmptyRequestsAreServed() throws Exception {
        String head = "t-1 [000] ..... 0.1: ";
        String values = " bytes_alloc=1 gfp_flags=GFP_KERNEL|__GFP_ZERO node=-1\n";
        Path trace =
                Files.writeString(
                        folder.resolve("trace"),
                        head
                                + "kmem_cache_alloc: ptr=1 name=kmem_cache bytes_req=232"
                                + values
                                + head
                                + "kmem_cache_alloc: ptr=2 name=kmem_cache bytes_req=240"
                                + values
                                + head
                                + "kmalloc: ptr=3 bytes_req=20000"
                                + values
                                + head
                                + "kmalloc: ptr=10 bytes_req=0"
                                + values
                                + head
                                + "kmalloc: ptr=10 bytes_req=0"
                                + values
                                + head
                                + "kmalloc: ptr=4 bytes_req=70"
                                + values
                                + head
                                + "kmem_cache_free: ptr=4 name=other\n"
                                + head
                                + "kfree: ptr=3\n"
                                + head
                                + "kfree: ptr=2\n");
        ReplayResult result = replay(boot(1, 1), false, trace, events -> {});
        assertThat(result.messages()).isEmpty();
        assertThat(result.totals().live()).isEqualTo(2);
        assertThat(result.totals().implied()).isEqualTo(1);
        assertThat(result.totals().mismatched()).isEqualTo(1);
    }

    @Test
    void aCacheThatNoMachineCanHaveIsAFindingAndNoStackTrace() throws Exception {
        Path trace =
                Files.writeString(
                        folder.resolve("trace"),
                        "t-1 [000] ..... 0.1: kmem_cache_alloc: ptr=1 name=x bytes_req=2147483647"
                                + " bytes_alloc=1 gfp_flags=GFP_KERNEL node=-1\n");
        for (boolean parallel : new boolean[] {false, true}) {
            ReplayResult result = replay(boot(2, 1), parallel, trace, events -> {});
            assertThat(result.violations()).isEqualTo(1);
            assertThat(result.messages().get(0)).startsWith("the machine died: ");
        }
    }

    /** A path that keeps irqs off on the way out: said at once, and no hang. */
    @ParameterizedTest
    @CsvSource({"false", "true"})
    @Timeout(120)
    void aPathThatLeavesIrqsOffIsAViolationAndNoHang(boolean parallel) throws Exception {
        Kernel kernel = boot(2, 1);
        ReplayResult result =
                replay(
                        kernel,
                        parallel,
                        TRACES.resolve("network.trace.gz"),
                        events -> kernel.machine().irqDisable(Task.on(1)));
        assertThat(result.violations()).isPositive();
        assertThat(result.messages())
                .anyMatch(m -> m.contains("every thread waits") && m.contains("the lock at"));
    }

    @Test
    void aTraceInMemoryRunsAgainAndAgainOnOneMachine() throws Exception {
        Kernel kernel = boot(2, 1);
        ParsedTrace parsed = ParsedTrace.of(TRACES.resolve("network.trace.gz"));
        ParsedTrace.Runs runs = parsed.on(new KernelTarget(kernel));
        for (int i = 0; i < 3; i++) {
            assertThat(runs.run()).isZero();
            assertThat(runs.live()).isEqualTo(parsed.totals().live());
            runs.freeLive();
        }
        assertThat(Census.of(kernel, new long[0])).isEmpty();
        assertThat(kernel.reports()).isEmpty();
    }

    private static long cache(Kernel kernel, String name) {
        return kernel.slab().caches().stream()
                .filter(s -> kernel.slab().nameOf(s).equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Kernel boot(int cpus, int nodes) {
        return Kernel.boot(KernelConfig.of(Geometry.desktop(cpus, nodes)));
    }

    private static ReplayResult replay(
            Kernel kernel, boolean parallel, Path trace, LongConsumer progress)
            throws TraceFormatException {
        return new Replay(new KernelTarget(kernel), parallel, 40_000, progress).run(trace);
    }
}
