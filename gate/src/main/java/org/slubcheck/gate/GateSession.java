package org.slubcheck.gate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slubcheck.stress.Jvm;
import org.slubcheck.stress.process.Child;

/**
 * A gate from its start to its report, or the rest of one that was ended.
 *
 * <p>Whatever ends it, each file that it leaves is whole or not there: verdicts are kept in the
 * {@link Journal} as they come, reports are written to another name and moved into place. When this
 * program is told to end there is no report, because the tools below it were ended, too, and what
 * they said last is worth nothing.
 */
final class GateSession {
    private final Profile profile;
    private final Shard shard;
    private final Plan plan;
    private final List<Jvm> jvms;
    private final GateCommand.Told told;

    /**
     * @param plan what is run: the part that the shard has
     */
    GateSession(Profile profile, Shard shard, Plan plan, List<Jvm> jvms, GateCommand.Told told) {
        this.profile = profile;
        this.shard = shard;
        this.plan = plan;
        this.jvms = List.copyOf(jvms);
        this.told = told;
    }

    /**
     * Runs what is to be run and writes the report.
     *
     * @param folder where the files go
     * @param json where the report goes, too; null for nowhere else
     * @param resume whether verdicts of a gate that was ended there are kept
     * @throws CliException (usage) when the folder is in use, or its journal is of another gate;
     *     (fault) when a file cannot be written
     */
    Report run(Path folder, Path json, boolean resume) throws InterruptedException {
        Origin origin = Origin.of(profile, shard, jvms);
        try (Reports reports = Reports.take(folder, json);
                Journal journal = journal(reports, origin, resume)) {
            return run(reports, journal, origin);
        }
    }

    /** An earlier gate's reports go before the first word of this one is written. */
    private static Journal journal(Reports reports, Origin origin, boolean resume) {
        if (resume) {
            Journal journal = Journal.resume(reports.journal(), origin);
            reports.clear(journal.sessions() > 1);
            return journal;
        }
        reports.clear(false);
        return Journal.begin(reports.journal(), origin);
    }

    private Report run(Reports reports, Journal journal, Origin origin)
            throws InterruptedException {
        List<Integer> features = jvms.stream().map(Jvm::feature).toList();
        List<Entry> entries = new ArrayList<>();
        boolean whole = false;
        boolean broken = false;
        Thread farewell = new Thread(GateSession::farewell, "how to go on");
        Runtime.getRuntime().addShutdownHook(farewell);
        try {
            for (Jvm jvm : jvms) {
                run(jvm, reports, journal, entries);
            }
            whole = true;
        } catch (CliException e) {
            broken = true;
            throw e;
        } finally {
            if (!Child.ending()) {
                Runtime.getRuntime().removeShutdownHook(farewell);
                if (!broken) {
                    Report said = report(origin, features, entries, journal, whole);
                    reports.write(said, origin.commit());
                }
            }
        }
        return report(origin, features, entries, journal, true);
    }

    private Report report(
            Origin origin,
            List<Integer> features,
            List<Entry> entries,
            Journal journal,
            boolean whole) {
        return Report.of(profile, shard, features, entries, whole)
                .about(origin)
                .inSessions(journal.sessions());
    }

    /** One JDK; its entries are there even when it ends half way. */
    private void run(Jvm jvm, Reports reports, Journal journal, List<Entry> entries)
            throws InterruptedException {
        int left = plan.without(journal.before(jvm.feature())).jobs().size();
        try (GateProgress progress = new GateProgress(jvm.feature(), left, told)) {
            GateRun run =
                    new GateRun(jvm, profile, Profile.SEED, plan, reports.log(), progress, journal);
            try {
                run.run();
            } finally {
                entries.addAll(run.entries());
            }
        }
    }

    private static void farewell() {
        System.err.println("slubcheck: ended; './slubcheck gate --resume' goes on from here");
    }
}
