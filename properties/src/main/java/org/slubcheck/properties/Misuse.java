package org.slubcheck.properties;

import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Errno;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabAttributes;
import org.slubcheck.slab.SlabFlags;

/** What a caller must not do, and what the kernel says to it. */
enum Misuse {
    NAMELESS("kmem_cache_create(NULL, 40)", "the name is NULL", 0) {
        @Override
        long commit(Slab slab, Task t, Victim v) {
            return slab.create(t, null, 40, 0, 0, 0);
        }
    },
    TOO_SMALL("kmem_cache_create(\"bad\", 4)", "integrity check failed", 0) {
        @Override
        long commit(Slab slab, Task t, Victim v) {
            return slab.create(t, "bad", 4, 0, 0, 0);
        }
    },
    TOO_LARGE("kmem_cache_create(\"bad\", 1 << 40)", "integrity check failed", 0) {
        @Override
        long commit(Slab slab, Task t, Victim v) {
            return slab.create(t, "bad", 1L << 40, 0, 0, 0);
        }
    },
    BAD_ALIGN("kmem_cache_create(\"bad\", 40, 24)", "integrity check failed", 0) {
        @Override
        long commit(Slab slab, Task t, Victim v) {
            return slab.create(t, "bad", 40, 24, 0, 0);
        }
    },
    EMPTY_NAME("kmem_cache_create(\"\", 40, SLAB_DESTROY_BY_RCU)", "the name is empty", 0) {
        @Override
        long commit(Slab slab, Task t, Victim v) {
            return slab.create(t, "", 40, 0, SlabFlags.DESTROY_BY_RCU, 0);
        }
    },
    TAKEN_NAME("kmem_cache_create(\"victim\", 40, SLAB_DESTROY_BY_RCU)", "duplicate filename", 0) {
        @Override
        long commit(Slab slab, Task t, Victim v) {
            return slab.create(t, "victim", 40, 0, SlabFlags.DESTROY_BY_RCU, 0);
        }
    },
    DESTROY_BUSY("kmem_cache_destroy(victim)", "still has objects|Objects remaining", 0) {
        @Override
        long commit(Slab slab, Task t, Victim v) {
            slab.destroy(t, v.cache());
            return 0;
        }
    },
    DESTROY_NOTHING("kmem_cache_destroy(an object)", "which is no cache", 0) {
        @Override
        long commit(Slab slab, Task t, Victim v) {
            slab.destroy(t, v.object());
            return 0;
        }
    },
    WRONG_CACHE("kmem_cache_free(other, an object of victim)", "page slab pointer corrupt", 0) {
        @Override
        long commit(Slab slab, Task t, Victim v) {
            slab.free(t, v.other(), v.object());
            return 0;
        }
    },
    TOO_MUCH("kmalloc(1 << 50)", "mm/page_alloc.c", 0) {
        @Override
        long commit(Slab slab, Task t, Victim v) {
            return slab.kmalloc(t, 1L << 50, Gfp.KERNEL);
        }
    },
    KREALLOC_TOO_MUCH("krealloc(an object of victim, -1)", "mm/page_alloc.c", 0) {
        @Override
        long commit(Slab slab, Task t, Victim v) {
            return slab.krealloc(t, v.object(), -1, Gfp.KERNEL);
        }
    },
    BAD_QUEUE("echo 3 > /sys/kernel/slab/victim/cpu_queue_size", "", Errno.EINVAL) {
        @Override
        long commit(Slab slab, Task t, Victim v) {
            return SlabAttributes.store(slab, t, v.cache(), "cpu_queue_size", "3");
        }
    },
    BAD_FILE("echo 3 > /sys/kernel/slab/victim/nothing", "", Errno.ENOENT) {
        @Override
        long commit(Slab slab, Task t, Victim v) {
            return SlabAttributes.store(slab, t, v.cache(), "nothing", "3");
        }
    },
    WILD_POINTER("kfree(1 << 45)", "unable to handle kernel paging request", 0) {
        @Override
        long commit(Slab slab, Task t, Victim v) {
            slab.kfree(t, 1L << 45);
            return 0;
        }
    },
    NULL_OBJECT("kmem_cache_free(victim, NULL)", "NULL pointer dereference", 0) {
        @Override
        long commit(Slab slab, Task t, Victim v) {
            slab.free(t, v.cache(), 0);
            return 0;
        }
    },
    DOUBLE_FREE("kmem_cache_free(victim, a free object)", "Object already free", 0) {
        @Override
        long commit(Slab slab, Task t, Victim v) {
            slab.free(t, v.cache(), v.free());
            return 0;
        }
    },
    INSIDE("kmem_cache_free(victim, the middle of an object)", "Invalid object pointer", 0) {
        @Override
        long commit(Slab slab, Task t, Victim v) {
            slab.free(t, v.cache(), v.object() + 8);
            return 0;
        }
    };

    /**
     * What is there to be misused.
     *
     * @param cache a cache with debugging
     * @param object one of its objects, held
     * @param free another one, freed
     * @param other another cache
     */
    record Victim(long cache, long object, long free, long other) {}

    private final String text;
    private final String report;
    private final long result;

    Misuse(String text, String report, long result) {
        this.text = text;
        this.report = report;
        this.result = result;
    }

    /** Does it. */
    abstract long commit(Slab slab, Task t, Victim v);

    /** As kernel code reads. */
    String text() {
        return text;
    }

    /** What the report must match; empty where an error number is the answer. */
    String report() {
        return report;
    }

    /** What is returned, if anything is. */
    long result() {
        return result;
    }
}
