package org.slubcheck.model;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.scenarios.Template;
import org.slubcheck.scenarios.Trial;
import org.slubcheck.timeline.Symbolizer;

/**
 * Starts each interleaving and decides at its end. An observer: the model checker does not switch in
 * it. Static, because Lincheck makes the test class itself; one check runs at a time.
 */
final class Judge {
    /** What an interleaving that went wrong ends with; its message is the list of what is wrong. */
    static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Violation(List<String> violations) {
            super(String.join("\n", violations), null, false, false);
        }
    }

    private static Template template;
    private static Trial last;
    private static List<List<String>> wrong = new ArrayList<>();

    private Judge() {}

    /** Begins a check. */
    static void open(Template next) {
        template = next;
        last = null;
        wrong = new ArrayList<>();
    }

    /** Ends it, so that nothing of it is kept. */
    static void close() {
        open(null);
    }

    /** A new interleaving. */
    static Trial start() {
        Trial trial = template.start();
        trial.kernel().checked().nameAddresses(new Symbolizer(trial.kernel())::name);
        trial.kernel().checked().startLog(true);
        last = trial;
        return trial;
    }

    /** The interleaving that was started last: after a failure, the replay of the failing one. */
    static Trial last() {
        return last;
    }

    /**
     * What was wrong each time that something was: for a failing check twice, as it was found and
     * as it was replayed.
     */
    static List<List<String>> wrong() {
        return wrong;
    }

    /** The end of an interleaving: throws if anything is wrong. */
    static void end(Trial trial) {
        trial.kernel().checked().stopRaceDetection();
        trial.kernel().checked().stopLog();
        List<String> violations = trial.violations();
        if (!violations.isEmpty() || !trial.faults().isEmpty()) {
            wrong.add(List.copyOf(violations));
            settle(violations, trial.faults());
        }
    }

    /** Throws if anything is wrong. */
    static void settle(List<String> reports, List<String> oracle) {
        List<String> all = new ArrayList<>(reports);
        all.addAll(oracle);
        if (!all.isEmpty()) {
            throw new Violation(all);
        }
    }
}
