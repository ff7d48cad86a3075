package org.slubcheck.gate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slubcheck.verdict.Technique;

/**
 * One of several gates that together are one, each on a machine of its own.
 *
 * <p>All shards of a commit are cut alike, whoever cuts them: what belongs together (the defect and
 * its fixed twin under one technique) is dealt out from the dearest to the cheapest, each to the
 * shard that costs least so far. Canaries are no part of the deal: a shard has those of every
 * technique that it uses, since a clean verdict leans on the tool of the machine that gave it.
 *
 * @param index which, from 1
 * @param of how many there are
 */
record Shard(int index, int of) {
    /** A gate that is not cut. */
    static final Shard WHOLE = new Shard(1, 1);

    /** More machines than there could be use for. */
    private static final int MOST = 64;

    private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,3})/([1-9]\\d{0,3})");

    /**
     * Reads {@code I/N}.
     *
     * @throws CliException when it is not of that form, or I is above N, or N above 64
     */
    static Shard parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (parts.matches()) {
            Shard shard =
                    new Shard(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)));
            if (shard.index <= shard.of && shard.of <= MOST) {
                return shard;
            }
        }
        throw CliException.usage(
                "--shard must be I/N with I in 1..N and N in 1.." + MOST + ", not " + text);
    }

    /** What this shard runs of a plan, in the plan's order. */
    Plan of(Plan plan, Costs costs) {
        Map<String, List<Plan.Job>> bundles = new LinkedHashMap<>();
        for (Plan.Job job : plan.jobs()) {
            if (!job.key().canary()) {
                bundles.computeIfAbsent(bundle(job.key()), any -> new ArrayList<>()).add(job);
            }
        }
        Set<Plan.Job> mine = new HashSet<>();
        double[] load = new double[of];
        bundles.entrySet().stream()
                .sorted(
                        Comparator.comparingDouble(
                                        (Map.Entry<String, List<Plan.Job>> b) ->
                                                -cost(b.getValue(), costs))
                                .thenComparing(Map.Entry::getKey))
                .forEachOrdered(
                        bundle -> {
                            int least = least(load);
                            load[least] += cost(bundle.getValue(), costs);
                            if (least == index - 1) {
                                mine.addAll(bundle.getValue());
                            }
                        });
        Set<Technique> used = EnumSet.noneOf(Technique.class);
        mine.forEach(job -> used.add(job.key().technique()));
        return new Plan(
                plan.jobs().stream()
                        .filter(
                                job ->
                                        job.key().canary()
                                                ? used.contains(job.key().technique())
                                                : mine.contains(job))
                        .toList());
    }

    /** Jobs of the same defect and technique stay together; so do the cases of a suite's kind. */
    private static String bundle(Key key) {
        String id = key.id();
        return key.technique() == Technique.STRESS
                ? id + " " + key.technique()
                : id + " " + key.technique() + " " + key.scenario();
    }

    private static double cost(List<Plan.Job> bundle, Costs costs) {
        return bundle.stream().mapToDouble(job -> costs.seconds(job.key())).sum();
    }

    private static int least(double[] load) {
        int least = 0;
        for (int i = 1; i < load.length; i++) {
            if (load[i] < load[least]) {
                least = i;
            }
        }
        return least;
    }

    @Override
    public String toString() {
        return index + "/" + of;
    }
}
