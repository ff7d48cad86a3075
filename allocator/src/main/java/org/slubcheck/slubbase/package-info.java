/**
 * The parts of mm/slub.c that S+Q3 left as they were, and that both engines made of it rest on:
 * slabs from and to the page allocator, the lists of nodes, shrinking, validation, red zones and
 * poison, tracks, reports, and the hooks for memory checkers.
 *
 * <p>{@link org.slubcheck.slubbase.SlubBase} is what an engine derives from; {@link
 * org.slubcheck.slubbase.FreeObjects} is the one thing in which slabs differ.
 *
 * <p>Locks nest slub_lock, slab_lock, list_lock; the other way round, from list_lock to slab_lock,
 * only by trylock.
 */
package org.slubcheck.slubbase;
