/**
 * A whole kernel: the machine, the memory allocators and a slab engine wired together, its boot, its
 * forks, and the census that says whether its state makes sense.
 */
package org.slubcheck.kernel;
