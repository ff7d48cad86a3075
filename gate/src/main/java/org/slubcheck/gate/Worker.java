package org.slubcheck.gate;

import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.defects.Suspect;
import org.slubcheck.model.Linearizability;
import org.slubcheck.model.ModelCanaries;
import org.slubcheck.model.ModelCheck;
import org.slubcheck.properties.PropertyCanaries;
import org.slubcheck.properties.PropertyRunner;
import org.slubcheck.properties.PropertyRunner.Twin;
import org.slubcheck.scenarios.LockdepCanaries;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.stress.process.Parent;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/**
 * What runs in a JVM of its own below the gate: the jobs that it is given in a file, one JSON line
 * for each verdict as soon as there is one. A worker that dies leaves what it had; the gate misses
 * the rest. It ends with the gate.
 */
public final class Worker {
    private final Part part;
    private final Profile profile;
    private final long seed;
    private final Path out;

    private Worker(Part part, Profile profile, long seed, Path out) {
        this.part = part;
        this.profile = profile;
        this.seed = seed;
        this.out = out;
    }

    /** Arguments: part, profile, seed, file with the keys of the jobs, file for the verdicts. */
    public static void main(String[] args) throws IOException {
        Parent.endWithIt();
        Part part = Part.valueOf(args[0].toUpperCase(Locale.ROOT));
        Profile profile = Profile.valueOf(args[1].toUpperCase(Locale.ROOT));
        long seed = Long.parseLong(args[2]);
        Key[] jobs = Json.MAPPER.readValue(Path.of(args[3]).toFile(), Key[].class);
        Worker worker = new Worker(part, profile, seed, Path.of(args[4]));
        for (List<Key> alike : together(part, List.of(jobs))) {
            if (fixedTwin(part, alike.get(0))) {
                worker.twins(alike);
            } else {
                alike.forEach(worker::job);
            }
        }
        System.exit(Exit.OK);
    }

    /**
     * The jobs in the order in which they are run; those that one run speaks for stand together, where
     * the first of them stood.
     */
    static List<List<Key>> together(Part part, List<Key> jobs) {
        Map<String, List<Key>> groups = new LinkedHashMap<>();
        for (Key job : jobs) {
            String group = fixedTwin(part, job) ? job.subject() : job.toString();
            groups.computeIfAbsent(group, any -> new ArrayList<>()).add(job);
        }
        return List.copyOf(groups.values());
    }

    /** Whether it runs a property on the fixed code, which is the same for whatever defect. */
    private static boolean fixedTwin(Part part, Key job) {
        return (part == Part.PROPERTY || part == Part.SUITE)
                && job.fixed()
                && !job.canary()
                && job.technique() != Technique.LOCKDEP
                && !Suites.replays(job);
    }

    /** A property on the fixed code, once; its time is shared among those that it speaks for. */
    private void twins(List<Key> alike) {
        long begin = System.nanoTime();
        List<Verdict> verdicts;
        try {
            verdicts =
                    PropertyRunner.runFixed(
                            alike.stream().map(k -> new Twin(k.id(), k.technique())).toList(),
                            alike.get(0).subject(),
                            profile.tries(),
                            seed);
        } catch (RuntimeException | LinkageError e) {
            String why = String.valueOf(e);
            verdicts = alike.stream().map(k -> k.verdict(Outcome.FAULT, why)).toList();
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        verdicts.forEach(verdict -> tell(verdict.took(seconds / alike.size())));
    }

    private void job(Key job) {
        long begin = System.nanoTime();
        Verdict verdict;
        try {
            verdict = run(job);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            verdict = job.verdict(Outcome.FAULT, "interrupted");
        } catch (RuntimeException | LinkageError e) {
            verdict = job.verdict(Outcome.FAULT, String.valueOf(e));
        }
        tell(verdict.took((System.nanoTime() - begin) / 1e9));
    }

    private Verdict run(Key job) throws InterruptedException {
        return switch (part) {
            case MODEL, MODEL_TOO -> job.canary() ? modelCanary(job) : catalogue(job);
            case PROPERTY ->
                    !job.canary()
                            ? catalogue(job)
                            : job.technique() == Technique.LOCKDEP
                                    ? lockdepCanary(job)
                                    : propertyCanary(job);
            case SUITE -> Suites.run(job);
            case LINEARIZABILITY ->
                    new Linearizability.Case(job.subject(), job.fixed())
                            .run(profile.linearizability());
            case PAIRS -> scenario(job);
            case STRESS -> throw new IllegalStateException("stress tests have their own program");
        };
    }

    private Verdict scenario(Key job) {
        return Scenarios.byId(job.subject())
                .map(
                        scenario ->
                                ModelCheck.run(
                                        Suspect.mainline(job.id()),
                                        scenario,
                                        profile.scenario(scenario.tasks().size())))
                .orElseGet(() -> job.verdict(Outcome.NOT_RUN, "no such scenario"));
    }

    private static Verdict modelCanary(Key job) {
        return ModelCanaries.ALL.stream()
                .filter(twin -> twin.id().equals(job.id()) && twin.fixed() == job.fixed())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no such canary"))
                .run();
    }

    private static Verdict propertyCanary(Key job) {
        return PropertyCanaries.ALL.stream()
                .filter(twin -> twin.id().equals(job.id()) && twin.fixed() == job.fixed())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no such canary"))
                .run(Profile.SEED);
    }

    private static Verdict lockdepCanary(Key job) {
        return LockdepCanaries.ALL.stream()
                .filter(twin -> twin.id().equals(job.id()) && twin.fixed() == job.fixed())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no such canary"))
                .run();
    }

    private Verdict catalogue(Key job) throws InterruptedException {
        Catalogue.Entry entry =
                Catalogue.byId(job.id())
                        .orElseThrow(() -> new IllegalStateException("no such defect"));
        return job.everyAccess()
                ? Techniques.everyAccess(entry.defect(), job)
                : new Techniques(profile, seed, null, line -> {})
                        .run(entry, job.technique(), job.fixed());
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
