package org.slubcheck.scenarios;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slubcheck.defects.Suspect;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Step;
import org.slubcheck.machine.Steps;

/**
 * A scenario that is ready to go: kernel booted, prefix run. Each {@link #start} is a copy.
 *
 * <p>Boot and prefix run here, in one thread, before any tool looks, so that a tool spends its
 * interleavings and samples on the tasks alone.
 */
public final class Template {
    private final Scenario scenario;
    private final Kernel kernel;
    private final long[] setup;
    private final Hands hands;
    private final StepCounter reached;
    private final boolean checked;
    private final Map<String, Long> evidence = new TreeMap<>();

    private Template(
            Scenario scenario,
            Kernel kernel,
            long[] setup,
            Hands hands,
            StepCounter reached,
            boolean checked) {
        this.scenario = scenario;
        this.kernel = kernel;
        this.setup = setup;
        this.hands = hands;
        this.reached = reached;
        this.checked = checked;
    }

    /**
     * A scenario on checked memory, with a count of how often a step is reached.
     *
     * @param steps the fixed code, or with a defect
     * @param watched the step that the scenario is there for
     */
    public static Template checked(Scenario scenario, Steps steps, Step<?> watched) {
        return checked(scenario, scenario.config(), steps, watched);
    }

    /** The same on another machine than the scenario's own, which it may be too small for. */
    public static Template checked(
            Scenario scenario, KernelConfig config, Steps steps, Step<?> watched) {
        StepCounter reached = new StepCounter();
        Steps counting = steps.watching(watched, reached);
        Kernel kernel = Kernel.offChecked(config, counting).bootTo(scenario.stage());
        return prepare(scenario, kernel, reached, true);
    }

    /** A scenario with the code of a suspect, and a count of its step where it has one. */
    public static Template of(Suspect suspect, Scenario scenario) {
        return suspect.step() == null
                ? checked(scenario, suspect.steps())
                : checked(scenario, suspect.steps(), suspect.step());
    }

    /** A scenario on checked memory that is there for no step in particular. */
    public static Template checked(Scenario scenario, Steps steps) {
        Kernel kernel = Kernel.offChecked(scenario.config(), steps).bootTo(scenario.stage());
        return prepare(scenario, kernel, new StepCounter(), true);
    }

    /** A scenario on bare memory, for samples by the million. */
    public static Template bare(Scenario scenario, Steps steps) {
        Kernel kernel = Kernel.off(scenario.config(), steps).bootTo(scenario.stage());
        return prepare(scenario, kernel, new StepCounter(), false);
    }

    private static Template prepare(
            Scenario scenario, Kernel kernel, StepCounter reached, boolean checked) {
        Hands hands = new Hands(scenario.tasks().size());
        long[] setup = scenario.prefix(kernel, hands);
        if (!kernel.reports().isEmpty()) {
            throw new IllegalStateException(
                    "scenario "
                            + scenario.id()
                            + " is broken before it starts: "
                            + kernel.reports());
        }
        reached.reset();
        return new Template(scenario, kernel, setup, hands, reached, checked);
    }

    /** A run of its own. */
    public Trial start() {
        return start(Set.of());
    }

    /** A run in which the tasks leave out some of their calls. */
    public Trial start(Set<Call> without) {
        // What a kernel asks while it is made says nothing about the tasks.
        long before = reached.count();
        Kernel copy = checked ? kernel.forkChecked() : kernel.fork();
        reached.back(before);
        return new Trial(scenario, copy, setup, hands.copy(), without);
    }

    /** How often the tasks reached the watched step, in all trials so far. */
    public long stepReached() {
        return reached.count();
    }

    /** Counts what a trial that has ended shows of its tasks' work. */
    public void count(Trial trial) {
        scenario.evidence(trial).forEach(what -> evidence.merge(what, 1L, Long::sum));
    }

    /** Counts evidence and steps from 0 again. */
    public void forget() {
        evidence.clear();
        reached.reset();
    }

    /** In how many trials that were counted so far was what seen. */
    public Map<String, Long> evidence() {
        return Map.copyOf(evidence);
    }

    /** What the scenario needs to be seen in a trial at least, and was not. */
    public List<String> missing() {
        return scenario.needed().stream().filter(what -> !evidence.containsKey(what)).toList();
    }

    /** The scenario. */
    public Scenario scenario() {
        return scenario;
    }

    /** The booted kernel that trials are copies of; never run on it. */
    public Kernel kernel() {
        return kernel;
    }
}
