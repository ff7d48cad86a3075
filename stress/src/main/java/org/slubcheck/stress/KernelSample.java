package org.slubcheck.stress;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.defects.Defect;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Steps;
import org.slubcheck.scenarios.Scenario;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.scenarios.Template;
import org.slubcheck.scenarios.Trial;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slubq.KmemCacheQueue;
import org.slubcheck.verdict.Technique;

/**
 * A sample of a kernel test: a copy of a booted machine on which two actors run the two tasks of a
 * scenario, and an arbiter that says how it ended.
 *
 * <p>The whole census costs ten times what the tasks cost. A defective twin pays it for every
 * sample. A fixed one, of which millions are wanted, is always asked for the reports of the kernel,
 * the judgement of the scenario, queues that are too full, freed per-CPU areas that changed, and the
 * {@linkplain Accounts accounts} of the cache that the tasks work on, which covers what its defect
 * does; every {@link #CENSUS_EVERY}th sample, drawn by chance, gets the census, too.
 */
public abstract class KernelSample {
    /** Nothing is wrong, or nothing that proves anything: see {@link Defect#alsoSeen}. */
    static final int CONSISTENT = 0;

    /** What is wrong is the defect's own symptom. */
    static final int SYMPTOM = 1;

    /** Something else is wrong: a fault of the suite, or a second defect. */
    static final int OTHER = 2;

    /** Samples of fixed code for one census. */
    static final int CENSUS_EVERY = 64;

    /** Begins the line in which a test's JVM says what was wrong otherwise. */
    static final String OTHER_MARK = "slubcheck: other: ";

    private static final AtomicBoolean TOLD = new AtomicBoolean();

    private final Subject subject;

    /** The run that the actors share. */
    protected final Trial trial;

    /** What all samples of one test are copies of. */
    protected record Subject(Defect<?> defect, boolean fixed, Template template, long cache) {
        /** A defect on the scenario that the catalogue names for it; booted once in a JVM. */
        static Subject of(String defect, boolean fixed) {
            Catalogue.Entry entry = Catalogue.byId(defect).orElseThrow();
            Defect<?> wrong = entry.defect();
            Steps steps = fixed ? Steps.mainline() : wrong.install(Steps.mainline());
            Template template = Template.bare(scenario(entry), steps);
            return new Subject(wrong, fixed, template, Accounts.cacheOf(template.start()));
        }

        /** What the stress tests of a defect run. */
        static Scenario scenario(Catalogue.Entry entry) {
            return Scenarios.byId(entry.subjects().get(Technique.STRESS)).orElseThrow();
        }
    }

    KernelSample(Subject subject) {
        this.subject = subject;
        this.trial = subject.template.start();
    }

    /** How the sample ended, when both tasks have: one of the constants above. */
    final int judge() {
        if (!trial.faults().isEmpty()) {
            return other(trial.faults());
        }
        if (!subject.fixed) {
            return verdict(trial.violations(), subject.defect);
        }
        boolean suspicious = suspicious();
        if (!suspicious && ThreadLocalRandom.current().nextInt(CENSUS_EVERY) != 0) {
            return CONSISTENT;
        }
        List<String> violations = trial.violations();
        return suspicious && violations.isEmpty()
                ? other(List.of("the short judgement sees what the census does not"))
                : verdict(violations, subject.defect);
    }

    static int verdict(List<String> violations, Defect<?> defect) {
        if (violations.isEmpty()) {
            return CONSISTENT;
        }
        if (violations.stream().anyMatch(v -> defect.symptom().matcher(v).find())) {
            return SYMPTOM;
        }
        if (defect.alsoSeen().matcher(violations.get(0)).find()) {
            return CONSISTENT;
        }
        return other(violations);
    }

    /** Says once in a JVM what was wrong, so that the verdict can tell it. */
    private static int other(List<String> wrong) {
        if (TOLD.compareAndSet(false, true)) {
            System.err.println(OTHER_MARK + String.join("; ", wrong).replace('\n', ' '));
        }
        return OTHER;
    }

    private boolean suspicious() {
        Kernel kernel = trial.kernel();
        return trial.died()
                || !kernel.reports().isEmpty()
                || !trial.scenario().judge(trial).isEmpty()
                || kernel.percpu().check() != null
                || overrun(kernel)
                || subject.cache != 0 && !Accounts.balance(trial, subject.cache);
    }

    private static boolean overrun(Kernel kernel) {
        Memory memory = kernel.memory();
        for (long s : kernel.slab().caches()) {
            long areas = memory.peek(s + KmemCache.CPU);
            for (int cpu = 0; cpu < kernel.geometry().cpus(); cpu++) {
                long queue = kernel.slubq().queueOf(kernel.percpu().perCpuPtr(areas, cpu));
                int objects = KmemCacheQueue.peekObjects(memory, queue);
                if (objects < 0 || objects > KmemCacheQueue.peekMax(memory, queue)) {
                    return true;
                }
            }
        }
        return false;
    }
}
