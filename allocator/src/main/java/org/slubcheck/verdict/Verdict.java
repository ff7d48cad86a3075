package org.slubcheck.verdict;

import java.util.List;
import java.util.function.Consumer;

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
                List.of(),
                null);
    }

    /**
     * With no numbers yet: no runs, no preemptions and no step to reach, nothing drawn by chance and
     * nothing to tell. What there is of these the methods below add.
     */
    public static Verdict of(
            String id,
            boolean fixed,
            Technique technique,
            String subject,
            Outcome outcome,
            String detail) {
        return new Verdict(
                id, fixed, technique, subject, outcome, 0, -1, -1, 0, "", detail, List.of());
    }

    /** True when this is what had to come out: found where the defect is, clean where it is not. */
    public boolean asExpected() {
        return fixed ? outcome.clean() : outcome == Outcome.FOUND;
    }

    /** True when this says something of a tool and nothing of a kernel. */
    public boolean ofCanary() {
        return id.startsWith(CANARY);
    }

    /** The same with this outcome, and why. */
    public Verdict as(Outcome other, String why) {
        return copy(
                v -> {
                    v.outcome = other;
                    v.detail = why;
                });
    }

    /** The same about another scenario or property. */
    public Verdict about(String other) {
        return copy(v -> v.subject = other);
    }

    /** The same from so many interleavings, samples, tries … */
    public Verdict runs(long count) {
        return copy(v -> v.runs = count);
    }

    /** The same with so many preemptions completed. */
    public Verdict preemptions(int completed) {
        return copy(v -> v.preemptions = completed);
    }

    /** The same with the step executed so often; -1 where there is no step. */
    public Verdict stepReached(long times) {
        return copy(v -> v.stepReached = times);
    }

    /** The same after this long. */
    public Verdict took(double duration) {
        return copy(v -> v.seconds = duration);
    }

    /** The same, repeatable by this. */
    public Verdict seed(String drawn) {
        return copy(v -> v.seed = drawn);
    }

    /** The same with the failing interleaving as lines of text. */
    public Verdict told(List<String> lines) {
        return copy(v -> v.timeline = lines);
    }

    /** The same with a drawing. */
    public Verdict with(List<Mark> drawn) {
        return copy(v -> v.marks = drawn);
    }

    /** The same with its smallest interleaving; null for none. */
    public Verdict with(Minimal smallest) {
        return copy(v -> v.minimal = smallest);
    }

    /** The same with its runs by kinds. */
    public Verdict counting(List<Count> kinds) {
        return copy(v -> v.counts = kinds);
    }

    private Verdict copy(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.verdict();
    }

    /** What a verdict may differ in from the one that it is made of. */
    private static final class Draft {
        private final Verdict from;
        private String subject;
        private Outcome outcome;
        private long runs;
        private int preemptions;
        private long stepReached;
        private double seconds;
        private String seed;
        private String detail;
        private List<String> timeline;
        private List<Mark> marks;
        private List<Count> counts;
        private Minimal minimal;

        Draft(Verdict from) {
            this.from = from;
            subject = from.subject;
            outcome = from.outcome;
            runs = from.runs;
            preemptions = from.preemptions;
            stepReached = from.stepReached;
            seconds = from.seconds;
            seed = from.seed;
            detail = from.detail;
            timeline = from.timeline;
            marks = from.marks;
            counts = from.counts;
            minimal = from.minimal;
        }

        Verdict verdict() {
            return new Verdict(
                    from.id,
                    from.fixed,
                    from.technique,
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
                    minimal);
        }
    }
}
