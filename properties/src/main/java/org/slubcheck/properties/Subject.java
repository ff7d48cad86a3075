package org.slubcheck.properties;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.kernel.Moment;
import org.slubcheck.kernel.Witness;
import org.slubcheck.machine.Step;
import org.slubcheck.machine.Steps;

/**
 * The code that a property is about to look at, handed over from {@link PropertyRunner}; and what
 * the property has to say.
 *
 * <p>One run at a time. A property that is started by hand looks at the fixed code.
 */
final class Subject {
    /**
     * Runs spent on making a failing case smaller. jqwik bounds this by the clock, which would make
     * the result depend on the machine; 800 runs take 1 to 4 s.
     */
    static final int SHRINK_RUNS = 800;

    /** Machines kept; the largest is 4 MiB with its shadow. */
    private static final int MACHINES = 24;

    /** Machines of one run of which one may be the one in question. */
    private static final int MACHINES_WATCHED = 8;

    /** The smallest case is among the last that failed. */
    private static final int VIOLATIONS_KEPT = 32;

    private static final Subject MAINLINE =
            new Subject(Steps.mainline(), List.of(), null, -1, null, Wanted.ANY, false);
    private static volatile Subject current = MAINLINE;

    private final Steps steps;
    private final Pattern symptom;
    private final Integer tries;
    private final String seed;
    private final Wanted wanted;

    /** How often each watched step was reached. */
    private final Map<Step<?>, AtomicLong> reached = new LinkedHashMap<>();

    /** Whether somebody wants the machine of a violation. */
    private final boolean watches;

    /** Who watches the machines that the run under way made last. */
    private final Deque<Witness> watching = new ArrayDeque<>();

    /** The last violations, and who watched. */
    private final Deque<Seen> seen = new ArrayDeque<>();

    private record Seen(Violation violation, Witness witness) {}

