package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Faults;

/** A boot that lacks memory prints the kernel's own panic, or carries on. */
class BootFaultTest {
    private static final Pattern PANIC =
            Pattern.compile(
                    "\\] Kernel panic - not syncing: (Creation of kmalloc slab |Cannot create slab"
                            + " |SLUB: no memory for the kmem_cache_node of node )");

    @ParameterizedTest
    @CsvSource({"slub, 1", "slub, 4", "slubq, 1", "slubq, 4", "slub-lockless, 4"})
    void everyPageMayBeMissing(String engine, int nodes) {
        KernelConfig config =
                KernelConfig.of(Machines.forBoot(2, nodes, 4096))
                        .withEngine(engine)
                        .withFaults(true);
        long pages = Kernel.boot(config).faults().attempts(Faults.Kind.PAGE);
        int stopped = 0;
        for (long k = 1; k <= pages; k++) {
            Cli cli = boot(engine, nodes, "--fail-alloc", Long.toString(k));
            assertThat(cli.err()).isEmpty();
            assertThat(cli.out()).doesNotContain("unable to handle", "census:");
            boolean panics = PANIC.matcher(cli.out()).find();
            assertThat(cli.exit()).as(cli.all()).isEqualTo(panics ? Exit.FAILED : Exit.OK);
            assertThat(cli.out().contains("slabinfo - version")).isEqualTo(!panics);
            stopped += panics ? 1 : 0;
        }
        assertThat((long) stopped).as("boots that stop").isBetween(1L, pages - 1);
        Cli beyond = boot(engine, nodes, "--fail-alloc", Long.toString(pages + 1));
        assertThat(unstamped(beyond)).isEqualTo(unstamped(boot(engine, nodes)));
    }

    /** The stamps count accesses to memory, and who is about to fail looks more often. */
    private static String unstamped(Cli cli) {
        return cli.out().replaceAll("(?m)^\\[ *[0-9.]+\\] ", "");
    }

    private static Cli boot(String engine, int nodes, String... more) {
        String[] words = new String[5 + more.length];
        words[0] = "boot";
        words[1] = "--engine";
        words[2] = engine;
        words[3] = "--nodes";
        words[4] = Integer.toString(nodes);
        System.arraycopy(more, 0, words, 5, more.length);
        return Cli.run(words);
    }

    @Test
    void aMissingCheckIsAnOops() {
        int oopses = 0;
        for (int k = 1; k < 40; k++) {
            Cli cli = boot("slubq", 1, "--inject", "B08", "--fail-alloc", Integer.toString(k));
            oopses += cli.out().contains("unable to handle kernel") ? 1 : 0;
        }
        assertThat(oopses).isPositive();
    }

    @Test
    void theLogSaysThatAPageWasRefused() {
        assertThat(boot("slub", 4).out()).doesNotContain("FAULT_INJECTION");
        Cli cli = boot("slub", 4, "--fail-alloc", "7");
        assertThat(cli.out()).containsOnlyOnce("] FAULT_INJECTION: forcing a failure");
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.OK);
    }

    @Test
    void failslabStopsABootOrIsOvercome() {
        String always = "probability=100,times=-1,ignore-gfp-wait=N";
        for (String engine : KernelConfig.ENGINES) {
            Cli never = boot(engine, 2, "--failslab", "probability=0");
            assertThat(never.exit()).as(never.all()).isEqualTo(Exit.OK);
            assertThat(never.out()).doesNotContain("FAULT_INJECTION");
            Cli cli = boot(engine, 2, "--failslab", always);
            assertThat(cli.exit()).isEqualTo(Exit.FAILED);
            assertThat(cli.out()).contains("FAULT_INJECTION: forcing a failure");
            assertThat(cli.out()).containsPattern(PANIC);
            // As many bytes as a boot takes of its caches are handed out before anything fails.
            Cli late = boot(engine, 2, "--failslab", always + ",space=1000000");
            assertThat(late.exit()).as(late.all()).isEqualTo(Exit.OK);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"slub", "slubq"})
    void failslabMeetsOnlyTheCachesThatAreMarked(String engine) {
        String knobs = "probability=100,times=-1,ignore-gfp-wait=N,cache-filter=Y";
        Cli none = boot(engine, 1, "--failslab", knobs);
        assertThat(none.exit()).as(none.all()).isEqualTo(Exit.OK);
        assertThat(none.out()).doesNotContain("FAULT_INJECTION");
        Cli one = boot(engine, 1, "--failslab", knobs, "--slub-debug", "A,kmalloc-64");
        assertThat(one.out()).contains("FAULT_INJECTION: forcing a failure");
    }

    @Test
    void theSameSeedGivesTheSameBoot() {
        String knobs = "probability=10,times=-1,ignore-gfp-wait=N,seed=";
        String one = boot("slub", 2, "--failslab", knobs + 3).out();
        assertThat(boot("slub", 2, "--failslab", knobs + 3).out()).isEqualTo(one);
        assertThat(boot("slub", 2, "--failslab", knobs + 4).out()).isNotEqualTo(one);
    }
}
