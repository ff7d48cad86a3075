/**
 * Tests that say whether the tool can see at all: before a clean verdict of JCStress counts, the
 * faulty twin of each has been seen to fail in the same kind of JVM, and the right one has not.
 *
 * <p>Not one of them knows anything of a slab; they use {@link org.slubcheck.machine.Memory} only,
 * so that they also show that its accessors give the order that their names promise.
 */
package org.slubcheck.stress.canary;
