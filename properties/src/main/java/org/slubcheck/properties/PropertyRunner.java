package org.slubcheck.properties;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.slubcheck.defects.Defects;
import org.slubcheck.defects.Suspect;
import org.slubcheck.kernel.Moment;
import org.slubcheck.machine.Step;
import org.slubcheck.machine.Steps;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * Runs one property against one kernel, through the JUnit Platform in this JVM.
 *
 * <p>The same seed and number of tries give the same verdict: jqwik draws everything from the seed,
 * and shrinking is bounded by runs and not by the clock. Nothing is printed and nothing is left in
 * the working directory. One run at a time; others wait.
 */
public final class PropertyRunner {
    /** Says at each start that no database is kept; held here, as loggers are held weakly. */
    private static final Logger QUIET = Logger.getLogger("net.jqwik");

    private static final String PACKAGE = PropertyRunner.class.getPackageName();

    private PropertyRunner() {}

    /**
     * Runs a property.
     *
     * @param id a defect's id; anything else stands for the fixed code as such
     * @param fixed whether the defect is left out
     * @param technique what the verdict is filed under
     * @param subject {@code Suite.property}
     * @param tries how many cases are drawn; a property that goes through a whole space ignores it
     * @param seed what they are drawn from
     */
    public static Verdict run(
            String id, boolean fixed, Technique technique, String subject, int tries, long seed) {
        return run(id, fixed, technique, subject, tries, seed, Wanted.ANY);
    }

    /**
     * The same on certain machines.
     *
     * @param wanted what is wanted of them
     */
    public static Verdict run(
            String id,
            boolean fixed,
            Technique technique,
            String subject,
            int tries,
            long seed,
            Wanted wanted) {
        return run(id, fixed, technique, subject, tries, seed, wanted, null);
    }

    /**
     * The same, and the machine of the smallest case in which something was wrong is kept.
     *
     * @param keeper gets it as it was at that moment; null for nobody
     */
    public static Verdict run(
            String id,
            boolean fixed,
            Technique technique,
            String subject,
            int tries,
            long seed,
            Wanted wanted,
            Consumer<Moment> keeper) {
        Optional<Suspect> suspect =
                fixed
                        ? Optional.of(fixedTwin(id))
                        : Defects.byId(id).map(defect -> Suspect.of(defect, false));
        if (suspect.isEmpty()) {
            return Verdict.of(id, false, technique, subject, Outcome.NOT_RUN, "no such defect")
                    .stepReached(0)
                    .seed(Long.toString(seed));
        }
        return run(suspect.get(), technique, subject, tries, seed, wanted, keeper);
    }

    /** A defect's fixed twin; for any other id the fixed code as such. */
    private static Suspect fixedTwin(String id) {
        return Defects.byId(id).map(d -> Suspect.of(d, true)).orElseGet(() -> Suspect.mainline(id));
    }

    /** The same with any code. */
    static Verdict run(Suspect suspect, Technique technique, String subject, int tries, long seed) {
        return run(suspect, technique, subject, tries, seed, Wanted.ANY, null);
    }

    /** All of it: any code on certain machines, and the machine of the smallest case is kept. */
    static synchronized Verdict run(
            Suspect suspect,
            Technique technique,
            String subject,
            int tries,
            long seed,
            Wanted wanted,
            Consumer<Moment> keeper) {
        boolean watches = keeper != null;
        Subject run =
                execute(
                        subject,
                        Subject.enter(
                                suspect.steps(),
                                Stream.ofNullable(suspect.step()).toList(),
                                suspect.symptom(),
                                tries,
                                seed,
                                wanted,
                                watches));
        Conclusion c = conclude(run, suspect, tries);
        if (watches && c.violation != null) {
            Moment moment = run.moment(c.violation, c.detail);
            if (moment != null) {
                keeper.accept(moment);
            }
        }
        return verdict(suspect, technique, subject, seed, run, c);
    }

    private static Verdict verdict(
            Suspect suspect,
            Technique technique,
            String subject,
            long seed,
            Subject run,
            Conclusion c) {
        Step<?> watched = suspect.step();
        return Verdict.of(suspect.id(), suspect.fixed(), technique, subject, c.outcome, c.detail)
                .runs(c.runs)
                .stepReached(watched == null ? -1 : run.reached(watched))
                .seed(run.cases() > 0 ? "" : Long.toString(seed))
                .told(c.timeline);
    }

    /**
     * One of those that a run of the fixed code speaks for.
     *
     * @param id a defect's id, whose step must be reached; anything else stands for the fixed code as
     *     such
     * @param technique what its verdict is filed under
     */
    public record Twin(String id, Technique technique) {}

