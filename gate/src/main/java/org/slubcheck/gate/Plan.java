package org.slubcheck.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.model.Linearizability;
import org.slubcheck.model.ModelCanaries;
import org.slubcheck.properties.PropertyCanaries;
import org.slubcheck.scenarios.LockdepCanaries;
import org.slubcheck.scenarios.Scenario;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.stress.StressTest;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * The one list of what a gate must say something of, in the order in which it is run: workers run
 * it, progress counts it, and what is not said in the end is missing.
 *
 * @param jobs what is run, and where
 */
record Plan(List<Job> jobs) {
    private static final List<Technique> BY_PROPERTIES =
            List.of(Technique.BOOT, Technique.PROPERTY, Technique.FAULT, Technique.LOCKDEP);

    /** The id of the verdicts on two operations at a time. */
    static final String PAIRS = "pairs";

    /** The id of the verdicts on scenarios in which no defect is looked for by the model checker. */
    static final String SCENARIO = "scenario";

    /**
     * The pairs of a quick gate: those cheap in interleavings, none of more than about a thousand for two
     * preemptions. The rest costs fifteen minutes of processor time.
     */
    static final List<String> QUICK_PAIRS =
            List.of(
                    "pair-alloc-free",
                    "pair-alloc-remote-free",
                    "pair-alloc-cpu-down",
                    "pair-free-free",
                    "pair-free-remote-free",
                    "pair-free-resize",
                    "pair-free-shared-off-on",
                    "pair-free-alien-resize",
                    "pair-free-expire",
                    "pair-free-destroy",
                    "pair-free-cpu-down",
                    "pair-remote-free-remote-free",
                    "pair-remote-free-shared-off-on",
                    "pair-remote-free-alien-resize",
                    "pair-remote-free-expire",
                    "pair-remote-free-destroy",
                    "pair-remote-free-cpu-down",
                    "pair-resize-expire",
                    "pair-shared-off-on-expire",
                    "pair-alien-resize-expire",
                    "pair-alien-resize-cpu-down",
                    "pair-destroy-destroy",
                    "pair-cpu-down-cpu-down");

    /** Something to be run. */
    record Job(Key key, Part part) {}

    /** Copies the list. */
    Plan {
        jobs = List.copyOf(jobs);
    }

    /** Everything that a profile asks for. */
    static Plan of(Profile profile) {
        List<Job> jobs = new ArrayList<>();
        for (ModelCanaries.Twin twin : ModelCanaries.ALL) {
            jobs.add(job(Part.MODEL, twin.id(), Technique.MODEL, twin.name(), twin.fixed()));
        }
        List<Job> model = new ArrayList<>();
        catalogue(model, Part.MODEL, Technique.MODEL, profile.everyAccess());
        jobs.addAll(halved(model));
        for (PropertyCanaries.Twin twin : PropertyCanaries.ALL) {
            jobs.add(job(Part.PROPERTY, twin.id(), twin.technique(), twin.subject(), twin.fixed()));
        }
        for (LockdepCanaries.Twin twin : LockdepCanaries.ALL) {
            jobs.add(job(Part.PROPERTY, twin.id(), Technique.LOCKDEP, twin.name(), twin.fixed()));
        }
        for (Technique technique : BY_PROPERTIES) {
            catalogue(jobs, Part.PROPERTY, technique, false);
        }
        jobs.addAll(Suites.jobs(profile));
        for (Linearizability.Case each : Linearizability.ALL) {
            jobs.add(
                    job(
                            Part.LINEARIZABILITY,
                            Linearizability.ID,
                            Technique.MODEL,
                            each.subject(),
                            each.fixed()));
        }
        for (Scenario scenario : Scenarios.all()) {
            boolean quick = scenario.tasks().size() < 3;
            if (!ofDefect(scenario) && (profile != Profile.QUICK || quick)) {
                jobs.add(job(Part.PAIRS, SCENARIO, Technique.MODEL, scenario.id(), true));
            }
        }
        for (Scenario pair : Scenarios.pairs()) {
            if (profile != Profile.QUICK || QUICK_PAIRS.contains(pair.id())) {
                jobs.add(job(Part.PAIRS, PAIRS, Technique.MODEL, pair.id(), true));
            }
        }
        StressTest.canaries().forEach(test -> jobs.add(stress(test)));
        for (Catalogue.Entry entry : Catalogue.entries()) {
            if (entry.subjects().containsKey(Technique.STRESS)) {
                StressTest.ofDefect(entry.defect().id()).forEach(test -> jobs.add(stress(test)));
            }
        }
        return new Plan(jobs);
    }

    /** Each second defect to the other worker, which runs at the same time. */
    private static List<Job> halved(List<Job> model) {
        List<String> ids = model.stream().map(job -> job.key().id()).distinct().toList();
        return model.stream()
                .map(
                        job ->
                                ids.indexOf(job.key().id()) % 2 == 0
                                        ? job
                                        : new Job(job.key(), Part.MODEL_TOO))
                .toList();
    }

    private static boolean ofDefect(Scenario scenario) {
        return Catalogue.entries().stream()
                .anyMatch(e -> scenario.id().equals(e.subjects().get(Technique.MODEL)));
    }

    private static void catalogue(
            List<Job> jobs, Part part, Technique technique, boolean everyAccess) {
        for (Catalogue.Entry entry : Catalogue.entries()) {
            String id = entry.defect().id();
            String subject = entry.subjects().get(technique);
            if (subject == null) {
                continue;
            }
            jobs.add(job(part, id, technique, subject, false));
            // One run speaks for all fixed twins that one program has of a property.
            Part other = Suites.models(subject) ? Part.SUITE : part;
            jobs.add(job(other, id, technique, subject, true));
            if (everyAccess) {
                // The reduction to synchronisation must hide no defect.
                jobs.add(job(part, id, technique, subject + Key.EVERY_ACCESS, false));
            }
        }
    }

    static Job job(Part part, String id, Technique technique, String subject, boolean fixed) {
        return new Job(new Key(id, technique, subject, fixed), part);
    }

    private static Job stress(StressTest test) {
        return job(Part.STRESS, test.id(), Technique.STRESS, test.name(), test.fixed());
    }

    /**
     * What is said of the fixed code, and what is said of the tools that say it.
     *
     * @param drawn whether only what draws by chance is kept: properties and stress
     */
    Plan onFixed(boolean drawn) {
        return new Plan(
                jobs.stream()
                        .filter(job -> job.key().canary() || job.key().fixed())
                        .filter(job -> !drawn || draws(job.key()))
                        .toList());
    }

    private static boolean draws(Key key) {
        return switch (key.technique()) {
            case MODEL, LOCKDEP, FAULT -> false;
            case STRESS, BOOT, PROPERTY -> !Suites.replays(key);
        };
    }

    /** What a part runs. */
    List<Key> of(Part part) {
        return jobs.stream().filter(job -> job.part() == part).map(Job::key).toList();
    }

    /** What is left of it when these have been said. */
    Plan without(List<Verdict> said) {
        Set<Key> keys = said.stream().map(Key::of).collect(Collectors.toSet());
        return new Plan(jobs.stream().filter(job -> !keys.contains(job.key())).toList());
    }

    /** Where this is run; null when it is not in the plan. */
    Part partOf(Key key) {
        return jobs.stream()
                .filter(job -> job.key().equals(key))
                .map(Job::part)
                .findFirst()
                .orElse(null);
    }
}
