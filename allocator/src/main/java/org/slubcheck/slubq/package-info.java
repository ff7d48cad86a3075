/**
 * The S+Q3 engine: per-CPU queues of objects over slabs with bitmaps of free objects (patches 14 to
 * 18 of the series of 3 August 2010 by Christoph Lameter), with what the later version of October
 * 2010 and review corrected.
 *
 * <p>An object is in exactly one place: with a caller, in the queue of one CPU, or marked free in
 * the map of its slab. Queues are touched by their CPU alone, with irqs off; maps under the slab's
 * bit lock; lists under the node's list_lock. Locks nest slub_lock, slab_lock, list_lock; the other
 * way round, from list_lock to slab_lock, only by trylock.
 *
 * <p>{@link org.slubcheck.slubq.Slubq} is the engine and holds the fast paths; the slow paths are
 * static methods of small classes over it, so that a fork makes one object.
 */
package org.slubcheck.slubq;
