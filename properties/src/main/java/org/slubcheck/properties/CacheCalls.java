package org.slubcheck.properties;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.slubcheck.machine.Faults.Kind;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Ctors;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabAttributes;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.slab.SlabInfo;

/** The calls about whole caches, their files, CPUs and memory that come and go. */
final class CacheCalls {
    private static final long DEBUG =
            SlabFlags.RED_ZONE | SlabFlags.POISON | SlabFlags.STORE_USER | SlabFlags.DEBUG_FREE;

    private CacheCalls() {}

    static List<ApiCall> all() {
        List<ApiCall> calls = new ArrayList<>();
        calls.add(new Create("with a constructor", 0, Ctors.STAMP));
        calls.add(new Create("with debugging", DEBUG, 0));
        calls.add(new Create("SLAB_PANIC", SlabFlags.PANIC | SlabFlags.DESTROY_BY_RCU, 0));
        calls.add(new DestroyUsed());
        calls.add(new Read());
        calls.add(new ApiCall.Store("shared_queue_size", "0", ApiCall.NONE));
        calls.add(new ApiCall.Store("shared_queue_size", "24", ApiCall.OBJECT));
        calls.add(new ApiCall.Store("alien_queue_size", "0", ApiCall.OBJECT));
        calls.add(new ApiCall.Store("alien_queue_size", "12", ApiCall.OBJECT));
        calls.add(new ApiCall.Store("expire", "0", ApiCall.NONE));
        calls.add(new ApiCall.Store("validate", "1", ApiCall.NONE));
        calls.add(new Cpu(true));
        calls.add(new Cpu(false));
        calls.add(new Node(true));
        calls.add(new Node(false));
        return calls;
    }

    /** kmem_cache_create of unusual caches. */
    private static final class Create extends ApiCall {
        private final long flags;
        private final long ctor;

        Create(String how, long flags, long ctor) {
            super("kmem_cache_create(\"created\", " + how + ")");
            this.flags = flags;
            this.ctor = ctor;
        }

        @Override
        Set<Kind> kinds() {
            return EnumSet.allOf(Kind.class);
        }

        @Override
        String dies() {
            return (flags & SlabFlags.PANIC) == 0
                    ? null
                    : "^Kernel panic - not syncing: Cannot create slab(cache)? created\\b";
        }

        @Override
        boolean failed(long result) {
            // Who asks for a panic never sees an error.
            return result == 0 && (flags & SlabFlags.PANIC) == 0;
        }

        @Override
        long prepare(Rig rig, Task task) {
            return 0;
        }

        @Override
        long run(Rig rig, Task task, long prepared) {
            return rig.kernel().slab().create(task, "created", 72, 0, flags, ctor);
        }

        @Override
        void undo(Rig rig, Task task, long prepared, long result) {
            destroy(rig, task, result);
        }
    }

    /** kmem_cache_destroy of a cache with slabs and objects in queues. */
    private static final class DestroyUsed extends ApiCall.Destroy {
        DestroyUsed() {
            super("a used cache");
        }

        @Override
        long prepare(Rig rig, Task task) {
            long s = super.prepare(rig, task);
            use(rig, task, s);
            return s;
        }
    }

    /** Allocates an object of each node and frees it. */
    private static void use(Rig rig, Task task, long s) {
        Slab slab = rig.kernel().slab();
        for (int node = 0; node < rig.kernel().geometry().nodes(); node++) {
            int from = node;
            rig.run(
                    task,
                    "kmem_cache_free(own, kmem_cache_alloc_node(own, " + from + "))",
                    () -> slab.free(task, s, slab.allocNode(task, s, Gfp.KERNEL, from)));
        }
    }

    /** All files of a cache, and /proc/slabinfo. */
    private static final class Read extends ApiCall.OnOwn {
        Read() {
            super("cat /sys/kernel/slab/own/* /proc/slabinfo");
        }

        @Override
        Set<Kind> kinds() {
            // cpu_slabs of 2.6.36 counts in an array from kmalloc.
            return OBJECT;
        }

        @Override
        long prepare(Rig rig, Task task) {
            long s = super.prepare(rig, task);
            use(rig, task, s);
            return s;
        }

        @Override
        long run(Rig rig, Task task, long prepared) {
            Slab slab = rig.kernel().slab();
            long error = 0;
            for (String file : SlabAttributes.names(slab)) {
                String text = SlabAttributes.show(slab, task, prepared, file);
                // A file may have nothing to say on one node; a number is an error or a count.
                if (text != null && text.startsWith("-")) {
                    error = Long.parseLong(text.strip());
                }
            }
            SlabInfo.show(slab, task);
            return error;
        }
    }

    /** cpu_up and cpu_down of the last CPU, which had something to do before. */
    private static final class Cpu extends ApiCall {
        private final boolean comes;

        Cpu(boolean comes) {
            super(comes ? "cpu_up(the last)" : "cpu_down(the last)");
            this.comes = comes;
        }

        @Override
        Set<Kind> kinds() {
            return NONE;
        }

        @Override
        boolean applies(Rig rig) {
            return rig.kernel().geometry().cpus() > 1;
        }

        @Override
        long prepare(Rig rig, Task task) {
            long s = own(rig, task, "own");
            use(rig, rig.task(last(rig)), s);
            if (comes) {
                change(rig, task, false);
            }
            return s;
        }

        @Override
        long run(Rig rig, Task task, long prepared) {
            return change(rig, task, comes);
        }

        private static int last(Rig rig) {
            return rig.kernel().geometry().cpus() - 1;
        }

        private static long change(Rig rig, Task task, boolean up) {
            var hotplug = rig.kernel().slab().hotplug();
            boolean done = up ? hotplug.cpuUp(task, last(rig)) : hotplug.cpuDown(task, last(rig));
            return done ? 1 : 0;
        }

        @Override
        void undo(Rig rig, Task task, long prepared, long result) {
            if (!comes) {
                rig.ask(() -> change(rig, task, true));
            }
            destroy(rig, task, prepared);
        }
    }

    /** online_pages and offline_pages of the last node. */
    private static final class Node extends ApiCall {
        private final boolean comes;

        Node(boolean comes) {
            super(comes ? "online_pages(the last node)" : "offline_pages(the last node)");
            this.comes = comes;
        }

        @Override
        Set<Kind> kinds() {
            return OBJECT;
        }

        @Override
        boolean applies(Rig rig) {
            return rig.kernel().geometry().memoryHotplug();
        }

        /** Shared queues of CPUs that move to another node. */
        @Override
        boolean moves() {
            return true;
        }

        @Override
        boolean wantsObjectsFree() {
            return !comes;
        }

        @Override
        long prepare(Rig rig, Task task) {
            long s = own(rig, task, "own");
            if (!comes) {
                rig.ask(() -> change(rig, task, true));
                use(rig, task, s);
            }
            return s;
        }

        @Override
        long run(Rig rig, Task task, long prepared) {
            return change(rig, task, comes);
        }

        private static long change(Rig rig, Task task, boolean online) {
            var memory = rig.kernel().slab().memoryHotplug();
            int node = rig.kernel().geometry().nodes() - 1;
            return (online ? memory.online(task, node) : memory.offline(task, node)) ? 1 : 0;
        }

        @Override
        void undo(Rig rig, Task task, long prepared, long result) {
            destroy(rig, task, prepared);
            // Memory that is there goes, whoever brought it; the structs of it stay.
            rig.shrinkAll();
            rig.ask(() -> change(rig, task, false));
        }
    }
}
