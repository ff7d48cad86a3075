package org.slubcheck.defects;

import java.util.regex.Pattern;
import org.slubcheck.machine.Step;
import org.slubcheck.machine.Steps;

/**
 * A kernel that a check is to judge: the code with a defect, its fixed twin, or any other, and what
 * a check looks for in it.
 *
 * @param id the defect's id; for what belongs to no defect, the suite's name
 * @param fixed whether nothing may be found
 * @param steps the code
 * @param step the step that the check is about: a run that never executes it is a fault; null for
 *     none in particular
 * @param symptom what a violation must look like to be the defect's own; null where any violation
 *     counts
 * @param alsoSeen what else the defect leaves behind, and is no proof enough; null for nothing
 */
public record Suspect(
        String id, boolean fixed, Steps steps, Step<?> step, Pattern symptom, Pattern alsoSeen) {

    /** The twin of a defect, with it or fixed. */
    public static Suspect of(Defect<?> defect, boolean fixed) {
        return fixed
                ? mainline(defect.id()).reaching(defect.step())
                : new Suspect(
                        defect.id(),
                        false,
                        defect.install(Steps.mainline()),
                        defect.step(),
                        defect.symptom(),
                        defect.alsoSeen());
    }

    /** The code as it should be, for a check of no defect. */
    public static Suspect mainline(String id) {
        return new Suspect(id, true, Steps.mainline(), null, null, null);
    }

    /** Code that something is wrong with, whatever that looks like. */
    public static Suspect broken(String id, Steps steps) {
        return new Suspect(id, false, steps, null, null, null);
    }

    /** The same, about a step. */
    public Suspect reaching(Step<?> other) {
        return new Suspect(id, fixed, steps, other, symptom, alsoSeen);
    }

    /** The same, where the defect's own violation looks like this. */
    public Suspect shownBy(Pattern own) {
        return new Suspect(id, fixed, steps, step, own, alsoSeen);
    }

    /** The same, where this is seen besides. */
    public Suspect alsoShowing(Pattern traces) {
        return new Suspect(id, fixed, steps, step, symptom, traces);
    }
}
