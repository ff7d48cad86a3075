package org.slubcheck.trace;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slubcheck.kernel.Census;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.layout.LayoutFlags;
import org.slubcheck.layout.ObjectLayout;
import org.slubcheck.layout.SlabLimits;
import org.slubcheck.layout.SlubqLayout;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.KernelDeath;
import org.slubcheck.machine.Progress;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Engine;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.slab.SlabInfo;

/** A booted kernel as the target of a replay. Operations run as tasks of their CPU, irqs on. */
public final class KernelTarget implements ReplayTarget {
    private final Kernel kernel;
    private final Slab slab;
    private final int cpus;
    private final int nodes;
    private final Set<String> names = new HashSet<>();
    private int reportsSeen;

    /** A target over a kernel that is up and running; nobody else uses it. */
    public KernelTarget(Kernel kernel) {
        this.kernel = kernel;
        this.slab = kernel.slab();
        this.cpus = kernel.geometry().cpus();
        this.nodes = kernel.geometry().nodes();
        for (long s : slab.caches()) {
            names.add(slab.nameOf(s));
        }
    }

    private static final int MOST_REPEATS = 100;

    @Override
    public int cpus() {
        return cpus;
    }

    @Override
    public int nodes() {
        return nodes;
    }

    @Override
    public Progress watch(int threads) {
        Progress progress = new Progress(kernel.console(), threads);
        kernel.memory().watchWaits(progress);
        return progress;
    }

    @Override
    public long cacheFor(TracedCache cache) {
        try {
            return cacheOf(cache);
        } catch (RuntimeException e) {
            throw ended(e, "kmem_cache_create");
        }
    }

    private long cacheOf(TracedCache cache) {
        switch (cache.type()) {
            case CACHE:
                return create(cache);
            case KMALLOC:
                return slab.kmallocCache(cache.objectSize(), Gfp.KERNEL);
            case DMA_KMALLOC:
                return slab.kmallocCache(cache.objectSize(), Gfp.KERNEL | Gfp.DMA);
            default:
                return 0;
        }
    }

    private long create(TracedCache cache) {
        // A trace may allocate from kmem_cache itself, whose name is taken here.
        String name = cache.name();
        while (!names.add(name)) {
            name += "+";
        }
        long flags;
        try {
            flags = flags(cache);
        } catch (IllegalArgumentException e) {
            // The message names the size that no cache can have.
            throw new MachineDied(e.getMessage(), e);
        }
        long s = slab.create(kernel.task(0), name, cache.objectSize(), 0, flags, 0);
        for (int again = 0; s == 0 && mayAskAgain(again); again++) {
            s = slab.create(kernel.task(0), name, cache.objectSize(), 0, flags, 0);
        }
        if (s == 0) {
            throw new MachineDied("the machine cannot create the cache " + name, null);
        }
        return s;
    }

    /** A cache that took more bytes than its objects need was aligned to lines, if that fits. */
    private long flags(TracedCache cache) {
        Geometry geometry = kernel.geometry();
        SlabLimits limits = SlabLimits.of(geometry.pageSize(), geometry.cacheLine(), cpus);
        ObjectLayout plain = SlubqLayout.calculateSizes(cache.objectSize(), 0, 0, limits);
        ObjectLayout lines =
                SlubqLayout.calculateSizes(
                        cache.objectSize(), 0, LayoutFlags.HWCACHE_ALIGN, limits);
        boolean aligned = cache.bytesAlloc() != plain.size() && cache.bytesAlloc() == lines.size();
        return aligned ? SlabFlags.HWCACHE_ALIGN : 0;
    }

    @Override
    public long alloc(int cpu, long cache, int gfp, int node) {
        Task task = Task.on(cpu);
        try {
            long object = slab.allocNode(task, cache, gfp, node);
            for (int again = 0; object == 0 && mayAskAgain(again); again++) {
                object = slab.allocNode(task, cache, gfp, node);
            }
            returned(task, "kmem_cache_alloc");
            return object;
        } catch (RuntimeException e) {
            throw ended(e, "kmem_cache_alloc");
        }
    }

    @Override
    public long kmalloc(int cpu, int size, int gfp, int node) {
        Task task = Task.on(cpu);
        try {
            long object = slab.kmallocNode(task, size, gfp, node);
            for (int again = 0; object == 0 && mayAskAgain(again); again++) {
                object = slab.kmallocNode(task, size, gfp, node);
            }
            returned(task, "kmalloc");
            return object;
        } catch (RuntimeException e) {
            throw ended(e, "kmalloc");
        }
    }

    @Override
    public void free(int cpu, long cache, long object) {
        Task task = Task.on(cpu);
        try {
            slab.free(task, cache, object);
            returned(task, "kmem_cache_free");
        } catch (RuntimeException e) {
            throw ended(e, "kmem_cache_free");
        }
    }

    @Override
    public void kfree(int cpu, long object) {
        Task task = Task.on(cpu);
        try {
            slab.kfree(task, object);
            returned(task, "kfree");
        } catch (RuntimeException e) {
            throw ended(e, "kfree");
        }
    }

    /**
     * Who was recorded got an object. Where failslab refuses one the request is made again, as its
     * caller would have, up to so many times.
     */
    private boolean mayAskAgain(int times) {
        return times < MOST_REPEATS && kernel.faults().failslab().isOn();
    }

    /** A call that leaves irqs off or a lock held says so here, and not by the hang that follows. */
    private void returned(Task task, String from) {
        kernel.machine().checkReturn(task, false, from);
    }

    /** What the exception means: that the machine died, or else a fault of the suite, as it is. */
    private RuntimeException ended(RuntimeException thrown, String where) {
        KernelDeath death = kernel.machine().deathBy(thrown, where);
        return death == null ? thrown : new MachineDied(death.getMessage(), death);
    }

    @Override
    public long objectsHeld(long cache) {
        long held = SlabInfo.counts(slab, kernel.task(0), cache).inuse();
        for (int cpu = 0; cpu < cpus; cpu++) {
            held -= slab.engine().queued(cache, cpu);
        }
        Engine engine = slab.engine();
        return held - engine.sharedObjects(cache) - engine.alienObjects(cache);
    }

    @Override
    public void check(long[] held, Consumer<String> violation) {
        Census.of(kernel, held).forEach(violation);
        List<String> reports = kernel.reports();
        for (; reportsSeen < reports.size(); reportsSeen++) {
            violation.accept(reports.get(reportsSeen));
        }
    }
}
