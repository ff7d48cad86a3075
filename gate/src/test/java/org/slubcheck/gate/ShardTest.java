package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;

/** The shards of a gate are the gate: nothing is lost, nothing is run twice, none costs much more. */
class ShardTest {
    /** How far the dearest shard may be above the mean of all: what cannot be cut is in one. */
    private static final double UNEVEN = 1.15;

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 8})
    void togetherTheyAreThePlan(int of) {
        Plan plan = Plan.of(Profile.QUICK);
        List<Plan.Job> jobs = new ArrayList<>();
        for (int i = 1; i <= of; i++) {
            Plan shard = new Shard(i, of).of(plan, Costs.measured());
            assertThat(shard.jobs()).isSubsetOf(plan.jobs());
            assertThat(shard).isEqualTo(new Shard(i, of).of(plan, Costs.measured()));
            shard.jobs().stream().filter(job -> !job.key().canary()).forEach(jobs::add);
        }
        assertThat(jobs)
                .containsExactlyInAnyOrderElementsOf(
                        plan.jobs().stream().filter(job -> !job.key().canary()).toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 8})
    void eachHasTheCanariesThatItsCleanVerdictsLeanOn(int of) {
        Plan plan = Plan.of(Profile.QUICK);
        for (int i = 1; i <= of; i++) {
            Plan shard = new Shard(i, of).of(plan, Costs.measured());
            for (Plan.Job job : plan.jobs()) {
                boolean used =
                        shard.jobs().stream()
                                .anyMatch(
                                        own ->
                                                !own.key().canary()
                                                        && own.key().technique()
                                                                == job.key().technique());
                if (job.key().canary()) {
                    assertThat(shard.jobs().contains(job)).as("%s", job).isEqualTo(used);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void theyCostAboutTheSame(int of) {
        Plan plan = Plan.of(Profile.QUICK);
        Costs costs = Costs.measured();
        double[] cost =
                IntStream.rangeClosed(1, of)
                        .mapToDouble(
                                i ->
                                        new Shard(i, of)
                                                .of(plan, costs).jobs().stream()
                                                        .filter(job -> !job.key().canary())
                                                        .mapToDouble(
                                                                job -> costs.seconds(job.key()))
                                                        .sum())
                        .toArray();
        double mean = IntStream.range(0, of).mapToDouble(i -> cost[i]).average().orElseThrow();
        for (double each : cost) {
            assertThat(each).isLessThan(UNEVEN * mean);
        }
    }

    @Test
    void twinsStayTogether() {
        Plan plan = Plan.of(Profile.STANDARD);
        Plan shard = new Shard(2, 5).of(plan, Costs.measured());
        for (Plan.Job job : plan.jobs()) {
            boolean here = shard.jobs().contains(job);
            assertThat(plan.jobs())
                    .filteredOn(
                            other ->
                                    !other.key().canary()
                                            && other.key().id().equals(job.key().id())
                                            && other.key().technique() == job.key().technique()
                                            && other.key().scenario().equals(job.key().scenario()))
                    .allSatisfy(other -> assertThat(shard.jobs().contains(other)).isEqualTo(here));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "1", "0/2", "3/2", "1/0", "-1/2", "1/65", "1/2/3", "a/b", "1/99999"})
    void whatIsNoShardIsRefused(String text) {
        assertThatThrownBy(() -> Shard.parse(text))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("--shard");
    }

    @Test
    void theReportsOfAllShardsAreTheReportOfTheGate() throws IOException {
        Path one = report("1.json", "c1", "1/2", key("Q01", "a"), canary());
        Path two = report("2.json", "c1", "2/2", key("Q02", "b"), canary());
        Report whole = join(one, two);
        assertThat(whole.passed()).isTrue();
        assertThat(whole.shard()).isEqualTo("1/1");
        assertThat(whole.verdicts())
                .extracting(e -> Key.of(e.verdict()))
                .containsExactly(key("Q01", "a"), canary(), key("Q02", "b"));
    }

    @Test
    void aCanaryThatFailedInOneShardFailsTheWhole() throws IOException {
        Path one = report("1.json", "c1", "1/2", key("Q01", "a"), canary());
        Report bad =
                of("c1", "2/2", List.of(Entry.of(17, canary().verdict(Outcome.CLEAN_SAMPLED, ""))));
        Path two = write("2.json", bad);
        Report whole = join(one, two);
        assertThat(whole.passed()).isFalse();
        assertThat(whole.verdicts()).filteredOn(e -> !e.expected()).hasSize(1);
    }

    @Test
    void whatAreNotTheShardsOfOneGateIsRefused() throws IOException {
        Path one = report("1.json", "c1", "1/2", key("Q01", "a"));
        Path two = report("2.json", "c1", "2/2", key("Q02", "b"));
        refused("shard 2/2 of JDK 17 is missing", one);
        refused("comes twice", one, two, one);
        refused("another commit", one, report("3.json", "c2", "2/2", key("Q02", "b")));
        Report changed = MergeCommand.read(two).about(origin("c1", "a digest"));
        refused(
                "another state of the changed files: a digest, not none",
                one,
                write("9.json", changed));
        refused("another number of shards", one, report("4.json", "c1", "2/3", key("Q02", "b")));
        refused("another shard ran", one, report("5.json", "c1", "2/2", key("Q01", "a")));
        refused("no such file", folder.resolve("none.json"));
        refused("no report", Files.writeString(folder.resolve("6.json"), "{\"schema\": 1, \"ver"));
        refused("no report", Files.writeString(folder.resolve("7.json"), "[]"));
        refused("no report", Files.writeString(folder.resolve("8.json"), "{\"schema\": 99}"));
    }

    @Test
    void theWholeWasStartedAsOftenAsTheShardThatWasMost() throws IOException {
        Path one = report("1.json", "c1", "1/2", key("Q01", "a"));
        Path two = report("2.json", "c1", "2/2", key("Q02", "b"));
        Report again = MergeCommand.read(two).about(origin("c1", "")).inSessions(3);
        Report whole = join(one, write("2.json", again));
        assertThat(whole.sessions()).isEqualTo(3);
        assertThat(whole.resumed()).startsWith("started 3 times");
    }

    private static Origin origin(String commit, String changes) {
        return new Origin(1, commit, changes, "p", "quick", "2/2", List.of("17"), "m");
    }

    private static void refused(String message, Path... files) {
        assertThatThrownBy(() -> join(files))
                .isInstanceOf(CliException.class)
                .hasMessageContaining(message);
    }

    private static Report join(Path... files) {
        return Shards.join(
                java.util.Arrays.stream(files)
                        .map(file -> new Shards.Part(file.toString(), MergeCommand.read(file)))
                        .toList());
    }

    private Path report(String name, String commit, String shard, Key... keys) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Key key : keys) {
            entries.add(Entry.of(17, key.verdict(Outcome.FOUND, "")));
        }
        return write(name, of(commit, shard, entries));
    }

    private Path write(String name, Report report) throws IOException {
        return Files.write(folder.resolve(name), Json.MAPPER.writeValueAsBytes(report));
    }

    private static Report of(String commit, String shard, List<Entry> entries) {
        boolean passed = entries.stream().allMatch(Entry::expected);
        return new Report(
                Report.SCHEMA, commit, "quick", shard, List.of(17), passed, 0, 24, entries);
    }

    private static Key key(String id, String subject) {
        return new Key(id, Technique.MODEL, subject, false);
    }

    private static Key canary() {
        return new Key("canary.a", Technique.MODEL, "a", false);
    }
}
