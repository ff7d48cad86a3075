package org.slubcheck.defects;

import java.util.regex.Pattern;
import org.slubcheck.machine.Step;
import org.slubcheck.machine.Steps;
import org.slubcheck.verdict.Technique;

/**
 * A defect: wrong code for one step, and how to know it when it shows.
 *
 * @param <F> the functional interface of the step
 */
public abstract class Defect<F> {
    private final String id;
    private final String title;
    private final Technique best;
    private final Step<F> step;
    private final Pattern symptom;
    private final Pattern alsoSeen;

    /**
     * @param id as in the catalogue, for example {@code Q04a}
     * @param title two or three words
     * @param best the technique that finds it best
     * @param step the step that it replaces
     * @param symptom matches a violation that is this defect's own; a finding that does not match is
     *     a fault of the tool, not a find
     */
    protected Defect(String id, String title, Technique best, Step<F> step, String symptom) {
        this(id, title, best, step, symptom, "(?!)");
    }

    /**
     * As above.
     *
     * @param alsoSeen matches what the defect reports on the way, and what is not proof enough: a
     *     run that begins with it and never shows the symptom is neither a find nor a fault. Nothing
     *     unless given
     */
    protected Defect(
            String id,
            String title,
            Technique best,
            Step<F> step,
            String symptom,
            String alsoSeen) {
        this.id = id;
        this.title = title;
        this.best = best;
        this.step = step;
        this.symptom = pattern(symptom);
        this.alsoSeen = pattern(alsoSeen);
    }

    /** A ^ stands for the beginning of a report or of one of its lines. */
    private static Pattern pattern(String regex) {
        return Pattern.compile(regex, Pattern.DOTALL | Pattern.MULTILINE);
    }

    /** As in the catalogue. */
    public final String id() {
        return id;
    }

    /** Two or three words. */
    public final String title() {
        return title;
    }

    /** The technique that finds it best. */
    public final Technique best() {
        return best;
    }

    /** The step that it replaces. */
    public final Step<F> step() {
        return step;
    }

    /** What a violation must look like to be this defect's own. */
    public final Pattern symptom() {
        return symptom;
    }

    /** What lockdep's report of it must look like, for a defect that lockdep is to find. */
    public Pattern lockdepReport() {
        return symptom;
    }

    /** What is seen on the way to the symptom, and is no proof of this defect. */
    public final Pattern alsoSeen() {
        return alsoSeen;
    }

    /** The wrong code. */
    protected abstract F code();

    /** What there is to tell. */
    public abstract Story story();

    /** Puts the wrong code in place of its step. */
    public final Steps install(Steps steps) {
        return steps.with(step, code());
    }

    @Override
    public final String toString() {
        return id + " " + title;
    }
}
