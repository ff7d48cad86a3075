package org.slubcheck.crash;

import java.util.List;
import java.util.Map;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.Moment;
import org.slubcheck.machine.AccessLog;
import org.slubcheck.machine.Capture;
import org.slubcheck.machine.ShadowImage;
import org.slubcheck.timeline.Symbolizer;

/**
 * A machine that came to grief, as a dump has it: nothing runs any more.
 *
 * @param kernel views of its memory; never to be run on, a copy of it may
 * @param about what was run and what was wrong: keys of {@link About}
 * @param shadow which bytes could be used
 * @param runners how each thread stood
 * @param log the last accesses
 * @param left how many accesses before these the log does not have
 * @param tasks what each thread did, by its number; may be shorter than the threads
 * @param old what its memory does not show any more: caches that are gone, areas out of use
 */
public record Dump(
        Kernel kernel,
        Map<String, String> about,
        ShadowImage shadow,
        List<Capture.Runner> runners,
        AccessLog log,
        long left,
        List<String> tasks,
        List<Symbolizer.Old> old) {

    /** Keeps copies. */
    public Dump {
        about = Map.copyOf(about);
        runners = List.copyOf(runners);
        tasks = List.copyOf(tasks);
        old = List.copyOf(old);
    }

    /** Something that {@link #about} tells. */
    public enum About {
        /** What was run, as a command line says it. */
        RUN("run"),
        /** Whose code was in place: a defect and its title, or the mainline. */
        CODE("code"),
        /** What was wrong: the report, or the sentence. May have several lines. */
        VIOLATION("violation"),
        /** When it was seen: as the kernel reported it, or at the end. */
        SEEN("seen"),
        /** How many accesses there had been. */
        TIME("time");

        private final String key;

        About(String key) {
            this.key = key;
        }

        /** In the file. */
        public String key() {
            return key;
        }
    }

    /** What is said about it; empty when that was not told. */
    public String tells(About what) {
        return about.getOrDefault(what.key, "");
    }

    /**
     * The dump of a moment.
     *
     * @param run what was run, as a command line says it
     * @param code whose code was in place
     */
    public static Dump of(Moment moment, String run, String code) {
        Kernel then = moment.kernel();
        Kernel kernel =
                Kernel.attach(
                        then.config(),
                        then.percpuSizes(),
                        then.stage(),
                        size -> moment.capture().memory(),
                        moment.console());
        return new Dump(
                kernel,
                Map.of(
                        About.RUN.key,
                        run,
                        About.CODE.key,
                        code,
                        About.VIOLATION.key,
                        moment.violation(),
                        About.SEEN.key,
                        moment.report() ? "when it was reported" : "at the end",
                        About.TIME.key,
                        Long.toString(moment.capture().accesses())),
                moment.capture().shadow(),
                moment.capture().runners(),
                moment.log(),
                moment.left(),
                moment.tasks(),
                Symbolizer.old(moment.before(), moment.log(), kernel));
    }

    /** Names for what stands in its memory. */
    public Symbolizer names() {
        return new Symbolizer(kernel).knowing(old);
    }
}
