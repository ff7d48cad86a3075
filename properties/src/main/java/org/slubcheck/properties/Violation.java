package org.slubcheck.properties;

import java.util.List;

/** A property does not hold: what is wrong, and the calls that led there. */
final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final transient List<String> wrong;
    private final transient List<String> story;

    Violation(List<String> wrong, List<String> story) {
        super(String.join("\n", wrong));
        this.wrong = List.copyOf(wrong);
        this.story = List.copyOf(story);
    }

    /** What is wrong, a sentence each. */
    List<String> wrong() {
        return wrong;
    }

    /** The machine and the calls, a line each. */
    List<String> story() {
        return story;
    }
}
