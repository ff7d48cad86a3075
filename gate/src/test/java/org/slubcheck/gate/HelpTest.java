package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The help of every command is of one style, and nothing in it is left to guess. */
class HelpTest {
    private static final int COLUMNS = 80;

    static Collection<CommandLine> commands() {
        return Main.commandLine().getSubcommands().values();
    }

    /** The list of commands shows no more than the first line. */
    private static boolean beginsWithASentence(CommandSpec command) {
        String[] lines = command.usageMessage().description();
        return lines.length > 0 && lines[0].matches("[A-Z].{1,78}\\.");
    }

    private static boolean isExplained(ArgSpec argument) {
        String text = String.join(" ", argument.description());
        return !text.isBlank() && !argument.paramLabel().matches("<.*>");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandSaysWhatItDoesAndWhatItTakes(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        assertThat(beginsWithASentence(spec)).as(spec.name()).isTrue();
        spec.args().stream()
                .filter(argument -> !argument.isOption() || takesAValue(argument))
                .forEach(
                        argument ->
                                assertThat(isExplained(argument))
                                        .as("%s %s", spec.name(), argument)
                                        .isTrue());
        assertThat(command.getUsageMessage(Ansi.OFF).lines())
                .allMatch(line -> line.length() <= COLUMNS);
    }

    private static boolean takesAValue(ArgSpec argument) {
        return argument.arity().max() > 0;
    }

    @Test
    void aVagueHelpIsSeen() {
        CommandSpec vague = CommandSpec.create().name("vague");
        vague.usageMessage().description("Does this,");
        OptionSpec.Builder size = OptionSpec.builder("--size").type(int.class).paramLabel("<size>");
        OptionSpec.Builder kind = OptionSpec.builder("--kind").type(String.class).paramLabel("K");
        vague.addOption(size.description("how much").build()).addOption(kind.build());
        assertThat(beginsWithASentence(vague)).isFalse();
        assertThat(vague.options()).hasSize(2).noneMatch(HelpTest::isExplained);
    }
}
