/** jqwik suites, run by the gate through the JUnit Platform launcher. */
package org.slubcheck.properties;
