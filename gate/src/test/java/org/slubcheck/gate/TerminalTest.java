package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Help.Ansi;

/** Colours are for a terminal whose user wants them, and for nobody else. */
class TerminalTest {
    @ParameterizedTest
    @CsvSource({
        "true, xterm, '', ON",
        "true, xterm, 1, OFF",
        "true, xterm, 0, OFF",
        "true, dumb, '', OFF",
        "false, xterm, '', OFF",
        "false, xterm, 1, OFF",
    })
    void coloursAreForATerminalWithoutNoColor(
            boolean terminal, String term, String noColor, Ansi colours) {
        assertThat(Terminal.colours(terminal, Map.of("TERM", term, "NO_COLOR", noColor)))
                .isEqualTo(colours);
    }

    @Test
    void aTerminalThatSaysNothingOfItselfIsColoured() {
        assertThat(Terminal.colours(true, Map.of())).isEqualTo(Ansi.ON);
    }

    /** This test's output is a file of the build, whatever the JDK calls a console. */
    @Test
    void whatIsNoTerminalGetsNoEscapes() {
        assertThat(Terminal.here()).isFalse();
        StringWriter help = new StringWriter();
        Main.commandLine().usage(new PrintWriter(help, true));
        assertThat(help.toString()).contains("Usage: slubcheck").doesNotContain("\u001b");
    }
}
