package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shards that ran as programs of their own, joined by the program that joins them. */
class MergeTest {
    private static final int SHARDS = 2;
    private static final String JUDGED = "0123456789abcdef0123456789abcdef01234567";

    @TempDir static Path folder;
    private static final List<Process> STARTED = new ArrayList<>();

    @BeforeAll
    static void runTheShards() throws Exception {
        for (int i = 1; i <= SHARDS; i++) {
            Path home = machine(i);
            String[] arguments = {
                SmallGate.TINY, "--shard", i + "/" + SHARDS, "--json", file(i).toString()
            };
            STARTED.add(SmallGate.start(home, List.of(), arguments));
        }
        for (Process shard : STARTED) {
            assertThat(shard.waitFor()).isEqualTo(Exit.OK);
        }
    }

    /** A folder with sources, of the same commit on all and with the same change. */
    private static Path machine(int number) throws Exception {
        Path home = folder.resolve("machine" + number);
        if (number == 1) {
            Files.createDirectory(home);
            git(home, "init -q");
            Files.writeString(home.resolve("source"), "as committed\n");
            git(home, "add source");
            git(home, "-c user.name=n -c user.email=n@n commit -qm n");
        } else {
            Path first = folder.resolve("machine1");
            git(first, "clone -q . " + home);
        }
        Files.writeString(home.resolve("source"), "changed\n");
        return home;
    }

    @AfterAll
    static void endAll() {
        STARTED.forEach(Process::destroyForcibly);
    }

    @Test
    void shardsTogetherAreTheGate() throws Exception {
        Path home = Files.createDirectory(folder.resolve("merging"));
        Path to = home.resolve("whole.json");
        Process merge = merge(home, file(2), file(1), "--json", to);
        assertThat(merge.waitFor()).as(said(home)).isEqualTo(Exit.OK);
        Report whole = MergeCommand.read(to);
        assertThat(whole.whole()).isTrue();
        assertThat(whole.passed()).isTrue();
        assertThat(whole.commit())
                .isEqualTo(Commit.of(folder.resolve("machine1")))
                .endsWith(Commit.CHANGED);
        assertThat(whole.changes()).isNotEmpty();
        assertThat(whole.verdicts())
                .extracting(e -> Key.of(e.verdict()))
                .containsExactlyInAnyOrderElementsOf(
                        SmallGate.tiny(Profile.QUICK).jobs().stream().map(Plan.Job::key).toList());
        for (int i = 1; i <= SHARDS; i++) {
            Report shard = MergeCommand.read(file(i));
            assertThat(shard.shard()).isEqualTo(i + "/" + SHARDS);
            assertThat(shard.verdicts()).anyMatch(e -> !e.canary());
        }
        assertThat(Files.readString(home.resolve("out"))).contains("0 failed");
        try (Stream<Path> left = Files.list(home.resolve("target").resolve("gate"))) {
            assertThat(left.map(f -> f.getFileName().toString()))
                    .contains("report.json", "report.html", "report.sarif", "report.md")
                    .noneMatch(name -> name.endsWith(".part"));
        }
    }

    @Test
    void whatIsNotEachShardOfOneGateOnceIsRefused() throws Exception {
        refused("shard 2/2 of JDK " + jdk() + " is missing", file(1));
        refused("shard 1/2 of JDK " + jdk() + " comes twice", file(1), file(2), file(1));
        Path other = folder.resolve("other.json");
        String text = Files.readString(file(2));
        String commit = MergeCommand.read(file(2)).commit();
        Files.writeString(
                other, text.replace("\"commit\" : \"" + commit, "\"commit\" : \"f00d" + commit));
        refused("another commit", file(1), other);
        refused("cannot be read", file(1), Files.writeString(other, text.substring(0, 500)));
    }

    /** Who joins shards may have other sources; the list, the stories and the code come from there. */
    @Test
    void aPageSaysWhoseVerdictsAndWhoseStoriesItHas() throws Exception {
        Path home = Files.createDirectory(folder.resolve("elsewhere"));
        git(home, "init -q");
        git(home, "-c user.name=n -c user.email=n@n commit -qm n --allow-empty");
        String here = Commit.of(home);
        assertThat(here).isNotEmpty().isNotEqualTo(JUDGED);
        Path[] shards = new Path[SHARDS];
        for (int i = 1; i <= SHARDS; i++) {
            String field = "\"commit\" : \"";
            String own = field + MergeCommand.read(file(i)).commit() + '"';
            String text = Files.readString(file(i)).replace(own, field + JUDGED + '"');
            shards[i - 1] = Files.writeString(home.resolve(i + ".json"), text);
        }
        // As below a hook of git's, which says where its own repository is.
        Process merge = start(home, List.of("env", "GIT_DIR=" + home), (Object[]) shards);
        assertThat(merge.waitFor()).as(said(home)).isEqualTo(Exit.OK);
        assertThat(Files.readString(home.resolve("target/gate/report.html")))
                .contains("These verdicts are of commit " + Commit.brief(JUDGED))
                .contains("their code are of " + Commit.brief(here));
    }

    /** With nobody's configuration and hooks, and in no repository but this. */
    private static void git(Path home, String words) throws Exception {
        List<String> command = new ArrayList<>(List.of("git", "-C", home.toString()));
        command.addAll(List.of(words.split(" ", -1)));
        Path said = home.resolve("git");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
        builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
        builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
        Process git = builder.start();
        STARTED.add(git);
        int exit = git.waitFor();
        assertThat(exit).as(Files.readString(said)).isZero();
    }

    private static void refused(String message, Path... files) {
        List<String> command = new ArrayList<>(List.of("merge"));
        Stream.of(files).map(Path::toString).forEach(command::add);
        Cli cli = Cli.run(command.toArray(new String[0]));
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.USAGE);
        assertThat(cli.err().lines()).singleElement().asString().contains(message);
    }

    private static int jdk() {
        return Runtime.version().feature();
    }

    private static Process merge(Path home, Object... arguments) throws IOException {
        return start(home, List.of(), arguments);
    }

    private static Process start(Path home, List<String> wrapper, Object... arguments)
            throws IOException {
        List<String> all = new ArrayList<>(List.of("merge"));
        Stream.of(arguments).map(Object::toString).forEach(all::add);
        Process process = SmallGate.start(home, wrapper, all.toArray(new String[0]));
        STARTED.add(process);
        return process;
    }

    private static String said(Path home) throws IOException {
        return Files.readString(home.resolve("err"));
    }

    private static Path file(int shard) {
        return folder.resolve("shard-" + shard + ".json");
    }
}
