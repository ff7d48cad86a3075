package org.slubcheck.slab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;

/**
 * Somebody has slub_lock, as kmem_cache_destroy does while it takes areas, nodes and slabs away: no
 * handler of a sysfs file goes near them; it has its system call restarted.
 */
class FileLockTest {
    /** What the struct of the cache tells, which an open file keeps. */
    private static final Set<String> OF_THE_STRUCT =
            Set.of(
                    "slab_size",
                    "object_size",
                    "align",
                    "objs_per_slab",
                    "order",
                    "min_partial",
                    "aliases",
                    "ctor",
                    "hwcache_align",
                    "reclaim_account",
                    "cache_dma",
                    "destroy_by_rcu",
                    "sanity_checks",
                    "red_zone",
                    "poison",
                    "store_user",
                    "trace");

    /** Tunables and what was expired last, which are words of the struct, too. */
    private static final Set<String> OF_QUEUES =
            Set.of(
                    "queue_size",
                    "cpu_queue_size",
                    "batch_size",
                    "shared_queue_size",
                    "alien_queue_size",
                    "expire");

    @ParameterizedTest
    @ValueSource(strings = {"slubq", "slub", "slub-lockless"})
    void whoLooksAtMoreThanTheStructIsRestarted(String engine) {
        KernelConfig config = KernelConfig.of(Geometry.small()).withEngine(engine);
        config = config.with(config.slab().withStats(true).withMerge(false));
        Kernel kernel = Kernel.bootChecked(config, Steps.mainline());
        Slab slab = kernel.slab();
        Task t = kernel.task(0);
        Task owner = kernel.task(1);
        long s = slab.create(t, "own", 40, 0, 0, 0);
        List<String> looked = new ArrayList<>();
        List<String> worked = new ArrayList<>();

        slab.downWrite(owner, "test");
        t.inHandler(true);
        for (String file : SlabAttributes.names(slab)) {
            String text = SlabAttributes.handle(slab, t, s, file);
            if (!EngineAttributes.RESTART.equals(text) && !text.isEmpty()) {
                looked.add(file);
            }
            for (String value : List.of("0", "1")) {
                if (SlabAttributes.handleStore(slab, t, s, file, value) == 0) {
                    worked.add(file);
                }
            }
        }
        t.inHandler(false);
        slab.upWrite(owner);

        assertThat(looked).contains("slab_size");
        looked.removeAll(OF_THE_STRUCT);
        looked.removeAll(OF_QUEUES);
        assertThat(looked).isEmpty();
        assertThat(worked).containsAnyElementsOf(OF_THE_STRUCT);
        worked.removeAll(OF_THE_STRUCT);
        assertThat(worked).isEmpty();
        assertThat(kernel.reports()).isEmpty();
    }
}
