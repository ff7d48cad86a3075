package org.slubcheck.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.FaultAttr;
import org.slubcheck.machine.Geometry;
import org.slubcheck.slab.SlabAttributes;
import org.slubcheck.slab.SlabConfig;

/** A trace of a real kernel on every engine: the same counts, and slabs as the real kernel's. */
class ReplayEnginesTest {
    private static final Path TRACES = Path.of(System.getProperty("basedir", "."), "..", "traces");

    /** What a replay leaves: its totals, and the objects that callers hold of each cache. */
    private record Left(TraceTotals totals, Map<String, Long> held) {}

    private static Left replay(Kernel kernel, String name) throws Exception {
        KernelTarget target = new KernelTarget(kernel);
        ReplayResult result =
                new Replay(target, false, 40_000, events -> {})
                        .run(TRACES.resolve(name + ".trace.gz"));
        assertThat(result.messages()).isEmpty();
        assertThat(kernel.reports()).isEmpty();
        Map<String, Long> held = new TreeMap<>();
        for (long s : kernel.slab().caches()) {
            held.put(kernel.slab().nameOf(s), target.objectsHeld(s));
        }
        // Their structs differ, and with that who holds what of the engine's own.
        held.keySet().removeIf(cache -> cache.startsWith("kmem_cache"));
        return new Left(result.totals(), held);
    }

    private static Kernel boot(String engine) {
        return Kernel.boot(KernelConfig.of(Geometry.desktop(2, 2)).withEngine(engine));
    }

    @ParameterizedTest
    @ValueSource(strings = {"network", "compile"})
    void allEnginesCountAlike(String trace) throws Exception {
        TraceTotals totals = Traces.infer(TRACES.resolve(trace + ".trace.gz")).totals();
        List<Map<String, Long>> held = new ArrayList<>();
        for (String engine : KernelConfig.ENGINES) {
            Left left = replay(boot(engine), trace);
            assertThat(left.totals()).as(engine).isEqualTo(totals);
            held.add(left.held());
        }
        assertThat(held.get(0)).hasSizeGreaterThan(40);
        assertThat(held).allSatisfy(each -> assertThat(each).isEqualTo(held.get(0)));
    }

    @Test
    void slabsOfTheSameNameAreAsInTheSample() throws Exception {
        Kernel kernel = boot("slub");
        replay(kernel, "compile");
        Map<String, String> sample = new TreeMap<>();
        for (String line : Files.readAllLines(TRACES.resolve("slab-geometry-sample.tsv"))) {
            String[] row = line.split("\t", -1);
            // A trace does not tell of constructors and RCU, for which objects are longer.
            if (row[7].equals("0") && row[8].equals("0")) {
                sample.put(row[0] + " " + row[1], row[4] + " " + row[5] + " " + row[6]);
            }
        }
        int same = 0;
        for (long s : kernel.slab().caches()) {
            String cache = kernel.slab().nameOf(s) + " " + show(kernel, s, "object_size");
            String slabs = show(kernel, s, "slab_size", "objs_per_slab", "order");
            if (sample.containsKey(cache)) {
                assertThat(slabs).as(cache).isEqualTo(sample.get(cache));
                same++;
            }
        }
        assertThat(same).as("names that match").isEqualTo(4);
    }

    private static String show(Kernel kernel, long s, String... files) {
        List<String> values = new ArrayList<>();
        for (String file : files) {
            values.add(SlabAttributes.show(kernel.slab(), kernel.task(0), s, file).strip());
        }
        return String.join(" ", values);
    }

    /** Who was recorded got an object, so a request that is refused is made again. */
    @ParameterizedTest
    @ValueSource(strings = {"slub", "slubq"})
    void aReplayGetsOverFailslab(String engine) throws Exception {
        KernelConfig config =
                KernelConfig.of(Geometry.desktop(2, 1))
                        .withEngine(engine)
                        .withFaults(true)
                        .with(SlabConfig.defaults().withFailslab(true));
        Kernel kernel = Kernel.boot(config);
        kernel.faults()
                .failslab()
                .set(FaultAttr.parse("probability=20,times=5000,ignore-gfp-wait=N"));
        assertThat(replay(kernel, "network").totals())
                .isEqualTo(Traces.infer(TRACES.resolve("network.trace.gz")).totals());
        assertThat(kernel.console().lines().stream().filter(l -> l.text().contains("FAULT_INJ")))
                .hasSize(5000);
    }
}