    private final Map<Bootable, Rig> booted =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Bootable, Rig> eldest) {
                    return size() > MACHINES;
                }
            };

    private PropertyExecutionResult result;
    private long cases;
    private boolean failed;
    private boolean matched;
    private int shrinkRuns;

    private Subject(
            Steps steps,
            List<? extends Step<?>> watched,
            Pattern symptom,
            int tries,
            String seed,
            Wanted wanted,
            boolean watches) {
        this.wanted = wanted;
        this.watches = watches;
        Steps counting = steps;
        for (Step<?> step : watched) {
            AtomicLong count = new AtomicLong();
            if (reached.putIfAbsent(step, count) == null) {
                counting = counting.watching(step, count::incrementAndGet);
            }
        }
        this.steps = counting;
        this.symptom = symptom;
        this.tries = tries < 0 ? null : tries;
        this.seed = seed;
    }

    /**
     * Makes this the subject until {@link #release}.
     *
     * @param watched the steps whose turns are counted
     * @param watches whether {@link #moment} is to be asked for
     */
    static Subject enter(
            Steps steps,
            List<? extends Step<?>> watched,
            Pattern symptom,
            int tries,
            long seed,
            Wanted wanted,
            boolean watches) {
        Subject subject =
                new Subject(steps, watched, symptom, tries, Long.toString(seed), wanted, watches);
        current = subject;
        return subject;
    }

    static void release() {
        current = MAINLINE;
    }

    /** What a property has to look at. */
    static Subject current() {
        return current;
    }

    /** What is wanted of the machines that are drawn. */
    Wanted wanted() {
        return wanted;
    }

    /** A drawn shape with the number of nodes that was asked for, if any was. */
    Shape on(Shape drawn) {
        return wanted.nodes() == 0 ? drawn : drawn.withNodes(wanted.nodes());
    }

    /** The code to boot. */
    Steps steps() {
        return steps;
    }

    /** A topology has been drawn with the groups that are wanted; other shapes know of none. */
    private KernelConfig config(Bootable shape) {
        KernelConfig config = shape.config();
        return wanted.cacheGroups() == 0
                ? config
                : config.with(config.geometry().withCacheGroups(wanted.cacheGroups()));
    }

    /**
     * A running machine of a shape, a copy of one that is kept; its boot is judged as part of the
     * run. Neither the boot nor the copy counts as reaching a watched step.
     */
    Rig machine(Bootable shape) {
        Rig rig = booted.get(shape);
        if (rig == null) {
            rig = boot(shape.toString(), config(shape));
            judge(rig.wrong(), rig.story());
            booted.put(shape, rig);
        }
        return uncounted(rig::fork);
    }

    /**
     * A machine that is up, or has died on the way, for a property that is about what happens later:
     * the watched steps' turns during boot do not count.
     */
    Rig boot(String name, KernelConfig config) {
        return uncounted(() -> Rig.up(name, config, steps));
    }

    private Rig uncounted(Supplier<Rig> making) {
        long[] before = reached.values().stream().mapToLong(AtomicLong::get).toArray();
        Rig rig = making.get();
        int i = 0;
        for (AtomicLong count : reached.values()) {
            count.set(before[i++]);
        }
        return rig;
    }

    /** A machine is made, or copied: it is kept in mind when somebody wants the one of a violation. */
    void watch(Kernel kernel, Kernel before) {
        if (watches) {
            kernel.checked().startLog(false);
            watching.addLast(Witness.of(kernel, before, symptom));
            if (watching.size() > MACHINES_WATCHED) {
                watching.removeFirst();
            }
        }
    }

    /** Of the machines of this run the last that reported the symptom, or the last of all. */
    private void remember(Violation violation) {
        Witness best = null;
        for (Witness witness : watching) {
            best = best == null || witness.saw() || !best.saw() ? witness : best;
        }
        if (best != null) {
            seen.addLast(new Seen(violation, best));
            if (seen.size() > VIOLATIONS_KEPT) {
                seen.removeFirst();
            }
        }
        watching.clear();
    }

    /** The machine of a violation, if it is one of the last; else null. */
    Moment moment(Violation violation, String sentence) {
        return seen.stream()
                .filter(each -> each.violation == violation)
                .findFirst()
                .map(each -> each.witness.moment(sentence, List.of("the calls of the property")))
                .orElse(null);
    }

    /** How often a watched step was reached. */
    long reached(Step<?> watched) {
        return reached.get(watched).get();
    }

    /** Tries to be made, or null for what the property says. */
    Integer tries() {
        return tries;
    }

    /** The seed, or null for any. */
    String seed() {
        return seed;
    }

    /**
     * To be called at the start of each run: true when the run has to end at once, without a
     * finding, because enough was spent on shrinking, or because what failed is not what is looked
     * for: made smaller it might become that, and be taken for a find.
     */
    boolean tired() {
        boolean foreign = symptom != null && !matched;
        return failed && this != MAINLINE && (foreign || ++shrinkRuns > SHRINK_RUNS);
    }

    /**
     * Fails the run if anything is wrong. While a case is made smaller only what shows the same
     * symptom counts, so that the smallest case is one of the defect that was found.
     *
     * @throws Violation if there is something wrong
     */
    void judge(List<String> wrong, List<String> story) {
        if (wrong.isEmpty()) {
            return;
        }
        Violation violation = new Violation(wrong, story);
        remember(violation);
        boolean matches = symptom != null && symptom.matcher(violation.getMessage()).find();
        if (failed && this != MAINLINE && matched && !matches) {
            return;
        }
        if (!failed) {
            failed = true;
            matched = matches;
        }
        throw violation;
    }

    /** Says that the property went through a whole space, of so many cases. */
    void exhausted(long count) {
        cases += count;
    }

    /** Counts a case that failed, of a space that is gone through in order. */
    void failedAfter(long count) {
        cases = count;
    }

    /** Cases gone through; 0 for a property that samples. */
    long cases() {
        return cases;
    }

    void ended(PropertyExecutionResult how) {
        result = how;
    }

    /** How the property ended; null when it did not run. */
    PropertyExecutionResult result() {
        return result;
    }
}
