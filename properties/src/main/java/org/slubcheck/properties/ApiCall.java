package org.slubcheck.properties;

import java.util.List;
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
    private static final int OWN_SIZE = 40;

    private final String text;

    private ApiCall(String text) {
        this.text = text;
    }

    /** All calls. */
    static List<ApiCall> all() {
        return List.of(
                new Create("kmem_cache_create(unmergeable)", 24, SlabFlags.DESTROY_BY_RCU),
                new Create("kmem_cache_create(mergeable)", 104, SlabFlags.RECLAIM_ACCOUNT),
                new Create("kmem_cache_create(alias)", OWN_SIZE, 0),
                new Destroy(),
                new Kmalloc(24, Gfp.KERNEL),
                new Kmalloc(24, Gfp.KERNEL | Gfp.ZERO),
                new Kmalloc(24, Gfp.ATOMIC),
                new Kmalloc(0, Gfp.KERNEL),
                new Krealloc(16, 60),
                new Krealloc(60, 0),
                new Alloc(),
                new Store("cpu_queue_size", "20"),
                new Store("cpu_queue_size", "4"),
                new Store("batch_size", "4"),
                new Store("min_partial", "7"),
                new Store("shrink", "1"),
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

    /** Objects that the caller holds between {@link #run} and {@link #undo}. */
    long[] held(long prepared, long result) {
        return new long[0];
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

        Create(String text, int size, long flags) {
            super(text);
            this.size = size;
            this.flags = flags;
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
    private static final class Destroy extends ApiCall {
        Destroy() {
            super("kmem_cache_destroy(own)");
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
            return result == 0 || size == 0 ? new long[0] : new long[] {result};
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
            if (result == 0) {
                return new long[] {prepared};
            }
            return to == 0 ? new long[0] : new long[] {result};
        }
    }

    /** kmem_cache_alloc. */
    private static final class Alloc extends ApiCall {
        Alloc() {
            super("kmem_cache_alloc(own, GFP_KERNEL)");
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
            if (result != 0) {
                rig.run(
                        task,
                        "kmem_cache_free(own, " + hex(result) + ")",
                        () -> rig.kernel().slab().free(task, prepared, result));
            }
            destroy(rig, task, prepared);
        }

        @Override
        long[] held(long prepared, long result) {
            return result == 0 ? new long[0] : new long[] {result};
        }
    }

    /** A store to a file of a cache's sysfs directory. */
    private static final class Store extends ApiCall {
        private final String file;
        private final String value;

        Store(String file, String value) {
            super("echo " + value + " > /sys/kernel/slab/own/" + file);
            this.file = file;
            this.value = value;
        }

        @Override
        long prepare(Rig rig, Task task) {
            return own(rig, task, "own");
        }

        @Override
        long run(Rig rig, Task task, long prepared) {
            return SlabAttributes.store(rig.kernel().slab(), task, prepared, file, value);
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

    /** kmem_cache_shrink with something to give back. */
    private static final class Shrink extends ApiCall {
        Shrink() {
            super("kmem_cache_shrink(own)");
        }

        @Override
        long prepare(Rig rig, Task task) {
            long s = own(rig, task, "own");
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
}
