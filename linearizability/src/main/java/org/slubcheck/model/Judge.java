package org.slubcheck.model;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.slubcheck.kernel.Witness;
import org.slubcheck.machine.Meetings;
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

    /** Matches nothing. */
    static final Pattern NOTHING = Pattern.compile("(?!)");

    private static Template template;
    private static Trial last;
    private static List<List<String>> wrong = new ArrayList<>();
    private static Pattern symptom = NOTHING;
    private static Pattern passOver = NOTHING;
    private static long passedOver;
    private static Meetings meetings;
    private static boolean insists;
    private static int aside;
    private static boolean watches;
    private static Pattern watched;
    private static Witness witness;

    private Judge() {}

    /**
     * Begins an exploration.
     *
     * @param own what ends the exploration in any case
     * @param over an interleaving without that, which goes wrong first in a way that this matches,
     *     is not the end: it is counted, and the exploration goes on
     */
    static void open(Template next, Pattern own, Pattern over) {
        template = next;
        last = null;
        wrong = new ArrayList<>();
        symptom = own;
        passOver = over;
        passedOver = 0;
        meetings = null;
        aside = 0;
    }

    /**
     * From here on the exploration switches only where tasks are known to meet.
     *
     * @param insist true to end it as soon as they meet elsewhere
     * @param alone how many tasks run before the others, as they meet nobody
     */
    static void meet(Meetings known, boolean insist, int alone) {
        meetings = known;
        insists = insist;
        aside = alone;
    }

    /** Tasks of the exploration that ran before the others. */
    static int aside() {
        return aside;
    }

    /** Words in which the tasks of the exploration are known to meet, or -1 when nobody asks. */
    static int words() {
        return meetings == null ? -1 : meetings.count();
    }

    /** True when the exploration under way is to be ended and run again. */
    static boolean inVain() {
        return meetings != null && insists && !meetings.complete();
    }

    /**
     * From here on each interleaving is watched, so that there is a {@link #witness} when it fails.
     *
     * @param sought what a report must look like that is the moment to be kept; null for any
     */
    static void watch(Pattern sought) {
        watches = true;
        watched = sought;
    }

    private static void reported(String text) {
        witness.reported(text);
    }

    /** Who saw the interleaving that was started last; null when nobody watches. */
    static Witness witness() {
        return witness;
    }

    /** Ends it, so that nothing of it is kept. */
    static void close() {
        open(null, NOTHING, NOTHING);
        watches = false;
        watched = null;
        witness = null;
    }

    /** Interleavings so far that went wrong and were passed over. */
    static long passedOver() {
        return passedOver;
    }

    /** A new interleaving. */
    static Trial start() {
        Trial trial = template.start();
        trial.kernel().checked().nameAddresses(new Symbolizer(trial.kernel())::name);
        trial.kernel().checked().startLog(true);
        trial.kernel().checked().meet(meetings);
        if (watches) {
            witness = Witness.blind(trial.kernel(), template.kernel(), watched);
            trial.kernel().console().onReport(Judge::reported);
        }
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
        template.count(trial);
        List<String> violations = trial.violations();
        if (trial.faults().isEmpty() && onlyTraces(violations, symptom, passOver)) {
            passedOver++;
            return;
        }
        if (!violations.isEmpty() || !trial.faults().isEmpty()) {
            wrong.add(List.copyOf(violations));
            settle(violations, trial.faults());
        }
    }

    /**
     * True when the first thing that is wrong is a trace, and nothing is the symptom. As in a kernel's
     * log, what follows a first report may be its consequence: a task that uses a freed area takes
     * its contents for pointers.
     */
    static boolean onlyTraces(List<String> violations, Pattern symptom, Pattern traces) {
        return !violations.isEmpty()
                && violations.stream().noneMatch(v -> symptom.matcher(v).find())
                && traces.matcher(violations.get(0)).find();
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
