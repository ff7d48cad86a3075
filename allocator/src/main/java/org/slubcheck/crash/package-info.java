/**
 * Crash dumps: a kernel's memory and what was known of it when something went wrong, in one file, and
 * the views of it.
 */
package org.slubcheck.crash;
