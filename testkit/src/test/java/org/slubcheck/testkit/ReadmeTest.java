package org.slubcheck.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;

/** The example of the README is a test of this module, and its output is what comes out. */
class ReadmeTest {
    private static final Path README = Path.of("README.md");
    private static final Path EXAMPLE =
            Path.of("src", "test", "java", "example", "BoundedQueueTest.java");

    /** The first block of a language, without its fences. */
    private static String block(String language) throws IOException {
        String text = Files.readString(README);
        String fence = "```" + language + "\n";
        int begin = text.indexOf(fence) + fence.length();
        return text.substring(begin, text.indexOf("\n```", begin) + 1);
    }

    @Test
    void theExampleIsATestOfThisModule() throws IOException {
        assertThat(block("java")).isEqualTo(Files.readString(EXAMPLE));
    }

    @Test
    void theOutputIsWhatComesOut() throws IOException {
        Verdict v = Check.model().run(BoundedQueues.twoProducers(BoundedQueues.RACY));
        assertThat(Verdicts.text(v) + "\n").isEqualTo(output());
    }

    /** Fences have a language but for the output's. */
    private static String output() throws IOException {
        String text = Files.readString(README);
        int begin = text.indexOf("\n```\nmodel ") + "\n```\n".length();
        return text.substring(begin, text.indexOf("\n```", begin) + 1);
    }

    @Test
    void everyOutcomeIsExplained() throws IOException {
        String text = Files.readString(README);
        for (Outcome outcome : Outcome.values()) {
            assertThat(text).contains("| " + outcome.label() + " |");
        }
    }
}
