package org.slubcheck.gate;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.stream.Collectors;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;

/**
 * The result of a gate, as report.json has it; docs/json.md describes the fields.
 *
 * @param schema version of this format
 * @param commit the sources that were judged, as {@link Commit#of} says
 * @param changes a digest of how their files differed from it; empty when they did not
 * @param profile the profile that was run
 * @param shard which part of the gate this is, as {@link Shard} says; 1/1 is all of it
 * @param jdks the feature numbers of the JDKs that it ran on
 * @param passed whether every verdict is what had to come out and none is missing
 * @param found defects found by every technique that looks for them
 * @param defects defects in the catalogue
 * @param verdicts everything that was run or should have been
 * @param sessions how often the gate was started until it came to its end: more than once when it
 *     was ended and gone on with; of several shards the most
 */
@JsonPropertyOrder({
    "schema",
    "commit",
    "changes",
    "profile",
    "shard",
    "jdks",
    "passed",
    "found",
    "defects",
    "sessions",
    "verdicts"
})
record Report(
        int schema,
        String commit,
        String changes,
        String profile,
        String shard,
        List<Integer> jdks,
        boolean passed,
        long found,
        long defects,
        List<Entry> verdicts,
        int sessions) {
    static final int SCHEMA = 1;

    /** Copies the lists; a report of an earlier version was of the whole gate. */
    Report {
        commit = commit == null ? "" : commit;
        changes = changes == null ? "" : changes;
        shard = shard == null ? Shard.WHOLE.toString() : shard;
        verdicts = verdicts == null ? List.of() : List.copyOf(verdicts);
        jdks =
                jdks == null
                        ? verdicts.stream().map(Entry::jdk).distinct().sorted().toList()
                        : List.copyOf(jdks);
        sessions = Math.max(1, sessions);
    }

    /** Of a gate that was started once, on files as they are in the commit. */
    Report(
            int schema,
            String commit,
            String profile,
            String shard,
            List<Integer> jdks,
            boolean passed,
            long found,
            long defects,
            List<Entry> verdicts) {
        this(schema, commit, "", profile, shard, jdks, passed, found, defects, verdicts, 1);
    }

    /** The same after so many starts. */
    Report inSessions(int starts) {
        return new Report(
                schema, commit, changes, profile, shard, jdks, passed, found, defects, verdicts,
                starts);
    }

    /** The same about the sources that were there when the gate began. */
    Report about(Origin origin) {
        return new Report(
                schema,
                origin.commit(),
                origin.changes(),
                profile,
                shard,
                jdks,
                passed,
                found,
                defects,
                verdicts,
                sessions);
    }

    /** What was said before the last start: a line for people; empty when the first was the last. */
    String resumed() {
        long earlier = verdicts.stream().filter(Entry::earlier).count();
        if (sessions == 1) {
            return "";
        }
        String techniques =
                verdicts.stream()
                        .filter(Entry::earlier)
                        .map(e -> e.verdict().technique())
                        .distinct()
                        .sorted()
                        .map(Technique::label)
                        .collect(Collectors.joining(", "));
        return String.format(
                "started %d times; %d of %d verdicts are from before the last start%s",
                sessions,
                earlier,
                verdicts.size(),
                techniques.isEmpty() ? "" : " (" + techniques + ")");
    }

    /**
     * The report on what came out of a gate; of which sources it does not say.
     *
     * @param whole whether the gate came to its end
     */
    static Report of(
            Profile profile, Shard shard, List<Integer> jdks, List<Entry> entries, boolean whole) {
        return new Report(
                SCHEMA,
                "",
                profile.label(),
                shard.toString(),
                jdks,
                whole && Judgement.exit(entries) == Exit.OK,
                found(entries),
                Catalogue.entries().size(),
                entries);
    }

    /**
     * The report of a whole gate from one of its shards and what all of them said.
     *
     * @param sessions how often the one was started that was started most often
     */
    static Report joined(
            Report part, List<Integer> jdks, List<Entry> entries, boolean passed, int sessions) {
        return new Report(
                SCHEMA,
                part.commit,
                part.changes,
                part.profile,
                Shard.WHOLE.toString(),
                jdks,
                passed && Judgement.exit(entries) == Exit.OK,
                found(entries),
                part.defects,
                entries,
                sessions);
    }

    private static long found(List<Entry> entries) {
        return Catalogue.entries().stream().filter(defect -> foundByAll(defect, entries)).count();
    }

    /** What is said of a defect, canary or suite. */
    List<Entry> of(String id) {
        return verdicts.stream().filter(e -> e.verdict().id().equals(id)).toList();
    }

    /** Whether it is of a whole gate and not of a shard. */
    boolean whole() {
        return shard.equals(Shard.WHOLE.toString());
    }

    /** Whether it judges these sources, a commit as of {@link Commit#of}; also where one is unknown. */
    boolean isOf(String sources) {
        return sources.isEmpty() || commit.isEmpty() || sources.equals(commit);
    }

    private static boolean foundByAll(Catalogue.Entry defect, List<Entry> entries) {
        List<Entry> own =
                entries.stream()
                        .filter(e -> e.verdict().id().equals(defect.defect().id()))
                        .filter(e -> !e.verdict().fixed())
                        .toList();
        return !own.isEmpty() && own.stream().allMatch(e -> e.verdict().outcome() == Outcome.FOUND);
    }
}
