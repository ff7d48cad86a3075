package org.slubcheck.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.slubcheck.defects.Defects;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.KernelDeath;
import org.slubcheck.machine.Steps;
import org.slubcheck.slab.SlabFlags;

/**
 * Where a boot slab is while its cache moves: on the partial list, with a CPU, or full. The fix-up has
 * to find it everywhere; the walks of 2010 miss what B02 and B03 say. On the engine with queues no
 * slab is a CPU's, and one whose objects are all in use or queued is full.
 */
class BootSlabsTest {
    /** Real pages: a node's first slab of kmem_cache_node has room left when the boot is over. */
    private static final Geometry ROOMY =
            new Geometry(
                    "roomy",
                    2,
                    2,
                    true,
                    4096,
                    64,
                    5,
                    new Geometry.ZonePages(0, 0, 96, 0, 0),
                    8,
                    8192,
                    32 << 10,
                    128);

    private static final Pattern STALE =
            Pattern.compile("page#\\d+ has a stale owner: 0x[0-9a-f]+ is no cache; it is (.*)");
    private static final Pattern STALE_PARTIAL =
            Pattern.compile("page#\\d+ has a stale owner: 0x[0-9a-f]+ is no cache; it has (.*)");

    private static final String PARTIAL = "free objects";
    private static final String CPU = "a CPU's slab";
    private static final String FULL = "full";

    /** The places of slabs that name a cache which is gone, over machines and failing allocations. */
    private static Set<String> places(String engine, String defect) {
        Steps steps =
                defect == null
                        ? Steps.mainline()
                        : Defects.byId(defect).orElseThrow().install(Steps.mainline());
        Set<String> places = new TreeSet<>();
        for (Geometry g : List.of(Geometry.small(), Geometry.numa(2), ROOMY)) {
            for (long debug : new long[] {0, SlabFlags.STORE_USER}) {
                for (int fail = 0; fail <= 6; fail++) {
                    KernelConfig config = KernelConfig.of(g).withEngine(engine).withFaults(true);
                    config = config.with(config.slab().withDebugFlags(debug));
                    add(places, Kernel.offChecked(config, steps), fail);
                }
            }
        }
        return places;
    }

    private static void add(Set<String> places, Kernel kernel, int fail) {
        kernel.faults().failAt(Faults.Kind.PAGE, fail);
        try {
            kernel.bootTo(Kernel.Stage.RUNNING);
        } catch (KernelDeath death) {
            return;
        }
        for (String sentence : Census.of(kernel, new long[0])) {
            for (Pattern pattern : List.of(STALE, STALE_PARTIAL)) {
                Matcher matcher = pattern.matcher(sentence);
                if (matcher.matches()) {
                    places.add(matcher.group(1));
                }
            }
        }
    }

    @Test
    void withoutAFixUpTheyAreStaleEverywhere() {
        assertThat(places("slub", "B01")).containsExactlyInAnyOrder(PARTIAL, CPU, FULL);
        assertThat(places("slubq", "B01")).containsExactlyInAnyOrder(PARTIAL, FULL);
    }

    @Test
    void theWalkOfPartialListsAloneMissesTheSlabOfTheCpu() {
        // A slab that has become full is on no list either, unless users are stored.
        assertThat(places("slub", "B02")).containsExactlyInAnyOrder(CPU, FULL);
        assertThat(places("slubq", "B02")).containsExactly(FULL);
    }

    @Test
    void theWalkThatForgetsFullListsMissesFullSlabs() {
        assertThat(places("slub", "B03")).containsExactly(FULL);
        assertThat(places("slubq", "B03")).containsExactly(FULL);
    }

    @Test
    void theFixedBootMissesNone() {
        for (String engine : KernelConfig.ENGINES) {
            assertThat(places(engine, null)).as(engine).isEmpty();
        }
    }
}
