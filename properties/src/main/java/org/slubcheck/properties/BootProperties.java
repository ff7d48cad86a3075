package org.slubcheck.properties;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Geometry.ZonePages;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.Zone;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.slab.Sysfs;

/** An allocator whose own structs are slab objects comes up, on every machine, and works. */
@AddLifecycleHook(Handover.class)
final class BootProperties {
    private static final int FILL = 0x41;
    private static final String EARLY_SIZE = "PERCPU_DYNAMIC_EARLY_SIZE";
    private static final String USED_UP = "the early reserve of percpu is used up";

    @Provide
    Arbitrary<Shape> machines() {
        return Shapes.any();
    }

    @Provide
    Arbitrary<Shape> namedMachines() {
        return Shapes.named();
    }

    /**
     * After boot every object is accounted for, the boot structs are objects like any others, every
     * kmalloc size works, and a round of calls that uses all this leaves nothing behind.
     */
    @Property
    void bootIsSound(@ForAll("machines") Shape shape) {
        Subject subject = Subject.current();
        if (subject.tired()) {
            return;
        }
        sound(subject, shape, shape.cpus());
    }

    /** Boots a machine with any engine, and tries it. */
    static void sound(Subject subject, Bootable machine, int cpus) {
        Rig rig = Rig.up(machine.toString(), machine.config(), subject.steps());
        subject.judge(rig.wrong(), rig.story());
        bootStructs(rig);
        kmallocSizes(rig, cpus - 1);
        subject.judge(rig.wrong(), rig.story());
        rig.shrinkAll();
        long pages = rig.kernel().pages().freePages();
        long percpu = rig.kernel().percpu().allocatedBytes();
        oneCache(rig, cpus - 1);
        kmallocSizes(rig, 0);
        rig.shrinkAll();
        rig.require(
                rig.kernel().percpu().allocatedBytes() == percpu,
                "per-CPU memory is lost: "
                        + percpu
                        + " bytes before, "
                        + rig.kernel().percpu().allocatedBytes()
                        + " after");
        rig.require(
                rig.kernel().pages().freePages() >= pages,
                "pages are lost: "
                        + pages
                        + " free before, "
                        + rig.kernel().pages().freePages()
                        + " after");
        subject.judge(rig.wrong(), rig.story());
    }

    /** The structs that boot made have the size that this machine needs, and know their cache. */
    private static void bootStructs(Rig rig) {
        Kernel k = rig.kernel();
        Slab slab = k.slab();
        Memory m = k.memory();
        boolean numa = k.geometry().numa();
        int need = numa ? KmemCache.sizeOnNuma(k.geometry().nodes()) : KmemCache.sizeOnUma();
        if (rig.dead()) {
            return;
        }
        int have = m.peekInt(slab.kmemCache() + KmemCache.OBJSIZE);
        rig.require(
                have == need,
                "objects of kmem_cache have "
                        + have
                        + " bytes, a struct kmem_cache of "
                        + k.geometry().nodes()
                        + " nodes has "
                        + need);
        Task task = rig.task(0);
        for (long s : slab.caches()) {
            String name = slab.nameOf(s);
            long size =
                    rig.call(
                            task,
                            "ksize(struct kmem_cache of " + name + ")",
                            () -> slab.ksize(task, s));
            rig.require(size >= need, "ksize of the kmem_cache " + name + " is " + size);
            for (int i = 0; numa && i < k.geometry().nodes() && !rig.dead(); i++) {
                long n = m.peek(KmemCache.nodeSlot(s, i));
                long bytes =
                        rig.call(
                                task,
                                "ksize(kmem_cache_node of " + name + ")",
                                () -> slab.ksize(task, n));
                rig.require(
                        bytes >= KmemCacheNode.LAYOUT.size(),
                        "ksize of a kmem_cache_node of " + name + " is " + bytes);
            }
        }
    }

    private static void kmallocSizes(Rig rig, int cpu) {
        Kernel k = rig.kernel();
        Slab slab = k.slab();
        Task task = rig.task(cpu);
        List<Long> held = new ArrayList<>();
        for (int size = k.geometry().kmallocMin();
                size <= 2 * k.geometry().kmallocMax();
                size <<= 1) {
            kmallocAndUse(rig, task, size, held);
            kmallocAndUse(rig, task, size - 3, held);
        }
        for (long p : held) {
            rig.call(
                    task,
                    "kfree(0x" + Long.toHexString(p) + ")",
                    () -> {
                        slab.kfree(task, p);
                        return 0;
                    });
        }
    }

