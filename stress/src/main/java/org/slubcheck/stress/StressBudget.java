package org.slubcheck.stress;

import java.time.Duration;

/**
 * How long to try.
 *
 * @param forks JVMs for each test and round; each gets another seed for the compiler's scheduling
 * @param millis length of an iteration
 * @param iterations iterations in each JVM
 * @param rounds how often at most all of it is repeated: for a defect until it is found, for fixed
 *     code until there are enough samples
 * @param fewest samples without which fixed code is not clean
 * @param limit after which a round is killed
 */
public record StressBudget(
        int forks, int millis, int iterations, int rounds, long fewest, Duration limit) {}
