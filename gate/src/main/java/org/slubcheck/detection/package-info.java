/**
 * How likely a technique that draws by chance is to find a defect, measured over seeds, and whether
 * that has become less.
 */
package org.slubcheck.detection;
