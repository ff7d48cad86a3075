package org.slubcheck.gate;

import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.model.Budget;
import org.slubcheck.model.ModelCanaries;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * What runs in a JVM of its own below the gate: all jobs of one kind, one JSON line for each verdict
 * as soon as there is one. A worker that dies leaves what it had; the gate counts the rest as not
 * run.
 */
public final class Worker {
    /** What a worker does. */
    enum Kind {
        /** Canaries of the model checker, then every scenario of the catalogue. */
        MODEL,
        /** Properties, boot sequences and faults of the catalogue. */
        PROPERTY,
        /** What belongs to no defect: linearizability, the stateful model, the traces. */
        SUITE
    }

    private final Profile profile;
    private final Path out;

    private Worker(Profile profile, Path out) {
        this.profile = profile;
        this.out = out;
    }

    /** Arguments: kind, profile, file for the verdicts. */
    public static void main(String[] args) {
        Kind kind = Kind.valueOf(args[0].toUpperCase(Locale.ROOT));
        Profile profile = Profile.valueOf(args[1].toUpperCase(Locale.ROOT));
        new Worker(profile, Path.of(args[2])).run(kind);
        System.exit(Exit.OK);
    }

    private void run(Kind kind) {
        switch (kind) {
            case MODEL -> {
                ModelCanaries.run().forEach(this::tell);
                catalogue(List.of(Technique.MODEL));
            }
            case PROPERTY ->
                    catalogue(List.of(Technique.BOOT, Technique.PROPERTY, Technique.FAULT));
            case SUITE -> new Suites(profile).run(this::tell);
        }
    }

    private void catalogue(List<Technique> techniques) {
        for (Catalogue.Entry entry : Catalogue.entries()) {
            for (Technique technique : techniques) {
                if (entry.subjects().containsKey(technique)) {
                    job(entry, technique, false);
                    job(entry, technique, true);
                }
            }
        }
    }

    private void job(Catalogue.Entry entry, Technique technique, boolean fixed) {
        long begin = System.nanoTime();
        Verdict verdict = guarded(entry, technique, fixed);
        tell(verdict.took((System.nanoTime() - begin) / 1e9));
        if (technique == Technique.MODEL && !fixed && profile.everyAccess()) {
            tell(everyAccess(entry));
        }
    }

    private Verdict guarded(Catalogue.Entry entry, Technique technique, boolean fixed) {
        try {
            return Techniques.run(entry, technique, fixed, profile, null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return fault(entry, technique, fixed, "interrupted");
        } catch (RuntimeException | LinkageError e) {
            return fault(entry, technique, fixed, String.valueOf(e));
        }
    }

    /** The same defect with switches at plain accesses too: the reduction must hide nothing. */
    private static Verdict everyAccess(Catalogue.Entry entry) {
        String subject = entry.subjects().get(Technique.MODEL);
        Verdict plain =
                Techniques.model(entry.defect(), subject, false, Budget.FIND.atEveryAccess());
        return new Verdict(
                plain.id(),
                false,
                Technique.MODEL,
                subject + " (every access)",
                plain.outcome(),
                plain.runs(),
                plain.preemptions(),
                plain.stepReached(),
                plain.seconds(),
                plain.seed(),
                plain.detail(),
                List.of());
    }

    static Verdict fault(Catalogue.Entry entry, Technique technique, boolean fixed, String why) {
        return new Verdict(
                entry.defect().id(),
                fixed,
                technique,
                entry.subjects().get(technique),
                Outcome.FAULT,
                0,
                -1,
                0,
                0,
                "",
                why.lines().findFirst().orElse(""),
                List.of());
    }

    private void tell(Verdict verdict) {
        try {
            String line =
                    Json.MAPPER
                            .writer()
                            .without(SerializationFeature.INDENT_OUTPUT)
                            .writeValueAsString(verdict);
            Files.writeString(
                    out,
                    line + "\n",
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the verdict", e);
        }
    }
}
