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
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
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

    @Override
    public int cpus() {
        return cpus;
    }

    @Override
    public int nodes() {
        return nodes;
    }

    @Override
    public long cacheFor(TracedCache cache) {
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
        long s = slab.create(kernel.task(0), name, cache.objectSize(), 0, flags(cache), 0);
        if (s == 0) {
            throw new IllegalStateException("the machine cannot create the cache " + name);
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
        return slab.allocNode(Task.on(cpu), cache, gfp, node);
    }

    @Override
    public long kmalloc(int cpu, int size, int gfp, int node) {
        return slab.kmallocNode(Task.on(cpu), size, gfp, node);
    }

    @Override
    public void free(int cpu, long cache, long object) {
        slab.free(Task.on(cpu), cache, object);
    }

    @Override
    public void kfree(int cpu, long object) {
        slab.kfree(Task.on(cpu), object);
    }

    @Override
    public long objectsHeld(long cache) {
        long held = SlabInfo.counts(slab, kernel.task(0), cache).inuse();
        for (int cpu = 0; cpu < cpus; cpu++) {
            held -= slab.engine().queued(cache, cpu);
        }
        return held;
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
