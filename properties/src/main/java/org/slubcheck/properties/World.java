package org.slubcheck.properties;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Ctors;
import org.slubcheck.slab.Errno;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabAttributes;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.slubq.Slubq;
import org.slubcheck.slubq.Tunables;

/**
 * A kernel and the sequential model of what its callers know: the caches that they made and the
 * objects that they hold, with the bytes that they wrote.
 *
 * <p>After each step: no report, a clean census, every object as its holder left it. What a step
 * returns is judged where it runs.
 */
final class World {
    /** Few enough for the smallest machine, enough for aliases of aliases. */
    private static final int MAX_CACHES = 5;

    private static final int MAX_HELD = 48;
    private static final int MANY = 8;
    private static final int[] SIZES = {24, 8, 16, 40, 64, 100, 136, 200};
    private static final int[] ALIGNS = {0, 0, 8, 16, 64};
    private static final long[] FLAGS = {
        0,
        SlabFlags.DESTROY_BY_RCU,
        SlabFlags.HWCACHE_ALIGN,
        SlabFlags.RECLAIM_ACCOUNT,
        SlabFlags.POISON | SlabFlags.RED_ZONE
    };
    private static final int[] QUEUES = {4, 5, 8, 12, 20, 40, 3, 10001, 0};
    private static final int[] BATCHES = {4, 5, 6, 10, 20, 40, 3, 0};
    private static final List<String> FILES =
            List.of(
                    "objects",
                    "slabs",
                    "partial",
                    "total_objects",
                    "queue_size",
                    "per_cpu_caches",
                    "objects_partial");
    private static final List<String> FILES_OF_SLUB =
            List.of("objects", "slabs", "partial", "total_objects", "cpu_slabs", "objects_partial");

    /** A reference to a cache, under a name of its own. */
    private record Ref(long cache, int slot, int size, int alignment, boolean ctor) {}

    /** An object; {@code cache} 0 for one of kmalloc, which may be whole pages. */
    private record Held(long address, long cache, int size, int stamp) {}

    private final Rig rig;
    private final Kernel k;
    private final Slab slab;

    /** An engine with queues, whose sizes can be changed. */
    private final boolean queues;

    private final List<Ref> refs = new ArrayList<>();
    private final List<Held> held = new ArrayList<>();
    private final List<Long> usables = new ArrayList<>();
    private int stamps;

    World(Rig rig) {
        this.rig = rig;
        this.k = rig.kernel();
        this.slab = k.slab();
        this.queues = slab.engine() instanceof Slubq;
    }

    /** Runs a step; one that makes no sense now does nothing. */
    void apply(Op op) {
        Task task = rig.task(op.cpu() % k.geometry().cpus());
        switch (op.kind()) {
            case CREATE -> create(task, op.a(), op.b());
            case DESTROY -> destroy(task, op.a());
            case ALLOC -> alloc(task, ref(op.a()), Gfp.KERNEL, -1, "kmem_cache_alloc");
            case ALLOC_NODE ->
                    alloc(
                            task,
                            ref(op.a()),
                            Gfp.KERNEL,
                            op.b() % k.geometry().nodes(),
                            "kmem_cache_alloc_node");
            case ALLOC_MANY -> {
                for (int i = 0; i <= op.b() % MANY; i++) {
                    alloc(
                            task,
                            ref(op.a()),
                            op.b() % 2 == 0 ? Gfp.ATOMIC : Gfp.KERNEL,
                            -1,
                            "kmem_cache_alloc");
                }
            }
            case ALLOC_MIGRATING -> migrate(task, ref(op.a()), op.b());
            case FREE -> free(task, op.a(), false);
            case KFREE -> free(task, op.a(), true);
            case FREE_MANY -> {
                for (int i = 0; i <= op.b() % MANY; i++) {
                    free(task, op.a() + i, false);
                }
            }
            case KMALLOC -> kmalloc(task, op.a(), op.b());
            case KREALLOC -> krealloc(task, op.a(), op.b());
            case RESIZE -> resize(task, cache(op.a()), QUEUES[op.b() % QUEUES.length]);
            case BATCH -> batch(task, cache(op.a()), BATCHES[op.b() % BATCHES.length]);
            case SHRINK -> shrink(task, cache(op.a()));
            case FLUSH -> flush(task, cache(op.a()), op.b() % k.geometry().cpus());
            case VALIDATE -> validate(task, cache(op.a()));
            case SHOW -> {
                List<String> files = queues ? FILES : FILES_OF_SLUB;
                show(task, cache(op.a()), files.get(op.b() % files.size()));
            }
        }
    }

