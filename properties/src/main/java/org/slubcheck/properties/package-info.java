/**
 * Properties of the whole kernel over random machines: boot, failing allocations, and sequences of
 * calls.
 *
 * <p>{@link org.slubcheck.properties.PropertyRunner} runs one, named {@code Suite.property}, against
 * the code of a defect or the fixed code. Kernels are checked ones; after each step the kernel's own
 * reports and the census are judged. A failing case is shrunk to a machine and a few kernel calls.
 */
package org.slubcheck.properties;
