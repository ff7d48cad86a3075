package org.slubcheck.slubq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.kernel.Census;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Geometry.ZonePages;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabAttributes;
import org.slubcheck.slab.SlabConfig;

/** A machine with nodes, shared last-level caches and shared queues, and what a test does with it. */
final class NumaRig {
    final Kernel kernel;
    final Slubq engine;
    final long s;
    final List<Long> held = new ArrayList<>();

    private NumaRig(Kernel kernel, int size) {
        this.kernel = kernel;
        this.engine = kernel.slubq();
        this.s = kernel.slab().create(kernel.task(0), "test", size, 0, 0, 0);
        assertThat(s).isNotZero();
    }

    /** Shared queues on, nothing merged, so that the cache's objects are its own. */
    static SlabConfig config() {
        return SlabConfig.defaults().withMerge(false).withSharedQueues(true);
    }

    static Geometry geometry(int nodes, int cpus, int groups) {
        return Geometry.numa(nodes)
                .withCpus(cpus)
                .withCacheGroups(groups)
                .withPages(new ZonePages(16, 0, 240, 0, 0));
    }

    static NumaRig on(Geometry g, SlabConfig config, Steps steps) {
        return new NumaRig(Kernel.boot(KernelConfig.of(g).with(config), steps), 32);
    }

    static NumaRig on(int nodes, int cpus, int groups) {
        return on(geometry(nodes, cpus, groups), config(), Steps.mainline());
    }

    static NumaRig checked(Geometry g, SlabConfig config) {
        return new NumaRig(
                Kernel.bootChecked(KernelConfig.of(g).with(config), Steps.mainline()), 32);
    }

    Task task(int cpu) {
        return kernel.task(cpu);
    }

    long alloc(int cpu, int node) {
        long object = kernel.slab().allocNode(task(cpu), s, Gfp.KERNEL, node);
        if (object != 0) {
            held.add(object);
        }
        return object;
    }

    void free(int cpu, long object) {
        assertThat(held.remove(object)).isTrue();
        kernel.slab().free(task(cpu), s, object);
    }

    /** Frees everything that is held, on one CPU. */
    void freeAll(int cpu) {
        for (long object : List.copyOf(held)) {
            free(cpu, object);
        }
    }

    int nodeOf(long object) {
        return engine.nodeOf(object);
    }

    long area(int cpu) {
        return SharedCache.area(engine, s, cpu);
    }

    long shared(int cpu) {
        return SharedCache.of(engine, area(cpu));
    }

    int inShared(int cpu) {
        return KmemCacheQueue.peekObjects(kernel.memory(), shared(cpu));
    }

    int inAlien(int cpu, int node) {
        long a = AlienCache.queue(engine, s, area(cpu), node);
        return KmemCacheQueue.peekObjects(kernel.memory(), a);
    }

    int inQueue(int cpu) {
        return KmemCacheQueue.peekObjects(kernel.memory(), engine.queueOf(area(cpu)));
    }

    int batch() {
        return KmemCache.batch(kernel.memory(), s);
    }

    String show(String file) {
        return SlabAttributes.show(kernel.slab(), task(0), s, file);
    }

    int store(String file, String value) {
        return SlabAttributes.store(kernel.slab(), task(0), s, file, value);
    }

    /** Expires until two runs in a row give nothing. */
    void expireAll() {
        int idle = 0;
        for (int i = 0; idle < 2; i++) {
            idle = engine.expire(task(0), s, -1) == 0 ? idle + 1 : 0;
            assertThat(i).as("expiry comes to an end").isLessThan(10_000);
        }
    }

    long slabs() {
        long sum = 0;
        for (int node = 0; node < kernel.geometry().nodes(); node++) {
            sum += org.slubcheck.slab.KmemCacheNode.nrSlabs(kernel.memory(), engine.node(s, node));
        }
        return sum;
    }

    void assertSound() {
        long[] objects = held.stream().mapToLong(Long::longValue).toArray();
        assertThat(kernel.reports()).isEmpty();
        assertThat(Census.of(kernel, objects)).isEmpty();
    }
}