    /**
     * What is wrong now.
     *
     * @param others objects that somebody else holds
     */
    List<String> wrong(long... others) {
        long[] objects =
                LongStream.concat(held.stream().mapToLong(Held::address), LongStream.of(others))
                        .toArray();
        for (Held h : rig.dead() ? List.<Held>of() : held) {
            checkContents(h);
        }
        return rig.wrong(objects);
    }

    /** The calls so far. */
    List<String> story() {
        return rig.story();
    }

    /**
     * What callers know: the calls and what they returned but for where objects are, what ksize said,
     * and the sizes of the objects that are held. Equal for equal calls on any engine.
     */
    List<String> known() {
        List<String> known = new ArrayList<>();
        for (String line : rig.story().subList(1, rig.story().size())) {
            // A flag has digits that matter; nothing but an address has six.
            known.add(line.replaceAll("0x[0-9a-f]{4,}", "0x…"));
        }
        known.add("ksize: " + usables);
        known.add("held: " + held.stream().map(h -> h.size() + "#" + h.stamp()).toList());
        return known;
    }

    // ---- caches

    private void create(Task task, int a, int b) {
        if (refs.size() >= MAX_CACHES) {
            return;
        }
        int size = SIZES[a % SIZES.length];
        int align = Math.min(ALIGNS[a / SIZES.length % ALIGNS.length], k.geometry().pageSize());
        long flags = FLAGS[b % FLAGS.length];
        boolean ctor = b / FLAGS.length % 4 == 3 && (flags & SlabFlags.POISON) == 0;
        int slot = freeSlot();
        String text =
                String.format(
                        "kmem_cache_create(\"c%d\", %d, %d, 0x%x, %s)",
                        slot, size, align, flags, ctor ? "stamp" : "NULL");
        long s =
                rig.call(
                        task,
                        text,
                        () ->
                                slab.create(
                                        task,
                                        "c" + slot,
                                        size,
                                        align,
                                        flags,
                                        ctor ? Ctors.STAMP : 0));
        rig.require(s != 0, text + " fails although memory is free");
        if (s != 0) {
            int alignment = Alignment.ofCache(k.geometry(), size, align, flags);
            refs.add(new Ref(s, slot, size, alignment, ctor));
        }
    }

    private int freeSlot() {
        for (int slot = 0; ; slot++) {
            int wanted = slot;
            if (refs.stream().noneMatch(r -> r.slot == wanted)) {
                return slot;
            }
        }
    }

    private void destroy(Task task, int a) {
        Ref ref = ref(a);
        if (ref == null) {
            return;
        }
        boolean last = refs.stream().filter(r -> r.cache == ref.cache).count() == 1;
        boolean kmalloc = k.memory().peekInt(ref.cache + KmemCache.REFCOUNT) > 1;
        if (last && !kmalloc && held.stream().anyMatch(h -> h.cache == ref.cache)) {
            return;
        }
        rig.run(task, "kmem_cache_destroy(c" + ref.slot + ")", () -> slab.destroy(task, ref.cache));
        refs.remove(ref);
    }

    private void shrink(Task task, long s) {
        long error =
                rig.call(task, "kmem_cache_shrink(" + name(s) + ")", () -> slab.shrink(task, s));
        rig.require(error == 0, "kmem_cache_shrink returns " + error);
    }

