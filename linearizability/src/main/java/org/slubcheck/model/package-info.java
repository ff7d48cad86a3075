/**
 * Model checks: every interleaving of a scenario up to a number of preemptions, by Lincheck, and
 * linearizability against sequential specifications.
 */
package org.slubcheck.model;
