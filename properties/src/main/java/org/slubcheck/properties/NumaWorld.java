package org.slubcheck.properties;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabAttributes;
import org.slubcheck.slab.SlabInfo;

/**
 * A kernel with nodes, and what its callers know: which objects they hold, from which node each is,
 * and what they wrote into it.
 *
 * <p>A step is one line of the story however many objects it moves, so that a shrunk sequence reads
 * at a glance. Judged after each: reports, census, every object on its node and as its holder left
 * it.
 */
final class NumaWorld {
    private static final int MOST_CACHES = 3;
    private static final int MOST_HELD = 96;
    private static final int MANY = 24;
    private static final int[] SIZES = {32, 24, 64, 16, 100};
    private static final List<String> FILES =
            List.of("shared_caches", "alien_caches", "alien_queue_size", "cpu_queues", "objects");
    private static final List<String> DEBUG = List.of("red_zone", "poison", "store_user", "trace");

    /** A cache of the callers; one that was destroyed too early only gets objects back. */
    private record Ref(long s, int slot, boolean abandoned) {}

    private record Held(long address, Ref ref, int node, long stamp) {}

    private final Rig rig;
    private final Kernel k;
    private final Slab slab;
    private final List<Ref> refs = new ArrayList<>();
    private final List<Held> held = new ArrayList<>();
    private long stamps = 0x5ab000;

    /** The last debug flag that a file has taken; the files must not be writable. */
    private String debugFlag = "";

    /** A world with one cache. */
    NumaWorld(Rig rig) {
        this.rig = rig;
        this.k = rig.kernel();
        this.slab = k.slab();
        create(rig.task(0), 0);
    }

    /** Runs a step; one that makes no sense now does nothing. */
    void apply(NumaOp op) {
        Task task = rig.task(online(op.cpu() % k.geometry().cpus()));
        Ref ref = refs.isEmpty() ? null : refs.get(op.a() % refs.size());
        if (op.kind() == NumaOp.Kind.CREATE) {
            create(task, op.b());
        } else if (op.kind() == NumaOp.Kind.FREE) {
            free(task, op.a(), 1 + op.b() % MANY);
        } else if (op.kind() == NumaOp.Kind.FREE_IN_INTERRUPT) {
            freeInInterrupt(task, op.a());
        } else if (ref != null && !rig.dead()) {
            apply(op, task, ref);
        }
    }

    private void apply(NumaOp op, Task task, Ref ref) {
        int b = op.b();
        switch (op.kind()) {
            case ALLOC -> alloc(task, ref, 1 + b % MANY, -1);
            case ALLOC_NODE -> alloc(task, ref, 1 + b % 6, b / 6 % k.geometry().nodes());
            case EXPIRE -> store(task, ref, "expire", b % (k.geometry().nodes() + 1) - 1);
            case RECLAIM -> rig.call(task, "shrink_slab()", () -> slab.engine().reclaim(task, -1));
            case BATCH_SIZE -> store(task, ref, "cpu_batch_size", 4 + b % 6);
            case QUEUE_SIZE -> store(task, ref, "cpu_queue_size", 4 + b % 28);
            case SHARED_SIZE -> store(task, ref, "shared_queue_size", b % 3 == 0 ? 0 : b);
            case ALIEN_SIZE -> store(task, ref, "alien_queue_size", b % 3 == 0 ? 0 : b % 40);
            case SHRINK ->
                    rig.call(
                            task,
                            "kmem_cache_shrink(" + name(ref) + ")",
                            () -> slab.shrink(task, ref.s));
            case FLUSH -> flush(task, ref);
            case READ -> read(task, ref, b);
            case DESTROY -> destroy(task, ref);
            case ABANDON -> abandon(task, ref);
            case CPU_DOWN, CPU_UP -> cpu(op.kind(), b % k.geometry().cpus());
            case MEMORY_ONLINE, MEMORY_OFFLINE -> memory(op.kind(), b % k.geometry().nodes());
            case DEBUG_FLAG -> debugFlag(task, ref, DEBUG.get(b % DEBUG.size()));
            default -> throw new IllegalStateException("no step " + op.kind());
        }
    }