    private void flush(Task task, long s, int cpu) {
        rig.run(
                task,
                "flush_cpu_objects(" + name(s) + ") on cpu#" + cpu,
                () -> k.machine().interrupt(task, cpu, irq -> slab.engine().flushThisCpu(irq, s)));
    }

    private void validate(Task task, long s) {
        long errors =
                rig.call(
                        task,
                        "validate_slab_cache(" + name(s) + ")",
                        () -> slab.engine().validate(task, s));
        rig.require(errors == 0, "validate_slab_cache finds " + errors + " errors");
    }

    private void show(Task task, long s, String file) {
        rig.call(
                task,
                "cat /sys/kernel/slab/" + name(s) + "/" + file,
                () -> {
                    String text = SlabAttributes.show(slab, task, s, file);
                    rig.require(text != null, "no file " + file);
                    return 0;
                });
    }

    private void resize(Task task, long s, int queue) {
        if (!queues) {
            return;
        }
        long error =
                rig.call(
                        task,
                        "echo " + queue + " > /sys/kernel/slab/" + name(s) + "/cpu_queue_size",
                        () -> k.slubq().setCpuQueueSize(task, s, queue));
        boolean valid = queue >= Tunables.MIN_QUEUE && queue <= Tunables.MAX_QUEUE;
        rig.require(
                valid ? error == 0 || error == Errno.ENOMEM : error == Errno.EINVAL,
                "cpu_queue_size " + queue + " returns " + error);
    }

    private void batch(Task task, long s, int batch) {
        if (!queues) {
            return;
        }
        int queue = KmemCache.queue(k.memory(), s);
        long error =
                rig.call(
                        task,
                        "echo " + batch + " > /sys/kernel/slab/" + name(s) + "/batch_size",
                        () -> k.slubq().setBatchSize(task, s, batch));
        boolean valid = batch >= Tunables.MIN_QUEUE && batch <= queue;
        rig.require(
                error == (valid ? 0 : Errno.EINVAL),
                "batch_size " + batch + " returns " + error + " for a queue of " + queue);
    }

    // ---- objects

    private void migrate(Task task, Ref ref, int b) {
        int cpus = k.geometry().cpus();
        task.migratingTo(b % cpus, b / cpus % cpus);
        String route = "cpu#" + b % cpus + ", cpu#" + b / cpus % cpus;
        alloc(task, ref, Gfp.KERNEL, -1, "[may migrate to " + route + "] kmem_cache_alloc");
    }

    private void alloc(Task task, Ref ref, int gfp, int node, String call) {
        if (ref == null || held.size() >= MAX_HELD || rig.dead()) {
            return;
        }
        String where = node < 0 ? "" : ", " + node;
        String text = call + "(c" + ref.slot + ", " + Gfp.toString(gfp) + where + ")";
        long object =
                rig.call(
                        task,
                        text,
                        () ->
                                node < 0
                                        ? slab.alloc(task, ref.cache, gfp)
                                        : slab.allocNode(task, ref.cache, gfp, node));
        rig.require(object != 0, text + " fails although memory is free");
        if (object == 0) {
            return;
        }
        if (node >= 0) {
            int got = k.pages().nodeOf(k.pages().pageOf(object));
            rig.require(got == node, text + " returns an object of node " + got);
        }
        if (ref.ctor) {
            rig.require(
                    k.memory().peek(object) == Ctors.STAMP_VALUE,
                    text + " returns an object that was not constructed");
        }
        requireAligned(text, object, ref.alignment);
        hold(object, ref.cache, ref.size);
    }

    private void kmalloc(Task task, int a, int b) {
        if (held.size() >= MAX_HELD) {
            return;
        }
        int size = kmallocSize(a);
        int gfp = b % 3 == 0 ? Gfp.ATOMIC : b % 3 == 1 ? Gfp.KERNEL : Gfp.KERNEL | Gfp.ZERO;
        String text = "kmalloc(" + size + ", " + Gfp.toString(gfp) + ")";
        long p = rig.call(task, text, () -> slab.kmalloc(task, size, gfp));
        took(task, text, p, size);
        if (p != 0 && !rig.dead()) {
            boolean zeroed = (gfp & Gfp.ZERO) == 0;
            for (int i = 0; !zeroed && i < size; i++) {
                if (k.memory().peekByte(p + i) != 0) {
                    rig.require(false, text + " returns memory that is not zero");
                    break;
                }
            }
            hold(p, 0, size);
        }
    }

