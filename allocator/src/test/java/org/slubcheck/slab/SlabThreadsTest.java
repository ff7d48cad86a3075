package org.slubcheck.slab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slubcheck.kernel.Census;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/** Real threads, a CPU each, on everything that slub_lock guards. */
class SlabThreadsTest {
    private static final int ROUNDS = 400;
    private static final String[] NAMES = {"red", "green", "blue"};

    @Test
    @Timeout(120)
    void createAliasDestroyAndLookAtOnce() throws Exception {
        Kernel kernel = Kernel.boot(KernelConfig.of(Geometry.numa(2)));
        Slab slab = kernel.slab();
        for (String name : NAMES) {
            slab.literal(name);
        }
        List<Callable<Void>> bodies = new ArrayList<>();
        for (int cpu = 0; cpu < 2; cpu++) {
            int own = cpu;
            bodies.add(
                    () -> {
                        churn(kernel, own);
                        return null;
                    });
        }
        ExecutorService threads = Executors.newFixedThreadPool(bodies.size());
        for (Future<Void> done : threads.invokeAll(bodies)) {
            done.get();
        }
        threads.shutdown();
        assertThat(Census.of(kernel, new long[0])).isEmpty();
        // Without a collision nothing was tried. Each CPU holds a name now and then that the other
        // one wants; 400 rounds give dozens.
        assertThat(kernel.reports()).isNotEmpty().allMatch(r -> r.contains("duplicate filename"));
        assertThat(slab.leakedCaches()).isEmpty();
    }

    private static void churn(Kernel kernel, int cpu) {
        Slab slab = kernel.slab();
        Task t = kernel.task(cpu);
        for (int i = 0; i < ROUNDS; i++) {
            // Mergeable, so that both meet in one cache; every fourth not, so that names collide.
            long ctor = i % 4 == 3 ? Ctors.STAMP : 0;
            long s = slab.create(t, NAMES[i % NAMES.length], 24 + 8L * (i % 2), 0, 0, ctor);
            if (s == 0) {
                continue;
            }
            long object = slab.alloc(t, s, Gfp.KERNEL);
            SlabInfo.show(slab, t);
            SlabAttributes.show(slab, t, s, "objects");
            slab.free(t, s, object);
            slab.destroy(t, s);
        }
    }
}
