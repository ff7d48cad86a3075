package org.slubcheck.properties;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.slubcheck.machine.Faults.Kind;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Ctors;
import org.slubcheck.slab.Names;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabFlags;

/** The calls that take and give objects, on each of their paths. */
final class ObjectCalls {
    private static final int DMA_FLAGS = Gfp.KERNEL | Gfp.DMA;

    private ObjectCalls() {}

    static List<ApiCall> all() {
        List<ApiCall> calls = new ArrayList<>();
        for (Path path : Path.values()) {
            calls.add(new Take(path, Gfp.KERNEL, -1, 0, 0));
        }
        for (int gfp :
                new int[] {
                    Gfp.ATOMIC, Gfp.NOWAIT, Gfp.KERNEL | Gfp.ZERO, Gfp.NOFS, Gfp.KERNEL | Gfp.NOFAIL
                }) {
            calls.add(new Take(Path.NEW_SLAB, gfp, -1, 0, 0));
        }
        calls.add(new Take(Path.NEW_SLAB, Gfp.KERNEL, -1, SlabFlags.DESTROY_BY_RCU, 0));
        calls.add(new Take(Path.NEW_SLAB, Gfp.KERNEL, -1, SlabFlags.HWCACHE_ALIGN, 0));
        calls.add(new Take(Path.NEW_SLAB, Gfp.KERNEL, -1, 0, Ctors.STAMP));
        for (int node : new int[] {0, 1, 2}) {
            calls.add(new Take(Path.NEW_SLAB, Gfp.KERNEL, node, 0, 0));
            calls.add(new Take(Path.NEW_SLAB, Gfp.ATOMIC | Gfp.THISNODE, node, 0, 0));
            calls.add(new Take(Path.CPU, Gfp.KERNEL, node, 0, 0));
        }
        calls.add(new Bytes(24, Gfp.NOWAIT, -1));
        calls.add(new Bytes(24, Gfp.KERNEL, 1));
        calls.add(new Bytes(24, DMA_FLAGS, -1));
        calls.add(new Bytes(0, Gfp.KERNEL, 1));
        calls.add(new Bytes(0, Gfp.ATOMIC | Gfp.ZERO, -1));
        calls.add(new Bytes(0, Gfp.KERNEL | Gfp.NOFAIL, -1));
        calls.add(new Give(true));
        calls.add(new Give(false));
        calls.add(new Name());
        calls.add(new Area(64));
        calls.add(new Area(0));
        return calls;
    }

    /** Where an object is found. */
    private enum Path {
        /** Nowhere: the cache has no slab. */
        NEW_SLAB("no slab"),
        /** With the CPU, which freed it. */
        CPU("an object of this CPU"),
        /** In a slab on the partial list. */
        PARTIAL("a partial slab"),
        /** With another CPU, or in the queue that both share. */
        OTHER_CPU("an object that another CPU freed"),
        /** As {@link #NEW_SLAB}, but an interrupt asks. */
        INTERRUPT("no slab, in an interrupt"),
        /** As {@link #NEW_SLAB}, but the caller has irqs off. */
        IRQS_OFF("no slab, irqs off");

        private final String text;

        Path(String text) {
            this.text = text;
        }
    }

    /** kmem_cache_alloc and kmem_cache_alloc_node. */
    private static final class Take extends ApiCall {
        private final Path path;
        private final int gfp;
        private final int node;
        private final long flags;
        private final long ctor;

        Take(Path path, int gfp, int node, long flags, long ctor) {
            super(
                    (node < 0 ? "kmem_cache_alloc(own, " : "kmem_cache_alloc_node(own, ")
                            + Gfp.toString(
                                    path == Path.INTERRUPT || path == Path.IRQS_OFF
                                            ? Gfp.ATOMIC
                                            : gfp)
                            + (node < 0 ? ")" : ", " + node + ")")
                            + " of a cache"
                            + (flags == 0 ? "" : " 0x" + Long.toHexString(flags))
                            + (ctor == 0 ? "" : " with a constructor")
                            + " with "
                            + path.text);
            this.path = path;
            this.gfp = path == Path.INTERRUPT || path == Path.IRQS_OFF ? Gfp.ATOMIC : gfp;
            this.node = node;
            this.flags = flags;
            this.ctor = ctor;
        }

        @Override
        int node() {
            return node;
        }

        @Override
        boolean applies(Rig rig) {
            return node < rig.kernel().geometry().nodes()
                    && (path != Path.OTHER_CPU || rig.kernel().geometry().cpus() > 1);
        }

        /** It may be an alias of a kmalloc cache, and then its link in sysfs outlives it. */
        @Override
        boolean moves() {
            return flags == SlabFlags.HWCACHE_ALIGN;
        }

        @Override
        Set<Kind> kinds() {
            // failslab passes over a request that must not fail, and so does the last try for
            // pages.
            return (gfp & Gfp.NOFAIL) != 0 ? EnumSet.of(Kind.PAGE) : OBJECT;
        }

        @Override
        boolean failed(long result) {
            return result == 0 && (gfp & Gfp.NOFAIL) == 0;
        }

        @Override
        long prepare(Rig rig, Task task) {
            Slab slab = rig.kernel().slab();
            long s =
                    rig.call(
                            task,
                            "kmem_cache_create(\"own\", " + OWN_SIZE + ")",
                            () -> slab.create(task, "own", OWN_SIZE, 0, flags, ctor));
            Task other = path == Path.OTHER_CPU ? rig.task(1) : task;
            if (path == Path.CPU || path == Path.PARTIAL || path == Path.OTHER_CPU) {
                rig.run(
                        other,
                        "kmem_cache_free(own, kmem_cache_alloc(own))",
                        () -> slab.free(other, s, slab.alloc(other, s, Gfp.KERNEL)));
            }
            if (path == Path.PARTIAL) {
                rig.run(task, "flush_all(own)", () -> slab.engine().flushAll(task, s));
            }
            return s;
        }

