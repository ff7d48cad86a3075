/**
 * Traces of real kernels: ftrace text to events, events to operations on a machine.
 *
 * <p>Everything is a stream: a trace of any length needs memory for the objects that live at once
 * and for one batch.
 */
package org.slubcheck.trace;
