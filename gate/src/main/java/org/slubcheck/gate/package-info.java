/** The command line, the runs and the reports. */
package org.slubcheck.gate;
