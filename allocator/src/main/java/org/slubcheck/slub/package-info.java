/**
 * The SLUB of 2.6.36: free objects threaded through themselves, and a frozen slab for each CPU.
 *
 * <p>An object is in exactly one place: with a caller, on the freelist of one CPU, or on the
 * freelist of its slab. {@link org.slubcheck.slub.Slub} is the engine and holds the fast paths; the
 * slow paths are static methods of small classes over it. What S+Q3 did not change is in {@link
 * org.slubcheck.slubbase}.
 */
package org.slubcheck.slub;
