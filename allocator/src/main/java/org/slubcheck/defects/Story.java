package org.slubcheck.defects;

/**
 * What there is to tell about a defect.
 *
 * @param source series, patch number, author and date of the message that reports or contains it
 * @param rule the rule that it breaks
 * @param mechanism how it goes wrong, step by step
 * @param symptom what is seen
 * @param fix what the right code does
 */
public record Story(String source, String rule, String mechanism, String symptom, String fix) {}
