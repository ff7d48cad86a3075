package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Errno;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabAttributes;

/** What one task of a {@link Pair} does to the cache that both work on. */
enum PairOp {
    /**
     * Allocates until it has been at the shared queue, at a partial slab and, with irqs on, at the
     * page allocator.
     */
    ALLOC("alloc", "kmem_cache_alloc") {
        @Override
        void run(Pair pair, int task, Task self, Trial trial) {
            Kernel kernel = trial.kernel();
            int home = kernel.geometry().memNodeOfCpu(self.cpu());
            for (int i = 0; i < ALLOCATIONS; i++) {
                long object = kernel.slab().alloc(self, trial.setup(0), Gfp.KERNEL);
                SharedScenario.requireThat(object != 0, "an allocation fails");
                trial.hands().hold(task, object);
                if (kernel.pages().nodeOf(kernel.pages().pageOf(object)) == home) {
                    trial.note(task, trial.noted(task) + 1);
                }
            }
        }
    },

    /** Frees an object of the CPU's node; the CPU's queue is full. */
    FREE("free", "kmem_cache_free") {
        @Override
        void run(Pair pair, int task, Task self, Trial trial) {
            release(task, self, trial);
        }
    },

    /** Frees an object of another node than the CPU's; the alien queue is full. */
    REMOTE_FREE("remote-free", "kmem_cache_free of another node") {
        @Override
        void run(Pair pair, int task, Task self, Trial trial) {
            release(task, self, trial);
        }
    },

    /** Resizes the queues of the CPUs. */
    RESIZE("resize", "cpu_queue_size_store") {
        @Override
        void run(Pair pair, int task, Task self, Trial trial) {
            store(pair, trial, task, self, "cpu_queue_size", Pair.queueSize(task));
        }
    },

    /** Turns the shared queues off, and on again. */
    SHARED_OFF_ON("shared-off-on", "shared_queue_size_store(0), (4)") {
        @Override
        void run(Pair pair, int task, Task self, Trial trial) {
            store(pair, trial, task, self, "shared_queue_size", 0);
            store(pair, trial, task, self, "shared_queue_size", SharedScenario.SHARED);
        }
    },

    /** Gives the alien queues another size. */
    ALIEN_RESIZE("alien-resize", "alien_queue_size_store") {
        @Override
        void run(Pair pair, int task, Task self, Trial trial) {
            store(pair, trial, task, self, "alien_queue_size", Pair.alienSize(task));
        }
    },

    /** Makes the cache expire by hand. */
    EXPIRE("expire", "expire_store") {
        @Override
        void run(Pair pair, int task, Task self, Trial trial) {
            if (pair.dies()) {
                store(pair, trial, task, self, "expire", -1);
                if (trial.noted(task) != NO_FILE) {
                    trial.note(task, expired(trial.kernel().slab(), self));
                }
            } else {
                trial.note(task, trial.kernel().slubq().expire(self, trial.setup(0), -1));
            }
        }

        /** What the file says of an expiry that was made. */
        private long expired(Slab slab, Task self) {
            String text = slab.readAttribute(self, Pair.CACHE, "expire");
            if (text == null) {
                return UNREAD;
            }
            long bytes = Long.parseLong(text.strip());
            return bytes == 0 ? NOTHING : bytes;
        }
    },

    /** Gives up a reference to the cache. */
    DESTROY("destroy", "kmem_cache_destroy") {
        @Override
        void run(Pair pair, int task, Task self, Trial trial) {
            trial.kernel().slab().destroy(self, trial.setup(0));
        }
    },

    /** Takes a CPU down that nothing runs on and whose queues are not empty. */
    CPU_DOWN("cpu-down", "cpu_down") {
        @Override
        void run(Pair pair, int task, Task self, Trial trial) {
            SharedScenario.requireThat(
                    trial.kernel().slab().hotplug().cpuDown(self, Pair.dyingCpu(task)),
                    "the CPU was down already");
        }
    };

    /** Noted by a store that came too late: the cache's file is gone. */
    static final long NO_FILE = 0;

    /** Noted by an expiry that came in time, and whose file was gone before it could be read. */
    static final long UNREAD = -1;

    /** Noted by an expiry that came in time and put nothing back. */
    static final long NOTHING = -2;

    /** One from the shared queue, one that came with it, one from the slabs. */
    static final int ALLOCATIONS = 3;

    private final String label;
    private final String call;

    PairOp(String label, String call) {
        this.label = label;
        this.call = call;
    }

    /** The word in a scenario's id. */
    String label() {
        return label;
    }

    /** What the task does, for people. */
    String call() {
        return call;
    }

    /** True when it needs an object in its task's hand. */
    boolean frees() {
        return this == FREE || this == REMOTE_FREE;
    }

    /** True when it writes to a file of the cache. */
    boolean stores() {
        return this == RESIZE || this == SHARED_OFF_ON || this == ALIEN_RESIZE || this == EXPIRE;
    }

    /** True for a user of the cache: who destroys it, must wait for him. */
    boolean uses() {
        return this == ALLOC || frees();
    }

    /** Does it, to the end; irqs are on. */
    abstract void run(Pair pair, int task, Task self, Trial trial);

    /**
     * Writes a tunable, and where the cache may go meanwhile by its file; there is nothing to be
     * written when it is gone. Notes how many stores were made.
     */
    private static void store(Pair pair, Trial trial, int task, Task self, String file, int value) {
        Slab slab = trial.kernel().slab();
        String text = value + "\n";
        if (!pair.dies()) {
            SharedScenario.require(SlabAttributes.store(slab, self, trial.setup(0), file, text));
            return;
        }
        int error = slab.writeAttribute(self, Pair.CACHE, file, text);
        if (error != Errno.ENODEV) {
            SharedScenario.require(error);
            trial.note(task, trial.noted(task) + 1);
        }
    }

    private static void release(int task, Task self, Trial trial) {
        trial.kernel().slab().free(self, trial.setup(0), trial.hands().drop(task));
    }
}