    /** The CPU itself, or the next one that is online; CPU 0 always is. */
    private int online(int cpu) {
        int at = cpu;
        while (!k.machine().cpuOnline(at)) {
            at = (at + 1) % k.geometry().cpus();
        }
        return at;
    }

    private void cpu(NumaOp.Kind kind, int cpu) {
        Task task = rig.task(0);
        if (cpu == 0) {
            return;
        }
        if (kind == NumaOp.Kind.CPU_UP) {
            rig.call(task, "cpu_up(" + cpu + ")", () -> slab.hotplug().cpuUp(task, cpu) ? 0 : -1);
            return;
        }
        rig.call(task, "cpu_down(" + cpu + ")", () -> slab.hotplug().cpuDown(task, cpu) ? 0 : -1);
        for (Ref ref : refs) {
            rig.require(
                    k.slubq().peekQueue(ref.s, cpu).isEmpty(),
                    "objects of "
                            + name(ref)
                            + " are in the queue of cpu#"
                            + cpu
                            + ", which is gone");
        }
    }

    /** On CPU 0, where the kernel's work queue for ACPI hotplug runs. */
    private void memory(NumaOp.Kind kind, int node) {
        Task task = rig.task(0);
        if (kind == NumaOp.Kind.MEMORY_ONLINE) {
            rig.call(
                    task,
                    "online_pages(node " + node + ")",
                    () -> slab.memoryHotplug().online(task, node) ? 0 : -1);
            return;
        }
        rig.call(
                task,
                "offline_pages(node " + node + ")",
                () -> slab.memoryHotplug().offline(task, node) ? 0 : -1);
    }

    /** The node that a CPU gets objects of. */
    private int home(Task task) {
        return k.geometry().memNodeOfCpu(task.cpu(), slab::peekSlabNode);
    }

    /** What is wrong now. */
    List<String> wrong() {
        for (Held h : rig.dead() ? List.<Held>of() : held) {
            check(h);
        }
        List<String> wrong = rig.wrong(held.stream().mapToLong(Held::address).toArray());
        if (!debugFlag.isEmpty() && !wrong.isEmpty()) {
            wrong.add("after " + debugFlag + ", for which no object was made: " + wrong.get(0));
        }
        return wrong;
    }

    /** The calls so far. */
    List<String> story() {
        return rig.story();
    }

    // ---- for properties that look at the end

    /** Frees everything, on one CPU. */
    void freeAll() {
        while (!held.isEmpty() && !rig.dead()) {
            free(rig.task(0), 0, MANY);
        }
    }

    /** Expires every cache until two runs in a row give nothing. */
    void expireFully() {
        int idle = 0;
        for (int run = 0; idle < 2 && !rig.dead(); run++) {
            long reclaimed = 0;
            for (Ref ref : refs) {
                reclaimed += rig.ask(() -> k.slubq().expire(rig.task(0), ref.s, -1));
            }
            idle = reclaimed == 0 ? idle + 1 : 0;
            if (run > MOST_HELD * k.geometry().cpus()) {
                rig.require(false, "expiry does not come to an end");
                return;
            }
        }
        rig.note("every cache is expired until nothing more comes");
    }

    /** Empties all queues and gives empty slabs back. */
    void shrinkAll() {
        for (Ref ref : refs) {
            rig.call(
                    rig.task(0),
                    "kmem_cache_shrink(" + name(ref) + ")",
                    () -> slab.shrink(rig.task(0), ref.s));
        }
    }

    /** Slabs of the callers' caches. */
    long slabs() {
        long sum = 0;
        for (Ref ref : refs) {
            for (int node = 0; node < k.geometry().nodes() && !rig.dead(); node++) {
                long n = k.slubq().node(ref.s, node);
                sum += n == 0 ? 0 : KmemCacheNode.nrSlabs(k.memory(), n);
            }
        }
        return sum;
    }

