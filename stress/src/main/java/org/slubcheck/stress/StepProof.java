package org.slubcheck.stress;

import java.util.concurrent.atomic.AtomicLong;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.defects.Defect;
import org.slubcheck.machine.Steps;
import org.slubcheck.scenarios.Scenario;
import org.slubcheck.scenarios.Template;
import org.slubcheck.scenarios.Trial;

/**
 * Whether a stress test gets to the step that its defect replaces. Samples cannot be asked: a
 * counter that two actors share would order them. So the same scenario runs on the same bare memory
 * before the samples, in one thread, the tasks in either order.
 */
final class StepProof {
    private static final int TRIALS = 8;

    private StepProof() {}

    /** How often the step was executed; -1 for a canary, which has none. */
    static long reached(StressTest test) {
        if (test.canary()) {
            return -1;
        }
        Catalogue.Entry entry = Catalogue.byId(test.id()).orElseThrow();
        return reached(entry.defect(), test.fixed(), KernelSample.Subject.scenario(entry));
    }

    static long reached(Defect<?> defect, boolean fixed, Scenario scenario) {
        AtomicLong count = new AtomicLong();
        Steps steps = fixed ? Steps.mainline() : defect.install(Steps.mainline());
        Template template =
                Template.bare(scenario, steps.watching(defect.step(), count::incrementAndGet));
        count.set(0);
        int tasks = scenario.tasks().size();
        for (int n = 0; n < TRIALS; n++) {
            for (int first = 0; first < tasks; first++) {
                long before = count.get();
                Trial trial = template.start();
                count.set(before);
                for (int next = 0; next < tasks; next++) {
                    trial.run((first + next) % tasks);
                }
            }
        }
        return count.get();
    }
}
