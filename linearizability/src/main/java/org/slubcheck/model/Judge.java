package org.slubcheck.model;

import java.util.ArrayList;
import java.util.List;

/** Decides at the end of an interleaving. An observer: the model checker does not switch in it. */
final class Judge {
    /** What an interleaving that went wrong ends with; its message is the list of what is wrong. */
    static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient List<String> violations;

        Violation(List<String> violations) {
            super(String.join("\n", violations), null, false, false);
            this.violations = violations;
        }

        List<String> violations() {
            return violations;
        }
    }

    private Judge() {}

    /** Throws if anything is wrong. */
    static void settle(List<String> reports, List<String> oracle) {
        List<String> all = new ArrayList<>(reports);
        all.addAll(oracle);
        if (!all.isEmpty()) {
            throw new Violation(all);
        }
    }
}
