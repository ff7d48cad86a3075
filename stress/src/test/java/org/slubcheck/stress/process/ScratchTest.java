package org.slubcheck.stress.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slubcheck.stress.Jvm;

/** Nothing is left behind. */
class ScratchTest {
    @Test
    void aClosedFolderIsGoneWithAllInIt() throws Exception {
        Path folder;
        try (Scratch scratch = Scratch.open()) {
            folder = scratch.folder();
            Files.createDirectories(folder.resolve("a/b"));
            Files.writeString(folder.resolve("a/b/c"), "x");
        }
        assertThat(folder).doesNotExist();
    }

    @Test
    void whatAKilledProgramLeftIsRemovedByTheNext(@TempDir Path temp) throws Exception {
        Path unknown = Files.createDirectory(temp.resolve("slubcheck-without-a-lock"));
        Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
        Files.createFile(elsewhere.resolve("in-use.lock"));
        Path link = Files.createSymbolicLink(temp.resolve("slubcheck-link"), elsewhere);
        Process first = holder(temp);
        Path left = folder(first);
        Process second = holder(temp);
        Path held = folder(second);
        // The first still runs: the second has left it alone.
        assertThat(left).isDirectoryContaining(f -> f.endsWith("work"));
        first.destroyForcibly().waitFor();
        assertThat(left).isDirectory();

        Process third = holder(temp);
        Path own = folder(third);
        assertThat(left).doesNotExist();
        assertThat(held).isDirectoryContaining(f -> f.endsWith("work"));
        assertThat(own).isDirectoryContaining(f -> f.endsWith("work"));
        assertThat(unknown).isDirectory();
        assertThat(link).isSymbolicLink();
        assertThat(elsewhere).isNotEmptyDirectory();
        for (Process each : List.of(second, third)) {
            each.getOutputStream().close();
            assertThat(each.waitFor()).isZero();
        }
        assertThat(own).doesNotExist();
        assertThat(held).doesNotExist();
    }

    private static Process holder(Path temp) throws IOException {
        return new ProcessBuilder(
                        Jvm.current().java().toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + temp,
                        "-cp",
                        Jvm.current().classPath(),
                        Holder.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static Path folder(Process holder) throws IOException {
        return Path.of(
                new BufferedReader(
                                new InputStreamReader(
                                        holder.getInputStream(), StandardCharsets.UTF_8))
                        .readLine());
    }

    /** A program that works in a folder until its input ends. */
    static final class Holder {
        public static void main(String[] args) throws IOException {
            Scratch scratch = Scratch.open();
            Files.writeString(scratch.folder().resolve("work"), "half");
            System.out.println(scratch.folder());
            System.exit(System.in.read() < 0 ? 0 : 1);
        }
    }

    @Test
    void aKilledChildTakesItsChildrenAlong() throws Exception {
        try (Scratch scratch = Scratch.open()) {
            Path log = Files.createFile(scratch.folder().resolve("log"));
            Child child =
                    Child.start(
                            List.of("sh", "-c", "sh -c 'echo started; sleep 100; true'; true"),
                            scratch.folder(),
                            log);
            while (!Files.readString(log).contains("started")) {
                Thread.onSpinWait();
            }
            List<ProcessHandle> tree = child.process().descendants().toList();
            assertThat(tree).isNotEmpty();
            assertThat(child.waitFor(Duration.ofMillis(50))).isFalse();
            assertThat(child.process().isAlive()).isFalse();
            assertThat(tree).noneMatch(ProcessHandle::isAlive);
        }
    }
}