    private static void kmallocAndUse(Rig rig, Task task, int size, List<Long> held) {
        Slab slab = rig.kernel().slab();
        long p =
                rig.call(
                        task,
                        "kmalloc(" + size + ", GFP_KERNEL)",
                        () -> slab.kmalloc(task, size, Gfp.KERNEL));
        if (rig.dead()) {
            return;
        }
        rig.require(p != 0, "kmalloc(" + size + ") fails");
        if (p == 0) {
            return;
        }
        held.add(p);
        rig.require(
                p % rig.kernel().geometry().kmallocMin() == 0,
                String.format("kmalloc(%d) returns 0x%x", size, p));
        long usable =
                rig.call(task, "ksize(0x" + Long.toHexString(p) + ")", () -> slab.ksize(task, p));
        rig.require(usable >= size, "ksize of kmalloc(" + size + ") is " + usable);
        rig.call(
                task,
                "memset(0x" + Long.toHexString(p) + ", 0x41, " + size + ")",
                () -> {
                    rig.kernel().memory().fill(p, size, FILL);
                    return 0;
                });
    }

    /** A cache is made, used and destroyed. */
    private static void oneCache(Rig rig, int cpu) {
        Slab slab = rig.kernel().slab();
        Task task = rig.task(cpu);
        long s =
                rig.call(
                        task,
                        "kmem_cache_create(\"own\", 24, 0, SLAB_DESTROY_BY_RCU, NULL)",
                        () -> slab.create(task, "own", 24, 0, SlabFlags.DESTROY_BY_RCU, 0));
        rig.require(s != 0, "kmem_cache_create fails");
        if (s == 0) {
            return;
        }
        List<Long> held = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            long object =
                    rig.call(task, "kmem_cache_alloc(own)", () -> slab.alloc(task, s, Gfp.KERNEL));
            rig.require(object != 0, "kmem_cache_alloc fails");
            if (object != 0) {
                held.add(object);
            }
        }
        for (long object : held) {
            rig.call(
                    task,
                    "kmem_cache_free(own, 0x" + Long.toHexString(object) + ")",
                    () -> {
                        slab.free(task, s, object);
                        return 0;
                    });
        }
        rig.call(
                task,
                "kmem_cache_destroy(own)",
                () -> {
                    slab.destroy(task, s);
                    return 0;
                });
    }

    /**
     * The reserve of early boot holds the per-CPU areas of the boot caches, or the check that is
     * there for it has said that it does not before a cache does without.
     */
    @Property
    void earlyReserveIsChecked(
            @ForAll("machines") Shape shape, @ForAll @IntRange(min = 1, max = 64) int lines) {
        Subject subject = Subject.current();
        if (subject.tired()) {
            return;
        }
        int reserve = lines * shape.geometry().percpuEarlySize() / 64;
        KernelConfig config =
                KernelConfig.of(shape.geometry().withPercpuEarlySize(reserve))
                        .with(shape.config().slab());
        Rig rig = Rig.up(shape + " early per-CPU reserve=" + reserve, config, subject.steps());
        List<String> wrong = new ArrayList<>();
        // A reserve that is too small for a unit of a later chunk is another story.
        boolean early =
                rig.kernel().reports().stream().anyMatch(report -> report.contains(USED_UP));
        boolean told =
                rig.kernel().console().lines().stream()
                        .anyMatch(line -> line.text().contains(EARLY_SIZE + " is " + reserve));
        if (!rig.dead()) {
            wrong.addAll(rig.wrong());
        } else if (early && !told) {
            wrong.add(
                    "the boot dies for want of early per-CPU memory, and "
                            + EARLY_SIZE
                            + " was not called too small");
            wrong.addAll(rig.kernel().reports());
        }
        subject.judge(wrong, rig.story());
    }

    /** A cache that the allocator itself lives on is never shared with a caller. */
    @Property
    void bootCachesAreNotShared(@ForAll("machines") Shape shape) {
        Subject subject = Subject.current();
        if (subject.tired()) {
            return;
        }
        Rig rig = Rig.up(shape.toString(), shape.config(), subject.steps());
        Slab slab = rig.kernel().slab();
        Task task = rig.task(0);
        long[] boot =
                rig.dead() ? new long[0] : new long[] {slab.kmemCache(), slab.kmemCacheNode()};
        for (long own : boot) {
            if (own == 0) {
                continue;
            }
            uniqueId(rig, own);
            int size = rig.kernel().memory().peekInt(own + KmemCache.OBJSIZE);
            for (long flags : new long[] {SlabFlags.HWCACHE_ALIGN, 0}) {
                String name = "alike";
                long s =
                        rig.call(
                                task,
                                "kmem_cache_create(\""
                                        + name
                                        + "\", "
                                        + size
                                        + ", 0, "
                                        + flags
                                        + ", NULL)",
                                () -> slab.create(task, name, size, 0, flags, 0));
                rig.require(s != 0, "kmem_cache_create fails");
                boolean shared = s == slab.kmemCache() || s == slab.kmemCacheNode();
                rig.require(
                        !shared, "kmem_cache_create returned the boot cache " + slab.nameOf(own));
                if (s != 0) {
                    rig.call(
                            task,
                            "kmem_cache_destroy(" + name + ")",
                            () -> {
                                slab.destroy(task, s);
                                return 0;
                            });
                }
            }
        }
        subject.judge(rig.wrong(), rig.story());
    }

    /** Sysfs has not refused the unique id of a boot cache to another cache. */
    private static void uniqueId(Rig rig, long own) {
        String id = Sysfs.uniqueId(rig.kernel().slab(), own);
        rig.require(
                rig.kernel().reports().stream().noneMatch(text -> text.contains("/" + id + "'")),
                "the unique id "
                        + id
                        + " of "
                        + rig.kernel().slab().nameOf(own)
                        + " is another cache's, too");
    }

    /** A cache and an alias that come and go before sysfs is up leave nothing for it to find. */
    @Property
    void cachesMayGoBeforeSysfsIsUp(@ForAll("namedMachines") Shape shape) {
        Subject subject = Subject.current();
        if (subject.tired()) {
            return;
        }
        Rig rig = Rig.off(shape.toString(), shape.config(), subject.steps());
        rig.ask(() -> rig.kernel().bootTo(Kernel.Stage.LATE).stage().ordinal());
        Slab slab = rig.kernel().slab();
        Task task = rig.task(0);
        for (long flags : new long[] {SlabFlags.DESTROY_BY_RCU, 0}) {
            long s =
                    rig.call(
                            task,
                            "kmem_cache_create(\"early\", 24, 0, " + flags + ", NULL)",
                            () -> slab.create(task, "early", 24, 0, flags, 0));
            rig.require(s != 0, "kmem_cache_create fails");
            rig.run(task, "kmem_cache_destroy(early)", () -> slab.destroy(task, s));
        }
        rig.boot();
        subject.judge(rig.wrong(), rig.story());
    }

    /** What kmalloc serves from ZONE_DMA later, it serves as soon as the state is UP. */
    @Property
    void dmaIsServedOnceUp(@ForAll("namedMachines") Shape shape) {
        Subject subject = Subject.current();
        if (subject.tired()) {
            return;
        }
        Rig rig = Rig.off(shape.toString(), shape.config(), subject.steps());
        rig.ask(() -> rig.kernel().bootTo(Kernel.Stage.SLAB_UP).stage().ordinal());
        Task task = rig.task(0);
        for (int size : kmallocSizes(rig)) {
            long p = kmallocDma(rig, task, size);
            rig.require(
                    p != 0,
                    "kmalloc("
                            + size
                            + ", GFP_DMA) returns NULL between kmem_cache_init and"
                            + " kmem_cache_init_late");
            free(rig, task, p);
        }
        rig.boot();
        subject.judge(rig.wrong(), rig.story());
    }

    /**
     * Every CPU gets objects of ZONE_DMA, also where its own node has no such zone. There no object
     * ever is in its queue, which holds those of its node alone: that is what the missing affinity
     * costs.
     */
    @Property
    void dmaIsServedOnEveryNode(@ForAll("namedMachines") Shape shape) {
        Subject subject = Subject.current();
        if (subject.tired()) {
            return;
        }
        Rig rig = subject.machine(shape);
        Kernel k = rig.kernel();
        for (int cpu = k.geometry().cpus() - 1; cpu >= 0; cpu--) {
            Task task = rig.task(cpu);
            for (int size : kmallocSizes(rig)) {
                long p = kmallocDma(rig, task, size);
                boolean room = k.pages().freePages(Zone.DMA) > 1 << k.geometry().maxOrder();
                rig.require(
                        p != 0 || !room,
                        String.format(
                                "kmalloc(%d, GFP_DMA) fails on cpu#%d of node %d while node 0 has"
                                        + " free pages of ZONE_DMA",
                                size, cpu, k.geometry().nodeOfCpu(cpu)));
                free(rig, task, p);
                long s = k.slab().kmallocCache(size, Gfp.DMA);
                rig.require(
                        k.geometry().nodeOfCpu(cpu) == 0 || k.slubq().queued(s, cpu) == 0,
                        "DMA objects are in the queue of cpu#" + cpu);
            }
        }
        subject.judge(rig.wrong(), rig.story());
    }

    private static int[] kmallocSizes(Rig rig) {
        int min = rig.kernel().geometry().kmallocMin();
        int max = rig.kernel().geometry().kmallocMax();
        return IntStream.iterate(min, size -> size <= max, size -> size << 1).toArray();
    }

    private static long kmallocDma(Rig rig, Task task, int size) {
        return rig.call(
                task,
                "kmalloc(" + size + ", GFP_DMA)",
                () -> rig.kernel().slab().kmalloc(task, size, Gfp.DMA | Gfp.NOWARN));
    }

    private static void free(Rig rig, Task task, long p) {
        rig.run(
                task,
                "kfree(0x" + Long.toHexString(p) + ")",
                () -> rig.kernel().slab().kfree(task, p));
    }

    /** A machine on which node 0 has all the memory comes up as it does without the other nodes. */
    @Property
    void oneNodeMayHaveAllMemory(@ForAll("machines") Shape shape) {
        Subject subject = Subject.current();
        if (subject.tired()) {
            return;
        }
        int nodes = Math.max(1, shape.nodes());
        Geometry all = lopsided(shape, nodes * shape.geometry().pages().normal());
        Geometry one = lopsided(shape.withNodes(1), all.totalPages());
        Rig off = Rig.up("numa=off", shape.config().with(one), subject.steps());
        subject.judge(off.wrong(), off.story());
        String name = shape + ", all memory on node 0";
        Rig rig = Rig.up(name, shape.config().with(all), subject.steps());
        List<String> wrong = new ArrayList<>();
        if (rig.dead()) {
            List<String> reports = rig.kernel().reports();
            String last = reports.get(reports.size() - 1);
            wrong.add("dies with " + nodes + " nodes and boots with numa=off: " + last);
        }
        wrong.addAll(rig.wrong());
        subject.judge(wrong, rig.story());
        oneCache(rig, shape.cpus() - 1);
        kmallocSizes(rig, shape.cpus() - 1);
        subject.judge(rig.wrong(), rig.story());
    }

    /** ZONE_DMA32, which is on node 0 alone, is all there is. */
    private static Geometry lopsided(Shape shape, int pages) {
        return shape.geometry().withPages(new ZonePages(0, pages, 0, 0, 0));
    }

    /** No two caches claim one unique id, and sysfs refuses no name. */
    @Property
    void uniqueIdsAreUnique(@ForAll("namedMachines") Shape shape) {
        Subject subject = Subject.current();
        if (subject.tired()) {
            return;
        }
        Rig rig = Rig.up(shape.toString(), shape.config(), subject.steps());
        Map<String, String> ids = new HashMap<>();
        if (!rig.dead()) {
            for (Sysfs.Entry entry : Sysfs.entries(rig.kernel().slab())) {
                if (!entry.link()) {
                    String other = ids.put(entry.name(), Long.toHexString(entry.cache()));
                    rig.require(other == null, "two caches have the unique id " + entry.name());
                }
            }
        }
        subject.judge(rig.wrong(), rig.story());
    }
}
