/** Small wrong classes: each breaks the one rule of the architecture that it stands for. */
package org.slubcheck.archfixtures;
