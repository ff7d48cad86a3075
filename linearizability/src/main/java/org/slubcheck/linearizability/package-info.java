/** Lincheck drivers: interleavings and linearizability. */
package org.slubcheck.linearizability;
