package org.slubcheck.defects;

import java.util.List;

/**
 * What there is to tell about a defect.
 *
 * @param source series, patch number, author and date of the message that reports or contains it;
 *     where it only states the rule, that it does
 * @param evidence how it is known
 * @param rule the rule that it breaks
 * @param mechanism how it goes wrong, step by step
 * @param symptom what is seen
 * @param fix what the right code does
 */
public record Story(
        String source,
        List<Evidence> evidence,
        String rule,
        String mechanism,
        String symptom,
        String fix) {
    /** Copies the evidence. */
    public Story {
        evidence = List.copyOf(evidence);
    }
}
