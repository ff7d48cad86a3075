/** JMH benchmarks of the allocator, with peers. */
package org.slubcheck.benchmarks;
