package org.slubcheck.verdict;

import java.util.List;

/**
 * The result of one run of one technique, with its numbers.
 *
 * @param id the defect's id; for suites that belong to no defect, the suite's name
 * @param fixed true when the fixed code was run, false with the defect in place
 * @param technique how it was looked for
 * @param subject the scenario or property that was run
 * @param outcome what was found
 * @param runs how many interleavings, samples, tries … it took, or were clean
 * @param preemptions preemptions completed by a model check, -1 where that means nothing
 * @param stepReached how often the replaced step was executed; 0 makes a verdict a fault, -1 where
 *     there is no such step
 * @param seconds how long it took; for people, never part of a judgement
 * @param seed what makes the run repeatable; empty where nothing is drawn by chance
 * @param detail one line: the symptom as it was seen, or why the outcome is what it is
 * @param timeline the failing interleaving as lines of text; empty when there is none
 * @param marks the same taken apart, for drawings; empty for a case that has no columns
 * @param counts how the runs fall into kinds; empty where there is but one
 * @param minimal the smallest interleaving that shows the defect; null where there is none
 */
public record Verdict(
        String id,
        boolean fixed,
        Technique technique,
        String subject,
        Outcome outcome,
        long runs,
        int preemptions,
        long stepReached,
        double seconds,
        String seed,
        String detail,
        List<String> timeline,
        List<Mark> marks,
        List<Count> counts,
        Minimal minimal) {
    /** Begins the id of a canary: a known mistake that says whether a tool can see. */
    public static final String CANARY = "canary.";

    /** Copies the lists; one that is missing is empty. */
    public Verdict {
        timeline = timeline == null ? List.of() : List.copyOf(timeline);
        marks = marks == null ? List.of() : List.copyOf(marks);
        counts = counts == null ? List.of() : List.copyOf(counts);
    }

    /** With nothing to draw and nothing to count. */
    public Verdict(
            String id,
            boolean fixed,
            Technique technique,
            String subject,
            Outcome outcome,
            long runs,
            int preemptions,
            long stepReached,
            double seconds,
            String seed,
            String detail,
            List<String> timeline) {
        this(
                id,
                fixed,
                technique,
                subject,
                outcome,
                runs,
                preemptions,
                stepReached,
                seconds,
                seed,
                detail,
                timeline,
                List.of(),
                List.of());
    }

    /** With no smallest interleaving. */
    public Verdict(
            String id,
            boolean fixed,
            Technique technique,
            String subject,
            Outcome outcome,
            long runs,
            int preemptions,
            long stepReached,
            double seconds,
            String seed,
            String detail,
            List<String> timeline,
            List<Mark> marks,
            List<Count> counts) {
        this(
                id,
                fixed,
                technique,
                subject,
                outcome,
                runs,
                preemptions,
                stepReached,
                seconds,
                seed,
                detail,
                timeline,
                marks,
                counts,
                null);
    }

    /** True when this is what had to come out: found where the defect is, clean where it is not. */
    public boolean asExpected() {
        return fixed ? outcome.clean() : outcome == Outcome.FOUND;
    }

    /** True when this says something of a tool and nothing of a kernel. */
    public boolean ofCanary() {
        return id.startsWith(CANARY);
    }

    /** The same after this long. */
    public Verdict took(double duration) {
        return copy(duration, marks, counts, minimal);
    }

    /** The same with a drawing. */
    public Verdict with(List<Mark> drawn) {
        return copy(seconds, drawn, counts, minimal);
    }

    /** The same with its smallest interleaving; null for none. */
    public Verdict with(Minimal smallest) {
        return copy(seconds, marks, counts, smallest);
    }

    /** The same with its runs by kinds. */
    public Verdict counting(List<Count> kinds) {
        return copy(seconds, marks, kinds, minimal);
    }

    /** The same verdict: only what is told of it beside differs. */
    private Verdict copy(double duration, List<Mark> drawn, List<Count> kinds, Minimal smallest) {
        return new Verdict(
                id,
                fixed,
                technique,
                subject,
                outcome,
                runs,
                preemptions,
                stepReached,
                duration,
                seed,
                detail,
                timeline,
                drawn,
                kinds,
                smallest);
    }
}
