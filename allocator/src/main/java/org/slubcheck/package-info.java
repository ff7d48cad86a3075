/** The subject of the suite: a simulated machine and the slab allocators that run on it. */
package org.slubcheck;
