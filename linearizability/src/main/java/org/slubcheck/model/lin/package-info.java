/**
 * Operations of the slab allocator with the results that callers see, and the sequential
 * specifications that say which results there may be.
 */
package org.slubcheck.model.lin;
