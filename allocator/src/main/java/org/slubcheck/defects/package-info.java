/**
 * The reported wrong code, put back: one file a defect, each replacing exactly one named step of an
 * engine. Each tells its story: who reported it where, which rule it breaks, the interleaving, the
 * symptom, the fix.
 */
package org.slubcheck.defects;
