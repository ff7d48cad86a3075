package org.slubcheck.slubbase;

import org.slubcheck.machine.Observer;

/**
 * How an engine keeps the free objects of a slab: in a map, or in a list that goes through the
 * objects themselves.
 *
 * <p>A page is given by its struct, which is the head of a slab. Where not said otherwise the slab's
 * lock is held, or the slab is private.
 */
public interface FreeObjects {
    /** page-&gt;objects: how many objects the slab has; fixed while the page is a slab. */
    int objects(long page);

    /** Makes every object of a private page free, the page's owner being entered already. */
    void init(long s, long page, int objects);

    /** Takes the first object of a slab that has one and returns it; for the first steps of boot. */
    long takeFirst(long s, long page);

    /** Objects that are not free in the slab. */
    int inuse(long page);

    /** Whether all objects are free in the slab: it can be given back. */
    boolean unused(long page);

    /** data_race: free objects of a slab that somebody may be changing, for statistics. */
    int racyAvailable(long page);

    /** Whether the object at this address is free in its slab. */
    boolean isFree(long page, long object);

    /** Where the padding at the end of a slab begins: behind objects and whatever follows them. */
    long tail(long page);

    /** Opens what the engine keeps in a slab besides objects to the address shadow. */
    void unpoison(long page);

    /** What print_page_info says of the objects; an observer's view. */
    @Observer
    String describe(long page);
}
