package org.slubcheck.detection;

/**
 * A run from one seed.
 *
 * @param seed what it was drawn from; its number where the tool draws its own
 * @param tries tries until the defect was found, that one included, or all that were made
 * @param found whether it was found
 */
public record Draw(String seed, long tries, boolean found) {}
