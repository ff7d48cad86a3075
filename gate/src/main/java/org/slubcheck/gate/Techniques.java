package org.slubcheck.gate;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.defects.Defect;
import org.slubcheck.machine.Steps;
import org.slubcheck.model.Budget;
import org.slubcheck.model.ModelCheck;
import org.slubcheck.properties.PropertyRunner;
import org.slubcheck.scenarios.Scenario;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.stress.Jvm;
import org.slubcheck.stress.StressRunner;
import org.slubcheck.stress.StressTest;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** Runs one technique on one catalogue entry, in this JVM or, for stress, below it. */
final class Techniques {
    private Techniques() {}

    /** One run: with the defect, or of its fixed twin. */
    static Verdict run(
            Catalogue.Entry entry, Technique technique, boolean fixed, Profile profile, Path log)
            throws InterruptedException {
        Defect<?> defect = entry.defect();
        String subject = entry.subjects().get(technique);
        return switch (technique) {
            case MODEL -> model(defect, subject, fixed, fixed ? profile.modelClean() : Budget.FIND);
            case STRESS -> stress(defect, fixed, Jvm.current(), profile, log, line -> {}).get(0);
            case PROPERTY, BOOT, FAULT, LOCKDEP ->
                    PropertyRunner.run(
                            defect.id(), fixed, technique, subject, profile.tries(), Profile.SEED);
        };
    }

    /** A scenario under the model checker. */
    static Verdict model(Defect<?> defect, String subject, boolean fixed, Budget budget) {
        Scenario scenario =
                Scenarios.byId(subject)
                        .orElseThrow(() -> new IllegalStateException("no scenario " + subject));
        Steps steps = fixed ? Steps.mainline() : defect.install(Steps.mainline());
        return ModelCheck.run(
                defect.id(),
                fixed,
                scenario,
                steps,
                defect.step(),
                fixed ? null : defect.symptom(),
                budget);
    }

    /** A defect with switches at plain accesses too: the reduction must hide nothing. */
    static Verdict everyAccess(Defect<?> defect, Key key) {
        Verdict plain = model(defect, key.scenario(), false, Budget.FIND.atEveryAccess());
        return new Verdict(
                plain.id(),
                false,
                plain.technique(),
                key.subject(),
                plain.outcome(),
                plain.runs(),
                plain.preemptions(),
                plain.stepReached(),
                plain.seconds(),
                plain.seed(),
                plain.detail(),
                List.of());
    }

    /** The stress test of a defect, or of its fixed twin. */
    static List<Verdict> stress(
            Defect<?> defect,
            boolean fixed,
            Jvm jvm,
            Profile profile,
            Path log,
            Consumer<String> progress)
            throws InterruptedException {
        List<StressTest> tests =
                StressTest.ofDefect(defect.id()).stream().filter(t -> t.fixed() == fixed).toList();
        if (tests.isEmpty()) {
            throw new IllegalStateException("no stress test for " + defect.id());
        }
        return new StressRunner(jvm, log, progress).run(tests, profile.stress());
    }
}
