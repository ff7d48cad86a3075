package org.slubcheck.stress.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

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
