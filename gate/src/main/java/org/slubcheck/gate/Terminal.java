package org.slubcheck.gate;

import java.io.Console;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/** Whether somebody looks at a terminal, and whether it is to be coloured. */
final class Terminal {
    private Terminal() {}

    /** Whether this program reads from and writes to a terminal. */
    static boolean here() {
        Console console = System.console();
        return console != null && interactive(console);
    }

    /** From JDK 22 on there is a console without a terminal, too, and a method that tells them apart. */
    private static boolean interactive(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException older) {
            return true;
        }
    }

    /** The colours of this program's output. */
    static Ansi colours() {
        return colours(here(), System.getenv());
    }

    /**
     * Colours only on a terminal, which is not said to be dumb, and unless NO_COLOR is set to
     * anything.
     */
    static Ansi colours(boolean terminal, Map<String, String> environment) {
        boolean refused = !environment.getOrDefault("NO_COLOR", "").isEmpty();
        boolean dumb = "dumb".equals(environment.get("TERM"));
        return terminal && !refused && !dumb ? Ansi.ON : Ansi.OFF;
    }
}
