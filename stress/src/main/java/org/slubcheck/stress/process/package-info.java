/** Programs that are run beside this one: ended with all that they started, nothing left behind. */
package org.slubcheck.stress.process;
