/**
 * Runs told in the kernel's vocabulary: addresses and values by name, and an access log as a time
 * line with a column for each CPU.
 */
package org.slubcheck.timeline;
