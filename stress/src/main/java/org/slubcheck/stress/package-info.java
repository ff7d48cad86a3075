/** JCStress tests: weak-memory behaviour on the hardware that runs them. */
package org.slubcheck.stress;
