package org.slubcheck.model.lin;

import java.util.List;

/** The end of an interleaving. An observer. */
final class Verifying {
    private Verifying() {}

    static void settle(Bench bench, boolean judged) {
        List<String> wrong = judged ? bench.wrong() : List.of();
        if (!wrong.isEmpty()) {
            throw new IllegalStateException(String.join("\n", wrong));
        }
    }
}
