/**
 * How objects lie in slabs: pure arithmetic, no machine. The bottom of the dependency order, so that
 * an engine's calculate_sizes and the {@code layout} command compute with the same code.
 */
package org.slubcheck.layout;