    /** What a caller can see: the node of each object held and, of each cache, objects in use. */
    List<String> visible() {
        List<String> seen = new ArrayList<>();
        held.forEach(h -> seen.add(name(h.ref) + "@node" + h.node));
        for (Ref ref : refs) {
            for (int node = 0; node < k.geometry().nodes() && !rig.dead(); node++) {
                SlabInfo.Counts counts = SlabInfo.counts(slab, rig.task(0), ref.s, node);
                seen.add(name(ref) + " node " + node + ": " + counts.inuse() + " in use");
            }
        }
        return seen;
    }

    /** Keeps a sentence if something does not hold. */
    void require(boolean holds, String sentence) {
        rig.require(holds, sentence);
    }

    // ---- caches

    private void create(Task task, int b) {
        if (refs.size() >= MOST_CACHES) {
            return;
        }
        int size = SIZES[b % SIZES.length];
        int slot = 0;
        while (taken(slot)) {
            slot++;
        }
        String name = "c" + slot;
        String text = "kmem_cache_create(\"" + name + "\", " + size + ", 0, 0, NULL)";
        long s = rig.call(task, text, () -> slab.create(task, name, size, 0, 0, 0));
        rig.require(s != 0, text + " fails although memory is free");
        if (s != 0) {
            refs.add(new Ref(s, slot, false));
        }
    }

    private boolean taken(int slot) {
        return refs.stream().anyMatch(r -> r.slot == slot)
                || held.stream().anyMatch(h -> h.ref.slot == slot);
    }

    private boolean busy(Ref ref) {
        return held.stream().anyMatch(h -> h.ref.s == ref.s);
    }

    private void destroy(Task task, Ref ref) {
        if (!busy(ref)) {
            int reports = k.reports().size();
            rig.run(task, "kmem_cache_destroy(" + name(ref) + ")", () -> slab.destroy(task, ref.s));
            refs.remove(ref);
            blameFirst(reports, "destroying a cache: ");
        }
    }

    /** Destroys a cache while objects are held: the kernel says so, and they can still be freed. */
    private void abandon(Task task, Ref ref) {
        if (!busy(ref)) {
            return;
        }
        int reports = k.reports().size();
        rig.run(
                task,
                "kmem_cache_destroy(" + name(ref) + "), which has objects",
                () -> slab.destroy(task, ref.s));
        rig.expect(reports, "still has objects|Objects remaining", 1);
        refs.remove(ref);
        Ref gone = new Ref(ref.s, ref.slot, true);
        held.replaceAll(h -> h.ref.s == ref.s ? new Held(h.address, gone, h.node, h.stamp) : h);
        // What became of them shows in the next free.
        freeOne(task, held.stream().filter(h -> h.ref.equals(gone)).findFirst().orElseThrow());
    }

    private void flush(Task task, Ref ref) {
        rig.run(task, "flush_all(" + name(ref) + ")", () -> slab.engine().flushAll(task, ref.s));
    }

    private void store(Task task, Ref ref, String file, int value) {
        // What the file refuses, and what there is no memory for, changes nothing.
        rig.call(
                task,
                "echo " + value + " > /sys/kernel/slab/" + name(ref) + "/" + file,
                () -> SlabAttributes.store(slab, task, ref.s, file, Integer.toString(value)));
    }

    private void debugFlag(Task task, Ref ref, String file) {
        String text = "echo 1 > /sys/kernel/slab/" + name(ref) + "/" + file;
        long error = rig.call(task, text, () -> SlabAttributes.store(slab, task, ref.s, file, "1"));
        if (error == 0) {
            debugFlag = text;
        }
    }

    private void read(Task task, Ref ref, int b) {
        String file = FILES.get(b % FILES.size());
        rig.call(
                task,
                "cat /sys/kernel/slab/" + name(ref) + "/" + file,
                () -> {
                    SlabAttributes.show(slab, task, ref.s, file);
                    return 0;
                });
    }

