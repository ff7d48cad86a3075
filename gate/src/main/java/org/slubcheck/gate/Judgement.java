package org.slubcheck.gate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * What the verdicts of one JDK are worth: a pure function of what had to be said, what was said, and
 * what went wrong meanwhile.
 *
 * <p>A verdict that is missing is NOT-RUN. A clean verdict counts only if every canary of its
 * technique that is in the plan ran and came out as it must. A verdict that nobody asked for, or
 * that came twice, is a fault, and so is each mishap.
 */
final class Judgement {
    /** The id of an entry that stands for a program and not for a verdict of it. */
    static final String WORKER = "worker";

    private final int jdk;
    private final Plan plan;
    private final List<Verdict> verdicts;
    private final List<Mishap> mishaps;

    private Judgement(int jdk, Plan plan, List<Verdict> verdicts, List<Mishap> mishaps) {
        this.jdk = jdk;
        this.plan = plan;
        this.verdicts = verdicts;
        this.mishaps = mishaps;
    }

    /** The entries of the report: of all that was said, then of all that is missing. */
    static List<Entry> judge(int jdk, Plan plan, List<Verdict> verdicts, List<Mishap> mishaps) {
        return new Judgement(jdk, plan, verdicts, mishaps).entries();
    }

    /**
     * The exit code for entries: 1 when a verdict failed, 3 when all that is wrong is wrong with the
     * tools, 0 when nothing is.
     */
    static int exit(List<Entry> entries) {
        if (entries.isEmpty()) {
            return Exit.FAULT;
        }
        if (entries.stream().allMatch(Entry::expected)) {
            return Exit.OK;
        }
        boolean failed = entries.stream().anyMatch(e -> !e.expected() && !e.toolFault());
        return failed ? Exit.FAILED : Exit.FAULT;
    }

    private List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        Set<Key> said = new HashSet<>();
        for (Verdict verdict : verdicts) {
            Key key = Key.of(verdict);
            if (plan.partOf(key) == null) {
                entries.add(fault(key, "nobody asked for this"));
            } else if (!said.add(key)) {
                entries.add(fault(key, "said twice"));
            } else {
                Entry entry = Entry.of(jdk, verdict);
                boolean distrusted =
                        !key.canary()
                                && verdict.outcome().clean()
                                && !canariesHold(key.technique());
                entries.add(distrusted ? entry.distrusted() : entry);
            }
        }
        for (Plan.Job job : plan.jobs()) {
            if (!said.contains(job.key())) {
                entries.add(
                        Entry.missing(jdk, job.key().verdict(Outcome.NOT_RUN, why(job.part()))));
            }
        }
        for (Mishap mishap : mishaps) {
            Key worker = new Key(WORKER, techniqueOf(mishap.part()), mishap.part().label(), true);
            entries.add(fault(worker, mishap.what()));
        }
        return entries;
    }

    private Entry fault(Key key, String what) {
        return Entry.of(jdk, key.verdict(Outcome.FAULT, what));
    }

    private String why(Part part) {
        return mishaps.stream()
                .filter(mishap -> mishap.part() == part)
                .map(Mishap::what)
                .findFirst()
                .orElse("its program ended without a word on it");
    }

    /** All canaries of the technique that there must be were run and came out as they must. */
    private boolean canariesHold(Technique technique) {
        List<Key> needed =
                plan.jobs().stream()
                        .map(Plan.Job::key)
                        .filter(key -> key.canary() && key.technique() == technique)
                        .toList();
        return !needed.isEmpty()
                && needed.stream()
                        .allMatch(
                                key ->
                                        verdicts.stream()
                                                .filter(v -> Key.of(v).equals(key))
                                                .anyMatch(v -> Entry.of(jdk, v).expected()));
    }

    private static Technique techniqueOf(Part part) {
        return switch (part) {
            case MODEL, MODEL_TOO, LINEARIZABILITY, PAIRS -> Technique.MODEL;
            case PROPERTY, SUITE -> Technique.PROPERTY;
            case STRESS -> Technique.STRESS;
        };
    }
}