        @Override
        long run(Rig rig, Task task, long prepared) {
            Slab slab = rig.kernel().slab();
            if (path == Path.INTERRUPT) {
                long[] result = new long[1];
                rig.kernel()
                        .machine()
                        .interrupt(
                                task,
                                task.cpu(),
                                irq -> result[0] = slab.allocNode(irq, prepared, gfp, node));
                return result[0];
            }
            if (path == Path.IRQS_OFF) {
                boolean irqs = rig.kernel().machine().irqSave(task);
                long object = slab.allocNode(task, prepared, gfp, node);
                rig.require(task.irqsOff(), text() + " returns with interrupts on");
                rig.kernel().machine().irqRestore(task, irqs);
                return object;
            }
            return slab.allocNode(task, prepared, gfp, node);
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

    /** kmalloc_node and kmalloc with unusual flags; size 0 for more than a cache has. */
    private static final class Bytes extends ApiCall {
        private final int size;
        private final int gfp;
        private final int node;

        Bytes(int size, int gfp, int node) {
            super(
                    (node < 0 ? "kmalloc(" : "kmalloc_node(")
                            + (size == 0 ? "large" : size)
                            + ", "
                            + Gfp.toString(gfp)
                            + (node < 0 ? ")" : ", " + node + ")"));
            this.size = size;
            this.gfp = gfp;
            this.node = node;
        }

        @Override
        int node() {
            return node;
        }

        @Override
        boolean applies(Rig rig) {
            return node < rig.kernel().geometry().nodes();
        }

        @Override
        Set<Kind> kinds() {
            if ((gfp & Gfp.NOFAIL) != 0) {
                return NONE;
            }
            return size == 0 ? EnumSet.of(Kind.PAGE) : OBJECT;
        }

        @Override
        boolean failed(long result) {
            return result == 0 && (gfp & Gfp.NOFAIL) == 0;
        }

        @Override
        long prepare(Rig rig, Task task) {
            return 0;
        }

        @Override
        long run(Rig rig, Task task, long prepared) {
            Slab slab = rig.kernel().slab();
            return slab.kmallocNode(task, ApiCall.bytes(rig, size), gfp, node);
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

    /** kmem_cache_free and kzfree, which allocate nothing. */
    private static final class Give extends ApiCall {
        private static final int BYTES = 24;
        private final boolean zeroes;

        Give(boolean zeroes) {
            super(zeroes ? "kzfree(p)" : "kmem_cache_free(kmalloc-32, p)");
            this.zeroes = zeroes;
        }

        @Override
        Set<Kind> kinds() {
            return NONE;
        }

        @Override
        long prepare(Rig rig, Task task) {
            return rig.call(
                    task,
                    "kmalloc(24, GFP_KERNEL)",
                    () -> rig.kernel().slab().kmalloc(task, BYTES, Gfp.KERNEL));
        }

        @Override
        long run(Rig rig, Task task, long prepared) {
            Slab slab = rig.kernel().slab();
            if (zeroes) {
                slab.kzfree(task, prepared);
            } else {
                slab.free(task, slab.kmallocCache(BYTES, Gfp.KERNEL), prepared);
            }
            return 1;
        }

        @Override
        void undo(Rig rig, Task task, long prepared, long result) {}
    }

    /** kasprintf. */
    private static final class Name extends ApiCall {
        Name() {
            super("kasprintf(GFP_KERNEL, \"a name\")");
        }

        @Override
        Set<Kind> kinds() {
            return EnumSet.of(Kind.NAME, Kind.PAGE, Kind.SLAB);
        }

        @Override
        long prepare(Rig rig, Task task) {
            return 0;
        }

        @Override
        long run(Rig rig, Task task, long prepared) {
            return Names.kasprintf(rig.kernel().slab(), task, Gfp.KERNEL, "a name");
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

    /** alloc_percpu; 0 for an area as large as a chunk. */
    private static final class Area extends ApiCall {
        private final int size;

        Area(int size) {
            super("alloc_percpu(" + (size == 0 ? "a whole chunk" : size) + ")");
            this.size = size;
        }

        @Override
        Set<Kind> kinds() {
            return size > 0 ? AREA : EnumSet.of(Kind.PERCPU, Kind.PAGE, Kind.SLAB);
        }

        /** Where blocks of pages are too small for a chunk there is one chunk for ever. */
        @Override
        boolean applies(Rig rig) {
            Geometry g = rig.kernel().geometry();
            long chunk = (long) rig.kernel().percpu().unitSize() * g.cpus();
            return size > 0 || chunk <= (long) g.pageSize() << g.maxOrder() - 1;
        }

        @Override
        long prepare(Rig rig, Task task) {
            // The allocator keeps one empty chunk, which is not to serve the call.
            return size > 0 ? 0 : rig.call(task, text(), () -> run(rig, task, 0));
        }

        @Override
        long run(Rig rig, Task task, long prepared) {
            int bytes = size == 0 ? rig.kernel().percpu().unitSize() : size;
            return rig.kernel().percpu().alloc(task, bytes, Long.BYTES);
        }

        @Override
        void undo(Rig rig, Task task, long prepared, long result) {
            for (long area : new long[] {result, prepared}) {
                rig.run(
                        task,
                        "free_percpu(" + hex(area) + ")",
                        () -> rig.kernel().percpu().free(task, area));
            }
        }

        @Override
        List<Long> areas(long prepared, long result) {
            return List.of(prepared, result);
        }
    }
}
