package org.slubcheck.detection;

/**
 * A run from one seed.
 *
 * @param seed what it was drawn from; its number, {@code round 0}, where the tool draws its own
 * @param tries tries until the defect was found, that one included, or all that were made; a round
 *     of stress is a single try
 * @param found whether it was found
 */
public record Draw(String seed, long tries, boolean found) {}
