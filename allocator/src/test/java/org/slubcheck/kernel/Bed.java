package org.slubcheck.kernel;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.ListHead;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.slab.Sysfs;
import org.slubcheck.slubq.FreeMap;
import org.slubcheck.slubq.KmemCacheQueue;

/**
 * A booted machine with a cache in use, "victim", and two that never were, "idle0" and "idle1". Two
 * objects of the victim are held, at least one is queued on CPU 0 and others are free in their slab.
 */
final class Bed {
    /** What it is booted on. */
    enum Machine {
        SMALL(Geometry.small(), 0),
        NUMA(Geometry.numa(2), 0),
        UMA(Geometry.micro(), 0),
        DEBUG(Geometry.small(), SlabFlags.DEBUG_METADATA);

        private final KernelConfig config;

        Machine(Geometry geometry, long debugFlags) {
            KernelConfig plain = KernelConfig.of(geometry).withDebugPercpu(true);
            config = plain.with(plain.slab().withMerge(false).withDebugFlags(debugFlags));
        }
    }

    final Kernel kernel;
    final Memory m;
    final Task task;
    final long victim;
    final long idle0;
    final long idle1;
    private final List<Long> held = new ArrayList<>();

    Bed(Machine machine) {
        kernel = Kernel.boot(machine.config);
        m = kernel.memory();
        task = kernel.task(0);
        idle0 = kernel.slab().create(task, "idle0", 24, 0, 0, 0);
        idle1 = kernel.slab().create(task, "idle1", 24, 0, 0, 0);
        victim = kernel.slab().create(task, "victim", 40, 0, 0, 0);
        grab();
        grab();
        while (queue(0).contents().isEmpty()) {
            kernel.slab().free(task, victim, grab());
            held.remove(held.size() - 1);
        }
    }

    List<String> census() {
        return Census.of(kernel, held.stream().mapToLong(Long::longValue).toArray());
    }

    // ---- the victim and what it has

    long grab() {
        long object = kernel.slab().alloc(task, victim, Gfp.KERNEL);
        hold(object);
        return object;
    }

    void hold(long what) {
        held.add(what);
    }

    void drop(long what) {
        held.remove(what);
    }

    long held() {
        return held.get(0);
    }

    QueueView queue(int cpu) {
        return QueueView.of(kernel, victim, cpu);
    }

    long queued() {
        return queue(0).contents().get(0);
    }

    /** An object that is free in the slab of the held one. */
    long free() {
        long page = page();
        for (int i = 0; i < FreeMap.peekObjects(m, page); i++) {
            if (FreeMap.peek(m, page, i)) {
                return kernel.pages().addressOf(page) + (long) i * intAt(victim + KmemCache.SIZE);
            }
        }
        throw new IllegalStateException("the victim has nothing free");
    }

    /** The slab of the held object. */
    long page() {
        return kernel.pages().headPageOf(held());
    }

    int bit(long object) {
        return (int) ((object - kernel.pages().addressOf(page())) / intAt(victim + KmemCache.SIZE));
    }

    long node(long s) {
        return Nodes.of(kernel, s, 0);
    }

    long area(long s) {
        return m.peek(s + KmemCache.CPU);
    }

    long queueWord(long s, int cpu) {
        return kernel.slubq().queueOf(kernel.percpu().perCpuPtr(area(s), cpu));
    }

    /** Takes objects until the slab of the held one has none left, and puts the rest of the queue away. */
    void fillSlab() {
        long page = page();
        while (hasFree(page) || !queue(0).contents().isEmpty()) {
            grab();
        }
    }

    private boolean hasFree(long page) {
        return FreeMap.available(m, page) > 0;
    }

    Sysfs.Entry directory(long s) {
        return Sysfs.entries(kernel.slab()).stream()
                .filter(entry -> entry.cache() == s && !entry.link())
                .findFirst()
                .orElseThrow();
    }

    /** A block of pages that nobody remembers. */
    long pages(int order) {
        return kernel.pages().allocPages(task, Gfp.KERNEL | Gfp.COMP, order);
    }

    /** Takes the slab of the held object off its list. */
    void unlink() {
        ListHead.del(m, PageStruct.lru(page()));
    }

    /**
     * Gives the CPUs of idle0 a shared queue with room for two objects, and returns it; on a machine
     * of one node and one cache group. Such a machine makes none by itself.
     */
    long share() {
        long q = kernel.slab().kzalloc(task, 64, Gfp.KERNEL);
        poke(q, 2L << Integer.SIZE);
        for (int cpu = 0; cpu < kernel.geometry().cpus(); cpu++) {
            poke(queueWord(idle0, cpu) + KmemCacheQueue.SHARED, q);
        }
        pokeInt(idle0 + KmemCache.NR_SHARED, 1);
        pokeInt(idle0 + KmemCache.SHARED_QUEUE, 2);
        pokeInt(idle0 + KmemCache.SHARED_QUEUE_SYSFS, 2);
        return q;
    }

    /** Has the kernel give the victim shared queues of its own size and alien queues below them. */
    void queuesForAll() {
        kernel.slubq().setSharedQueueSize(task, victim, 8);
        kernel.slubq().setAlienQueueSize(task, victim, 4);
    }

    /** The shared queue of a CPU of the victim. */
    long sharedOf(int cpu) {
        return m.peek(queueWord(victim, cpu) + KmemCacheQueue.SHARED);
    }

    // ---- spoiling

    int intAt(long address) {
        return m.peekInt(address);
    }

    void poke(long address, long value) {
        m.write(address, value);
    }

    void pokeInt(long address, int value) {
        m.writeInt(address, value);
    }

    void pokeByte(long address, int value) {
        m.writeByte(address, value);
    }

    void add(long address, long delta) {
        m.write(address, m.peek(address) + delta);
    }
}
