/**
 * The memory management below the slab allocators: list_head, struct page, gfp flags, the buddy
 * allocator and the per-CPU allocator, after Linux 2.6.35 on x86-64.
 *
 * <p>All state is in {@link org.slubcheck.machine.Memory}; the Java objects hold immutable wiring
 * and are made anew for each fork. Uses the machine and nothing above it: what the per-CPU
 * allocator wants of the slab allocator comes in through {@link org.slubcheck.mm.SlabMemory}.
 */
package org.slubcheck.mm;