    private int kmallocSize(int a) {
        return 1 + a * a % (2 * Math.min(512, k.geometry().kmallocMax()));
    }

    private void took(Task task, String text, long p, int size) {
        rig.require(p != 0, text + " fails although memory is free");
        if (p == 0 || rig.dead()) {
            return;
        }
        requireAligned(text, p, Alignment.ofBytes(k.geometry(), size));
        long usable = rig.ask(() -> slab.ksize(task, p));
        usables.add(usable);
        rig.require(usable >= size, "ksize of " + text + " is " + usable);
    }

    private void requireAligned(String text, long object, int align) {
        rig.require(
                object % align == 0,
                String.format("%s returns 0x%x, not aligned to %d", text, object, align));
    }

    private void krealloc(Task task, int a, int b) {
        Held old = pick(a, true);
        if (old == null) {
            return;
        }
        int size = kmallocSize(b);
        checkContents(old);
        String text = "krealloc(" + ApiCall.hex(old.address) + ", " + size + ", GFP_KERNEL)";
        long p = rig.call(task, text, () -> slab.krealloc(task, old.address, size, Gfp.KERNEL));
        took(task, text, p, size);
        if (p == 0 || rig.dead()) {
            return;
        }
        held.remove(old);
        // As much as the kernel promises: the bytes up to the smaller size.
        checkContents(new Held(p, 0, Math.min(old.size, size), old.stamp));
        hold(p, 0, size);
    }

    private void free(Task task, int a, boolean kmalloc) {
        Held h = pick(a, kmalloc);
        if (h == null) {
            return;
        }
        checkContents(h);
        held.remove(h);
        if (kmalloc) {
            ApiCall.kfree(rig, task, h.address);
        } else {
            String text = "kmem_cache_free(" + name(h.cache) + ", " + ApiCall.hex(h.address) + ")";
            restore(h);
            rig.run(task, text, () -> slab.free(task, h.cache, h.address));
        }
    }

    /** Who frees an object of a cache with a constructor leaves it as constructed. */
    private void restore(Held h) {
        if (k.memory().peek(h.cache + KmemCache.CTOR) != 0) {
            k.memory().write(h.address, Ctors.STAMP_VALUE);
        }
    }

    private Held pick(int a, boolean kmalloc) {
        List<Held> some = held.stream().filter(h -> h.cache == 0 == kmalloc).toList();
        return some.isEmpty() || rig.dead() ? null : some.get(a % some.size());
    }

    private void hold(long address, long cache, int size) {
        if (rig.dead()) {
            return;
        }
        int stamp = 0x21 + stamps++ % 0x5e;
        held.add(new Held(address, cache, size, stamp));
        k.memory().fill(address, size, stamp);
    }

    private void checkContents(Held h) {
        for (int i = 0; i < h.size; i++) {
            int have = k.memory().peekByte(h.address + i);
            if (have != h.stamp) {
                rig.require(
                        false,
                        String.format(
                                "byte %d of the object at 0x%x was written by somebody else: 0x%x",
                                i, h.address, have));
                return;
            }
        }
    }

    // ---- choices

    private Ref ref(int a) {
        return refs.isEmpty() ? null : refs.get(a % refs.size());
    }

    /** One of the callers' caches, or one of kmalloc's. */
    private long cache(int a) {
        List<Long> all = slab.caches();
        return all.get(a % all.size());
    }

    private String name(long s) {
        for (Ref ref : refs) {
            if (ref.cache == s) {
                return "c" + ref.slot;
            }
        }
        return slab.nameOf(s);
    }
}
