/** Which technique looks for which defect, and where. */
package org.slubcheck.catalogue;
