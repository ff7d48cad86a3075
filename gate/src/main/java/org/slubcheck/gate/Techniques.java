package org.slubcheck.gate;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.defects.Defect;
import org.slubcheck.defects.Suspect;
import org.slubcheck.kernel.Moment;
import org.slubcheck.model.Budget;
import org.slubcheck.model.ModelCanaries;
import org.slubcheck.model.ModelCheck;
import org.slubcheck.properties.PropertyCanaries;
import org.slubcheck.properties.PropertyRunner;
import org.slubcheck.properties.Wanted;
import org.slubcheck.scenarios.LockdepCanaries;
import org.slubcheck.scenarios.LockdepCheck;
import org.slubcheck.scenarios.Scenario;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.stress.Jvm;
import org.slubcheck.stress.StressRunner;
import org.slubcheck.stress.StressTest;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** Runs techniques on catalogue entries, in this JVM or, for stress, below it. */
final class Techniques {
    /** What canaries have shown in this JVM: it counts for every clean verdict of this JVM. */
    private static final Map<Technique, List<Verdict>> SHOWN = new ConcurrentHashMap<>();

    private final Profile profile;
    private final long seed;
    private final Path log;
    private final Consumer<String> progress;

    /**
     * @param log where the output of programs goes that are started
     * @param progress is told in a line what takes a while
     */
    Techniques(Profile profile, Path log, Consumer<String> progress) {
        this(profile, Profile.SEED, log, progress);
    }

    /**
     * The same.
     *
     * @param seed what properties draw from
     */
    Techniques(Profile profile, long seed, Path log, Consumer<String> progress) {
        this.profile = profile;
        this.seed = seed;
        this.log = log;
        this.progress = progress;
    }

    /** One run: with the defect, or of its fixed twin. */
    Verdict run(Catalogue.Entry entry, Technique technique, boolean fixed)
            throws InterruptedException {
        return run(entry, technique, fixed, Wanted.ANY);
    }

    /** The same; properties draw machines as they are wanted. */
    Verdict run(Catalogue.Entry entry, Technique technique, boolean fixed, Wanted wanted)
            throws InterruptedException {
        return run(entry, technique, fixed, wanted, null);
    }

    /** The same, and a machine on which something was wrong goes to a keeper; null for nobody. */
    Verdict run(
            Catalogue.Entry entry,
            Technique technique,
            boolean fixed,
            Wanted wanted,
            Consumer<Moment> keeper)
            throws InterruptedException {
        Defect<?> defect = entry.defect();
        String subject = entry.subjects().get(technique);
        return switch (technique) {
            case MODEL ->
                    model(
                            defect,
                            subject,
                            fixed,
                            fixed ? profile.modelClean(subject) : Budget.FIND,
                            keeper);
            case STRESS -> stress(defect, fixed);
            case LOCKDEP -> lockdep(defect, subject, fixed, keeper);
            case PROPERTY, BOOT, FAULT ->
                    PropertyRunner.run(
                            defect.id(),
                            fixed,
                            technique,
                            subject,
                            profile.tries(),
                            seed,
                            wanted,
                            keeper);
        };
    }

    /**
     * The canaries of a technique, in the same kind of JVM as {@link #run}; those that run in this
     * JVM itself run in it once.
     */
    List<Verdict> canaries(Technique technique) throws InterruptedException {
        return technique == Technique.STRESS
                ? runner().run(StressTest.canaries(), profile.stress().forCanaries())
                : SHOWN.computeIfAbsent(technique, Techniques::canariesHere);
    }

    private static List<Verdict> canariesHere(Technique technique) {
        return switch (technique) {
            case MODEL -> ModelCanaries.run();
            case STRESS -> throw new IllegalArgumentException("stress has JVMs of its own");
            case LOCKDEP -> LockdepCanaries.ALL.stream().map(LockdepCanaries.Twin::run).toList();
            case PROPERTY, BOOT, FAULT ->
                    PropertyCanaries.ALL.stream()
                            .filter(twin -> twin.technique() == technique)
                            .map(twin -> twin.run(Profile.SEED))
                            .toList();
        };
    }

    private StressRunner runner() {
        return new StressRunner(Jvm.current(), log, progress);
    }

    /** A scenario under the model checker. */
    static Verdict model(Defect<?> defect, String subject, boolean fixed, Budget budget) {
        return model(defect, subject, fixed, budget, null);
    }

    private static Verdict model(
            Defect<?> defect,
            String subject,
            boolean fixed,
            Budget budget,
            Consumer<Moment> keeper) {
        return ModelCheck.run(Suspect.of(defect, fixed), scenario(subject), budget, keeper);
    }

    /** A scenario's tasks one after the other, under lockdep. */
    private static Verdict lockdep(
            Defect<?> defect, String subject, boolean fixed, Consumer<Moment> keeper) {
        Suspect twin = Suspect.of(defect, fixed);
        return LockdepCheck.run(
                fixed ? twin : twin.shownBy(defect.lockdepReport()), scenario(subject), keeper);
    }

    private static Scenario scenario(String id) {
        return Scenarios.byId(id).orElseThrow(() -> new IllegalStateException("no scenario " + id));
    }

    /** A defect with switches at plain accesses too: the reduction must hide nothing. */
    static Verdict everyAccess(Defect<?> defect, Key key) {
        return model(defect, key.scenario(), false, Budget.FIND.atEveryAccess())
                .about(key.subject())
                .told(List.of())
                .with(List.of());
    }

    /** The stress test of a defect, or of its fixed twin. */
    private Verdict stress(Defect<?> defect, boolean fixed) throws InterruptedException {
        StressTest test = StressTest.ofDefect(defect.id(), fixed);
        return runner().run(List.of(test), profile.stress()).get(0);
    }
}
