package org.slubcheck.defects;

import java.util.regex.Pattern;
import org.slubcheck.machine.Step;
import org.slubcheck.verdict.Technique;

/**
 * A defect that breaks the order of locks. Lockdep tells of it from a run in which nothing happens, and
 * some interleavings hang; the model checker is to show one of these, whatever lockdep says before.
 *
 * @param <F> the functional interface of the step
 */
abstract class LockOrderDefect<F> extends Defect<F> {
    /**
     * As {@link Defect}.
     *
     * @param report matches what lockdep reports
     * @param deadlock matches who waits for what when it hangs
     */
    LockOrderDefect(String id, String title, Step<F> step, String report, String deadlock) {
        super(id, title, Technique.LOCKDEP, step, deadlock, report);
    }

    @Override
    public final Pattern lockdepReport() {
        return alsoSeen();
    }
}
