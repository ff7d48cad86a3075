package org.slubcheck.kernel;

import java.util.List;
import java.util.regex.Pattern;
import org.slubcheck.machine.AccessLog;
import org.slubcheck.machine.Capture;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Observer;

/**
 * Keeps a checked kernel as it was when it first reported a certain thing: by the end of the run that
 * object may be another's. What is found at the end only, by the census or because nobody can go on,
 * is kept as it is then.
 *
 * <p>Not for threads that really overlap: what the other tasks hold is looked at without their leave.
 */
@Observer
public final class Witness {
    /** Reports that are made in the middle of an access, which the log has next. */
    private static final Pattern OF_ACCESS = Pattern.compile("^BUG: K(AS|CS)AN: ");

    private final Kernel kernel;
    private final Kernel before;
    private final Pattern symptom;
    private Capture capture;
    private Console console;
    private boolean ofAccess;

    private Witness(Kernel kernel, Kernel before, Pattern symptom) {
        this.kernel = kernel;
        this.before = before;
        this.symptom = symptom;
    }

    /**
     * Watches a kernel from here on.
     *
     * @param before the kernel that this is a copy of
     * @param symptom what a report must look like; null for any
     */
    public static Witness of(Kernel kernel, Kernel before, Pattern symptom) {
        Witness witness = blind(kernel, before, symptom);
        kernel.console().onReport(witness::reported);
        return witness;
    }

    /**
     * The same for a kernel whose reports are told to somebody who hands them on to {@link #reported}:
     * the model checker looks into every object that it can reach from the machine, and a pattern is
     * none that it can look into.
     */
    public static Witness blind(Kernel kernel, Kernel before, Pattern symptom) {
        return new Witness(kernel, before, symptom);
    }

    /** The kernel has reported something. */
    public void reported(String text) {
        if (capture == null && (symptom == null || symptom.matcher(text).find())) {
            take();
            ofAccess = OF_ACCESS.matcher(text).find();
        }
    }

    /** True when the kernel has reported what is looked for. */
    public boolean saw() {
        return capture != null;
    }

    private void take() {
        capture = kernel.checked().capture();
        console = kernel.console().fork();
    }

    /**
     * What was seen: at the first report, or now when there was none. The tasks are over.
     *
     * @param violation what is wrong
     * @param tasks what each thread did, by its number
     */
    public Moment moment(String violation, List<String> tasks) {
        boolean report = capture != null;
        if (!report) {
            take();
        }
        AccessLog whole = kernel.checked().log();
        int end = capture.entries();
        if (ofAccess && end < whole.size() && whole.thread(end) == capture.by()) {
            end++;
        }
        AccessLog kept = Moment.last(whole, end);
        long left = whole.dropped() + end - kept.size();
        return new Moment(kernel, before, capture, console, kept, left, violation, report, tasks);
    }
}
