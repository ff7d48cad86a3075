package org.slubcheck.gate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Joins what the shards of one gate said.
 *
 * <p>For each JDK every shard must be there once. A run that two shards report is an error, too:
 * they were not cut from one plan. Canaries are: each shard has its own, and of several that say
 * the same one stays, unless one of them is not as it must be.
 */
final class Shards {
    /** A report and where it came from. */
    record Part(String file, Report report) {}

    private Shards() {}

    /**
     * The report of the whole.
     *
     * @throws CliException (usage) naming the file, when they are not the shards of one gate
     */
    static Report join(List<Part> parts) {
        Part first = parts.get(0);
        int of = Shard.parse(first.report.shard()).of();
        Map<String, Part> seen = new TreeMap<>();
        TreeSet<Integer> jdks = new TreeSet<>();
        for (Part part : parts) {
            same(part, "commit", part.report.commit(), first.report.commit());
            same(part, "state of the changed files", part.report.changes(), first.report.changes());
            same(part, "profile", part.report.profile(), first.report.profile());
            Shard shard = Shard.parse(part.report.shard());
            same(part, "number of shards", "" + shard.of(), "" + of);
            for (int jdk : part.report.jdks()) {
                jdks.add(jdk);
                Part before = seen.put(name(shard.index(), of, jdk), part);
                if (before != null) {
                    throw CliException.usage(
                            "shard "
                                    + name(shard.index(), of, jdk)
                                    + " comes twice: "
                                    + before.file
                                    + " and "
                                    + part.file);
                }
            }
        }
        for (int jdk : jdks) {
            for (int i = 1; i <= of; i++) {
                if (!seen.containsKey(name(i, of, jdk))) {
                    throw CliException.usage("shard " + name(i, of, jdk) + " is missing");
                }
            }
        }
        return Report.joined(
                first.report,
                List.copyOf(jdks),
                entries(parts),
                parts.stream().allMatch(p -> p.report.passed()),
                parts.stream().mapToInt(p -> p.report.sessions()).max().orElse(1));
    }

    private static String name(int index, int of, int jdk) {
        return new Shard(index, of) + " of JDK " + jdk;
    }

    private static void same(Part part, String what, String here, String there) {
        if (!here.equals(there)) {
            throw CliException.usage(
                    String.format(
                            "%s: another %s: %s, not %s",
                            part.file, what, Origin.text(here), Origin.text(there)));
        }
    }

    private static List<Entry> entries(List<Part> parts) {
        Map<String, Entry> all = new LinkedHashMap<>();
        List<Entry> programs = new ArrayList<>();
        for (Part part : parts) {
            for (Entry entry : part.report.verdicts()) {
                if (entry.verdict().id().equals(Judgement.WORKER)) {
                    programs.add(entry);
                    continue;
                }
                String key = entry.jdk() + " " + Key.of(entry.verdict());
                Entry before = all.get(key);
                if (before != null && !entry.canary()) {
                    throw CliException.usage(
                            part.file + ": another shard ran " + Key.of(entry.verdict()) + ", too");
                }
                if (before == null || before.expected()) {
                    all.put(key, entry);
                }
            }
        }
        programs.addAll(0, all.values());
        return programs;
    }
}
