package org.slubcheck.trace;

/**
 * What a trace adds up to.
 *
 * @param events kmem events
 * @param allocs allocation events
 * @param frees free events
 * @param foreign frees of pointers that the trace never allocated
 * @param nullFrees of those, frees of NULL, which do nothing
 * @param implied frees that no event tells of, implied by an allocation at a live pointer
 * @param failed allocations that returned NULL
 * @param crossCpu frees on another CPU than the allocation's
 * @param mismatched frees by another cache's name than the allocation's: the kernel merged caches,
 *     or two pointers have the same hash
 * @param live objects at the end
 * @param peak most objects at once
 */
public record TraceTotals(
        long events,
        long allocs,
        long frees,
        long foreign,
        long nullFrees,
        long implied,
        long failed,
        long crossCpu,
        long mismatched,
        long live,
        long peak) {}