    // ---- objects

    private void alloc(Task task, Ref ref, int wanted, int node) {
        int count = Math.min(wanted, MOST_HELD - held.size());
        String call = node < 0 ? "kmem_cache_alloc(" : "kmem_cache_alloc_node(" + node + ", ";
        String text = times(count) + call + name(ref) + ", GFP_KERNEL)";
        int expected = node < 0 ? home(task) : slab.peekSlabNode(node) ? node : -1;
        if (count > 0) {
            rig.call(
                    task,
                    text,
                    () -> {
                        int got = 0;
                        while (got < count && took(task, ref, node, expected)) {
                            got++;
                        }
                        return got;
                    });
        }
    }

    private boolean took(Task task, Ref ref, int node, int expected) {
        long object = slab.allocNode(task, ref.s, Gfp.KERNEL, node);
        rig.require(object != 0, "an allocation fails although memory is free");
        if (object == 0) {
            return false;
        }
        int is = k.pages().nodeOf(k.pages().pageOf(object));
        rig.require(
                expected < 0 ? slab.peekSlabNode(is) : is == expected,
                String.format(
                        "an allocation from node %d gets an object of node %d", expected, is));
        Held h = new Held(object, ref, is, stamps++);
        k.memory().write(object, h.stamp);
        held.add(h);
        return true;
    }

    private void free(Task task, int first, int wanted) {
        int count = Math.min(wanted, held.size());
        if (count == 0 || rig.dead()) {
            return;
        }
        List<Held> some = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Held h = held.get((first + i) % held.size());
            if (h.ref.abandoned) {
                freeOne(task, h);
                return;
            }
            some.add(h);
        }
        some.forEach(this::check);
        held.removeAll(some);
        rig.run(
                task,
                times(count) + "kmem_cache_free(" + remote(task, some) + ")",
                () -> some.forEach(h -> slab.free(task, h.ref.s, h.address)));
    }

    /** Frees an object of a cache that is gone but for its objects. */
    private void freeOne(Task task, Held h) {
        check(h);
        held.remove(h);
        int reports = k.reports().size();
        rig.run(
                task,
                "kmem_cache_free(" + name(h.ref) + "), which was destroyed",
                () -> slab.free(task, h.ref.s, h.address));
        blameFirst(reports, "freeing an object that a destroy left behind: ");
    }

    /** Says of the first report behind so many during which call it came. */
    private void blameFirst(int reports, String during) {
        if (k.reports().size() > reports) {
            rig.blame(during + k.reports().get(reports));
        }
    }

    private void freeInInterrupt(Task task, int a) {
        if (held.isEmpty() || rig.dead()) {
            return;
        }
        Held h = held.get(a % held.size());
        if (!h.ref.abandoned) {
            check(h);
            held.remove(h);
            rig.run(
                    task,
                    "an interrupt: kmem_cache_free(" + remote(task, List.of(h)) + ")",
                    () ->
                            k.machine()
                                    .interrupt(
                                            task,
                                            task.cpu(),
                                            irq -> slab.free(irq, h.ref.s, h.address)));
        }
    }

    private void check(Held h) {
        rig.require(
                k.memory().peek(h.address) == h.stamp,
                String.format("the object at 0x%x was written by somebody else", h.address));
        int is = k.pages().nodeOf(k.pages().pageOf(h.address));
        rig.require(is == h.node, String.format("0x%x is of node %d now", h.address, is));
    }

    // ---- words

    private static String times(int count) {
        return count == 1 ? "" : count + " times ";
    }

    /** Whose objects these are, and how many of another node than the CPU's. */
    private String remote(Task task, List<Held> some) {
        int home = home(task);
        long remote = some.stream().filter(h -> h.node != home).count();
        String names =
                String.join(", ", some.stream().map(h -> name(h.ref)).distinct().sorted().toList());
        return remote == 0 ? names : names + "; " + remote + " of another node";
    }

    private static String name(Ref ref) {
        return "c" + ref.slot;
    }
}
