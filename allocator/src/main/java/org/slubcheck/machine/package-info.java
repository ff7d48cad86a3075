/**
 * The machine below the kernel: one {@code long[]} of simulated physical memory, CPUs with their
 * interrupt lines, tasks, locks, the console, and the steps that a defect may replace.
 *
 * <p>Everything the kernel can read or write lives in {@link org.slubcheck.machine.Memory}. The
 * Java side keeps what never changes (geometry, addresses of globals) and what only observers
 * write (console, lock-order graph, access log).
 */
package org.slubcheck.machine;
