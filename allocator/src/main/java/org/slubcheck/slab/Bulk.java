package org.slubcheck.slab;

import org.slubcheck.machine.Task;

/**
 * kmem_cache_alloc_bulk and kmem_cache_free_bulk (4.3, 2015), in the form that every engine has: one
 * object after the other.
 */
public final class Bulk {
    private Bulk() {}

    /**
     * Fills an array with objects; how many: all of them, or none when one was not to be had. May
     * sleep if the flags say WAIT.
     */
    public static int alloc(Slab slab, Task t, long s, int gfp, long[] objects) {
        for (int i = 0; i < objects.length; i++) {
            objects[i] = slab.alloc(t, s, gfp);
            if (objects[i] == 0) {
                free(slab, t, s, objects, i);
                return 0;
            }
        }
        return objects.length;
    }

    /** Gives the first so many objects of an array back. Any context. */
    public static void free(Slab slab, Task t, long s, long[] objects, int count) {
        for (int i = 0; i < count; i++) {
            slab.free(t, s, objects[i]);
        }
    }
}
