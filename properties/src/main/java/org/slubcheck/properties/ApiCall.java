package org.slubcheck.properties;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slubcheck.machine.Faults.Kind;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Errno;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabAttributes;
import org.slubcheck.slab.SlabFlags;

/**
 * A call of the API that may run out of memory: what it needs, itself, and how it is undone.
 *
 * <p>Immutable; what a machine holds for it is handed through.
 */
abstract class ApiCall {
    /** Bytes of an object of {@link #own}; a cache of that size and without flags is an alias. */
    static final int OWN_SIZE = 40;

    /** An object, for which a slab may be needed. */
    static final Set<Kind> OBJECT = EnumSet.of(Kind.PAGE, Kind.SLAB);

    /** An area for each CPU, for which there mostly is room. */
    static final Set<Kind> AREA = EnumSet.of(Kind.PERCPU);

    /** Nothing. */
    static final Set<Kind> NONE = EnumSet.noneOf(Kind.class);

    private final String text;

    /** A call as kernel code reads. */
    ApiCall(String text) {
        this.text = text;
    }

    /** All calls, on all their paths. */
    static List<ApiCall> all() {
        return Stream.of(common(), ObjectCalls.all(), CacheCalls.all())
                .flatMap(List::stream)
                .toList();
    }

    /** The calls in which something was once wrong for want of memory, and their like. */
    static List<ApiCall> common() {
        return List.of(
                new Create("kmem_cache_create(unmergeable)", 24, SlabFlags.DESTROY_BY_RCU),
                new Create("kmem_cache_create(mergeable)", 104, SlabFlags.RECLAIM_ACCOUNT),
                new Create("kmem_cache_create(alias)", OWN_SIZE, 0),
                new Destroy("own"),
                new Kmalloc(24, Gfp.KERNEL),
                new Kmalloc(24, Gfp.KERNEL | Gfp.ZERO),
                new Kmalloc(24, Gfp.ATOMIC),
                new Kmalloc(0, Gfp.KERNEL),
                new Krealloc(16, 60),
                new Krealloc(60, 0),
                new Alloc(),
                new Store("cpu_queue_size", "20", AREA),
                new Store("cpu_queue_size", "4", AREA),
                new Store("batch_size", "4", NONE),
                new Store("min_partial", "7", NONE),
                new Store("shrink", "1", OBJECT),
                new Shrink());
    }

    /** As kernel code reads. */
    final String text() {
        return text;
    }

    /** What must be there before; the result goes to {@link #run} and {@link #undo}. */
    abstract long prepare(Rig rig, Task task);

    /** The call. */
    abstract long run(Rig rig, Task task, long prepared);

    /** True for a result of success. */
    boolean succeeded(long result) {
        return result != 0;
    }

    /** True for the result that says that memory is short. */
    boolean failed(long result) {
        return result == 0;
    }

    /** Leaves the machine as it was before {@link #prepare}. */
    abstract void undo(Rig rig, Task task, long prepared, long result);

    /** Whether the machine has what the call is about. */
    boolean applies(Rig rig) {
        return true;
    }

    /**
     * The kinds of allocation that the call makes on one machine or another, whatever else it may
     * make; none for a call that makes none anywhere.
     */
    abstract Set<Kind> kinds();

    /** Whether the call is about a cache whose objects are all free. */
    boolean wantsObjectsFree() {
        return false;
    }

    /** Whether it allocates anew what other caches have, which then may stand elsewhere. */
    boolean moves() {
        return false;
    }

    /** What the kernel dies of for want of memory, as it says it; null when it must not. */
    String dies() {
        return null;
    }

    /** Objects that the caller holds between {@link #run} and {@link #undo}. */
    long[] held(long prepared, long result) {
        return new long[0];
    }

    /** The node that the caller names, -1 for none. */
    int node() {
        return -1;
    }

    /** Per-CPU areas that the caller holds then, which no cache has. */
    List<Long> areas(long prepared, long result) {
        return List.of();
    }