    /**
     * Runs a property on the fixed code once for several defects. Their fixed twins are the same
     * program, and from the same seed the same run: only which step it must have reached differs.
     *
     * @return a verdict for each, in their order, as {@link #run} would give it
     */
    public static synchronized List<Verdict> runFixed(
            List<Twin> twins, String subject, int tries, long seed) {
        List<Suspect> suspects = twins.stream().map(twin -> fixedTwin(twin.id)).toList();
        List<? extends Step<?>> watched =
                suspects.stream().map(Suspect::step).filter(Objects::nonNull).toList();
        Subject entered =
                Subject.enter(Steps.mainline(), watched, null, tries, seed, Wanted.ANY, false);
        Subject run = execute(subject, entered);
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < twins.size(); i++) {
            Conclusion c = conclude(run, suspects.get(i), tries);
            verdicts.add(verdict(suspects.get(i), twins.get(i).technique, subject, seed, run, c));
        }
        return List.copyOf(verdicts);
    }

    private record Conclusion(
            Outcome outcome, long runs, String detail, List<String> timeline, Violation violation) {
        Conclusion(Outcome outcome, long runs, String detail, List<String> timeline) {
            this(outcome, runs, detail, timeline, null);
        }
    }

    /** Runs a property in what was entered for it. */
    private static Subject execute(String subject, Subject entered) {
        try {
            launch(subject);
        } finally {
            Subject.release();
        }
        return entered;
    }

    private static void launch(String subject) {
        Method property = find(subject);
        if (property == null) {
            return;
        }
        LauncherDiscoveryRequest request =
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(
                                DiscoverySelectors.selectMethod(
                                        property.getDeclaringClass(), property))
                        .filters(EngineFilter.includeEngines("jqwik"))
                        .configurationParameter("jqwik.database", "")
                        .configurationParameter("jqwik.reporting.usejunitplatform", "true")
                        .configurationParameter("jqwik.reporting.onlyfailures", "true")
                        .enableImplicitConfigurationParameters(false)
                        .build();
        QUIET.setLevel(Level.WARNING);
        Launcher launcher =
                LauncherFactory.create(
                        LauncherConfig.builder()
                                .enableTestExecutionListenerAutoRegistration(false)
                                .enableLauncherDiscoveryListenerAutoRegistration(false)
                                .enableLauncherSessionListenerAutoRegistration(false)
                                .enablePostDiscoveryFilterAutoRegistration(false)
                                .build());
        launcher.execute(request);
    }

    /** The property of {@code Suite.property}; null when there is none. */
    private static Method find(String subject) {
        int dot = subject.indexOf('.');
        try {
            Class<?> suite = Class.forName(PACKAGE + "." + subject.substring(0, Math.max(0, dot)));
            for (Method method : suite.getDeclaredMethods()) {
                if (method.getName().equals(subject.substring(dot + 1))) {
                    return method;
                }
            }
        } catch (ClassNotFoundException e) {
            return null;
        }
        return null;
    }

    private static Conclusion conclude(Subject run, Suspect suspect, int tries) {
        Step<?> watched = suspect.step();
        PropertyExecutionResult result = run.result();
        if (result == null) {
            return new Conclusion(Outcome.NOT_RUN, 0, "there is no such property", List.of());
        }
        Throwable thrown = result.throwable().orElse(null);
        long runs = run.cases() > 0 ? run.cases() : result.countTries();
        if (thrown != null && !(thrown instanceof Violation)) {
            return new Conclusion(Outcome.FAULT, runs, oneLine(thrown.toString()), List.of());
        }
        if (watched != null && run.reached(watched) == 0) {
            String detail = "the step " + watched.name() + " was never reached";
            return new Conclusion(Outcome.FAULT, runs, detail, List.of());
        }
        if (thrown instanceof Violation violation) {
            return found(violation, suspect.symptom(), runs);
        }
        if (result.status() != PropertyExecutionResult.Status.SUCCESSFUL) {
            return new Conclusion(Outcome.FAULT, runs, "status " + result.status(), List.of());
        }
        if (run.cases() > 0) {
            return new Conclusion(Outcome.CLEAN_EXHAUSTED, runs, "every case", List.of());
        }
        // A discarded try counts as a try but checks nothing.
        if (result.countChecks() < tries) {
            String detail = result.countChecks() + " of " + tries + " tries were made";
            return new Conclusion(Outcome.NOT_RUN, result.countChecks(), detail, List.of());
        }
        return new Conclusion(Outcome.CLEAN_SAMPLED, runs, "no violation", List.of());
    }

    private static Conclusion found(Violation violation, Pattern symptom, long runs) {
        boolean matches =
                symptom == null || symptom.matcher(String.join("\n", violation.wrong())).find();
        String detail = violation.wrong().get(0);
        for (String sentence : violation.wrong()) {
            if (symptom != null && symptom.matcher(sentence).find()) {
                detail = sentence;
                break;
            }
        }
        List<String> lines = new ArrayList<>(violation.story());
        for (String sentence : Alike.folded(violation.wrong())) {
            lines.add("=> " + oneLine(sentence));
        }
        return new Conclusion(
                matches ? Outcome.FOUND : Outcome.FAULT,
                runs,
                (matches ? "" : "not this defect's symptom: ") + oneLine(detail),
                lines,
                violation);
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\n\\s*", "; ");
    }
}
