/**
 * What every slab engine shares: the kmem_cache, its creation, merging and destruction, the boot
 * sequence, the kmalloc arrays, sysfs and slabinfo. Engines plug in behind {@link
 * org.slubcheck.slab.Engine}.
 */
package org.slubcheck.slab;
