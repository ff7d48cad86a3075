package org.slubcheck.slubq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slubcheck.kernel.Census;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.SlabAttributes;
import org.slubcheck.slab.SlabInfo;

/**
 * Real threads, a CPU each, on one cache: local and remote allocation, frees of what others
 * allocated, while queues come and go, change their size and expire. The watched runs judge every
 * address and every lock; races are for the model checker to judge, as threads that really overlap
 * come between an access and the detector's note of it.
 */
class NumaThreadsTest {
    private static final String[][] STORES = {
        {"shared_queue_size", "0"},
        {"shared_queue_size", "12"},
        {"shared_queue_size", "30"},
        {"alien_queue_size", "0"},
        {"alien_queue_size", "6"},
        {"alien_queue_size", "20"},
        {"cpu_queue_size", "6"},
        {"cpu_queue_size", "16"},
        {"expire", "-1"},
        {"expire", "0"},
        {"shrink", "1"}
    };
    private static final String[] SHOWS = {
        "shared_caches", "alien_caches", "shared_queue_size", "alien_queue_size"
    };

    /** Watched 300 rounds a thread, 2 s; bare 4000, 1 s. */
    @ParameterizedTest
    @CsvSource({
        "2, 2, 2, true, 300",
        "2, 4, 2, true, 300",
        "1, 3, 1, true, 300",
        "4, 4, 2, true, 300",
        "2, 4, 2, false, 4000",
        "3, 6, 4, false, 4000"
    })
    @Timeout(120)
    void everythingAtOnceKeepsEveryObject(
            int nodes, int cpus, int groups, boolean watched, int rounds) throws Exception {
        KernelConfig config =
                KernelConfig.of(NumaRig.geometry(nodes, cpus, groups)).with(NumaRig.config());
        Kernel template =
                watched
                        ? Kernel.bootChecked(config, Steps.mainline())
                        : Kernel.boot(config, Steps.mainline());
        long s = template.slab().create(template.task(0), "test", 32, 0, 0, 0);
        Kernel kernel = watched ? template.forkChecked() : template.fork();
        if (watched) {
            kernel.checked().stopRaceDetection();
        }
        List<Callable<List<Long>>> bodies = new ArrayList<>();
        Exchange exchange = new Exchange();
        for (int cpu = 0; cpu < cpus; cpu++) {
            int own = cpu;
            bodies.add(() -> work(kernel, s, own, rounds, exchange));
        }
        ExecutorService threads = Executors.newFixedThreadPool(cpus);
        List<Long> held = new ArrayList<>();
        for (Future<List<Long>> done : threads.invokeAll(bodies)) {
            held.addAll(done.get());
        }
        threads.shutdown();
        held.addAll(exchange.rest());
        assertThat(kernel.reports()).isEmpty();
        assertThat(Census.of(kernel, held.stream().mapToLong(Long::longValue).toArray())).isEmpty();
        Task t = kernel.task(0);
        held.forEach(object -> kernel.slab().free(t, s, object));
        kernel.slab().destroy(t, s);
        assertThat(Census.of(kernel, new long[0])).isEmpty();
        assertThat(kernel.reports()).isEmpty();
    }

    /** Objects on their way from one thread to another. */
    private static final class Exchange {
        private final List<Long> objects = new ArrayList<>();

        synchronized void put(long object) {
            objects.add(object);
        }

        synchronized long take() {
            return objects.isEmpty() ? 0 : objects.remove(0);
        }

        synchronized List<Long> rest() {
            return List.copyOf(objects);
        }
    }

    private static List<Long> work(Kernel kernel, long s, int cpu, int rounds, Exchange exchange) {
        Random random = new Random(cpu);
        Task t = kernel.task(cpu);
        List<Long> mine = new ArrayList<>();
        int nodes = kernel.geometry().nodes();
        for (int i = 0; i < rounds; i++) {
            int what = random.nextInt(100);
            if (what < 40) {
                int node = random.nextInt(3) == 0 ? random.nextInt(nodes) : -1;
                long object = kernel.slab().allocNode(t, s, Gfp.KERNEL | Gfp.NOWARN, node);
                if (object != 0) {
                    mine.add(object);
                }
            } else if (what < 60 && !mine.isEmpty()) {
                kernel.slab().free(t, s, mine.remove(random.nextInt(mine.size())));
            } else if (what < 75 && !mine.isEmpty()) {
                exchange.put(mine.remove(mine.size() - 1));
            } else if (what < 90) {
                long object = exchange.take();
                if (object != 0) {
                    kernel.slab().free(t, s, object);
                }
            } else if (what < 96) {
                String[] store = STORES[random.nextInt(STORES.length)];
                SlabAttributes.store(kernel.slab(), t, s, store[0], store[1]);
            } else if (what < 98) {
                kernel.slubq().expireAll(t, -1);
            } else {
                SlabAttributes.show(kernel.slab(), t, s, SHOWS[random.nextInt(SHOWS.length)]);
                SlabInfo.show(kernel.slab(), t);
            }
        }
        return mine;
    }
}
