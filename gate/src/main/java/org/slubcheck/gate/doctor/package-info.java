/** Says whether a machine can be trusted with verdicts: what is measured of it, and what that means. */
package org.slubcheck.gate.doctor;
