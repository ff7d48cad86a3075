package org.slubcheck.verdict;

/**
 * What a run found. Only four of these can be a success, and which one depends on what was asked:
 * a defect must be FOUND, the fixed code must be CLEAN.
 */
public enum Outcome {
    /** The defect's own symptom was seen. */
    FOUND,
    /** Nothing wrong in the whole of a stated space. */
    CLEAN_EXHAUSTED,
    /** Nothing wrong in a stated number of samples. */
    CLEAN_SAMPLED,
    /** The budget ran out before the stated bound was completed. */
    BOUND_HIT,
    /** It did not run, or too little of it did. */
    NOT_RUN,
    /** The technique cannot see this kind of thing. */
    TOOL_BLIND,
    /** Something else went wrong: an exception that is not the symptom, a step never reached. */
    FAULT;

    /** True when nothing wrong was seen and that can be relied on. */
    public boolean clean() {
        return this == CLEAN_EXHAUSTED || this == CLEAN_SAMPLED;
    }

    /** As it is printed: with hyphens. */
    public String label() {
        return name().replace('_', '-');
    }
}