    static long own(Rig rig, Task task, String name) {
        return rig.call(
                task,
                "kmem_cache_create(\"" + name + "\", " + OWN_SIZE + ", 0, 0, NULL)",
                () -> rig.kernel().slab().create(task, name, OWN_SIZE, 0, 0, 0));
    }

    static void destroy(Rig rig, Task task, long s) {
        if (s != 0) {
            rig.run(
                    task,
                    "kmem_cache_destroy(" + hex(s) + ")",
                    () -> rig.kernel().slab().destroy(task, s));
        }
    }

    static void kfree(Rig rig, Task task, long p) {
        rig.run(task, "kfree(" + hex(p) + ")", () -> rig.kernel().slab().kfree(task, p));
    }

    static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }

    /** kmem_cache_create. With the size of {@link #own} and no flags it makes an alias. */
    private static final class Create extends ApiCall {
        private final int size;
        private final long flags;
        private final boolean alias;

        Create(String text, int size, long flags) {
            super(text);
            this.alias = size == OWN_SIZE;
            this.size = size;
            this.flags = flags;
        }

        @Override
        Set<Kind> kinds() {
            return alias
                    ? EnumSet.of(Kind.PAGE, Kind.SLAB, Kind.NAME, Kind.SYSFS)
                    : EnumSet.allOf(Kind.class);
        }

        @Override
        long prepare(Rig rig, Task task) {
            return own(rig, task, "own");
        }

        @Override
        long run(Rig rig, Task task, long prepared) {
            return rig.kernel().slab().create(task, "created", size, 0, flags, 0);
        }

        @Override
        void undo(Rig rig, Task task, long prepared, long result) {
            destroy(rig, task, result);
            destroy(rig, task, prepared);
        }
    }

    /** kmem_cache_destroy, which cannot fail. */
    static class Destroy extends ApiCall {
        Destroy(String what) {
            super("kmem_cache_destroy(" + what + ")");
        }

        @Override
        Set<Kind> kinds() {
            return NONE;
        }

        @Override
        boolean wantsObjectsFree() {
            return true;
        }

        @Override
        long prepare(Rig rig, Task task) {
            return own(rig, task, "own");
        }

        @Override
        long run(Rig rig, Task task, long prepared) {
            rig.kernel().slab().destroy(task, prepared);
            return 1;
        }

        @Override
        void undo(Rig rig, Task task, long prepared, long result) {}
    }

    /** What a caller holds who got this; 0 is nothing. */
    static long[] held(long got) {
        return got == 0 ? new long[0] : new long[] {got};
    }

    /** Frees an object of the cache "own"; 0 is none. */
    static void giveBack(Rig rig, Task task, long s, long object) {
        if (object != 0) {
            rig.run(
                    task,
                    "kmem_cache_free(own, " + hex(object) + ")",
                    () -> rig.kernel().slab().free(task, s, object));
        }
    }

    /** Bytes that were asked for; 0 stands for more than any kmalloc cache has. */
    static int bytes(Rig rig, int size) {
        return size == 0 ? 2 * rig.kernel().geometry().kmallocMax() : size;
    }

    /** kmalloc. */
    private static final class Kmalloc extends ApiCall {
        private final int size;
        private final int gfp;

        Kmalloc(int size, int gfp) {
            super("kmalloc(" + (size == 0 ? "large" : size) + ", " + Gfp.toString(gfp) + ")");
            this.size = size;
            this.gfp = gfp;
        }

        @Override
        Set<Kind> kinds() {
            return size == 0 ? EnumSet.of(Kind.PAGE) : OBJECT;
        }

        @Override
        long prepare(Rig rig, Task task) {
            return 0;
        }

        @Override
        long run(Rig rig, Task task, long prepared) {
            return rig.kernel().slab().kmalloc(task, bytes(rig, size), gfp);
        }

        @Override
        void undo(Rig rig, Task task, long prepared, long result) {
            kfree(rig, task, result);
        }

        @Override
        long[] held(long prepared, long result) {
            return held(result);
        }
    }

    /** krealloc: on failure the old object lives. */
    private static final class Krealloc extends ApiCall {
        private final int from;
        private final int to;

        Krealloc(int from, int to) {
            super("krealloc(p, " + (to == 0 ? "large" : to) + ", GFP_KERNEL)");
            this.from = from;
            this.to = to;
        }

        @Override
        Set<Kind> kinds() {
            return to == 0 ? EnumSet.of(Kind.PAGE) : OBJECT;
        }

        @Override
        long prepare(Rig rig, Task task) {
            return rig.call(
                    task,
                    "kmalloc(" + from + ", GFP_KERNEL)",
                    () -> rig.kernel().slab().kmalloc(task, from, Gfp.KERNEL));
        }

        @Override
        long run(Rig rig, Task task, long prepared) {
            return rig.kernel().slab().krealloc(task, prepared, bytes(rig, to), Gfp.KERNEL);
        }

        @Override
        void undo(Rig rig, Task task, long prepared, long result) {
            kfree(rig, task, result != 0 ? result : prepared);
        }

        @Override
        long[] held(long prepared, long result) {
            return new long[] {result == 0 ? prepared : result};
        }
    }

    /** kmem_cache_alloc. */
    private static final class Alloc extends ApiCall {
        Alloc() {
            super("kmem_cache_alloc(own, GFP_KERNEL)");
        }

        @Override
        Set<Kind> kinds() {
            return OBJECT;
        }

        @Override
        long prepare(Rig rig, Task task) {
            return own(rig, task, "own");
        }

        @Override
        long run(Rig rig, Task task, long prepared) {
            return rig.kernel().slab().alloc(task, prepared, Gfp.KERNEL);
        }

        @Override
        void undo(Rig rig, Task task, long prepared, long result) {
            giveBack(rig, task, prepared, result);
            destroy(rig, task, prepared);
        }

        @Override
        long[] held(long prepared, long result) {
            return held(result);
        }
    }

    /** A call about a cache of its own that returns 0 or an error number. */
    abstract static class OnOwn extends ApiCall {
        OnOwn(String text) {
            super(text);
        }

        @Override
        long prepare(Rig rig, Task task) {
            return own(rig, task, "own");
        }

        @Override
        boolean succeeded(long result) {
            return result == 0;
        }

        @Override
        boolean failed(long result) {
            return result == Errno.ENOMEM;
        }

        @Override
        void undo(Rig rig, Task task, long prepared, long result) {
            destroy(rig, task, prepared);
        }
    }

    /** A store to a file of a cache's sysfs directory. */
    static final class Store extends OnOwn {
        private final String file;
        private final String value;
        private final Set<Kind> kinds;

        Store(String file, String value, Set<Kind> kinds) {
            super("echo " + value + " > /sys/kernel/slab/own/" + file);
            this.kinds = kinds;
            this.file = file;
            this.value = value;
        }

        @Override
        Set<Kind> kinds() {
            return kinds;
        }

        @Override
        long run(Rig rig, Task task, long prepared) {
            return SlabAttributes.store(rig.kernel().slab(), task, prepared, file, value);
        }

        @Override
        boolean applies(Rig rig) {
            boolean manyNodes = rig.kernel().geometry().nodes() > 1;
            return SlabAttributes.names(rig.kernel().slab()).contains(file)
                    && (manyNodes || !file.equals("alien_queue_size"));
        }
    }

    /** kmem_cache_shrink with something to give back. */
    private static final class Shrink extends OnOwn {
        Shrink() {
            super("kmem_cache_shrink(own)");
        }

        @Override
        Set<Kind> kinds() {
            return OBJECT;
        }

        @Override
        long prepare(Rig rig, Task task) {
            long s = super.prepare(rig, task);
            Slab slab = rig.kernel().slab();
            if (!rig.dead() && s != 0) {
                slab.free(task, s, slab.alloc(task, s, Gfp.KERNEL));
            }
            return s;
        }

        @Override
        long run(Rig rig, Task task, long prepared) {
            return rig.kernel().slab().shrink(task, prepared);
        }
    }
}
