/**
 * Interleavings as files: recorded from a failing run, made as small as they get, and run again
 * exactly, by a scheduler of its own and without a model checker. The format is described in
 * docs/schedules.md.
 */
package org.slubcheck.schedule;
