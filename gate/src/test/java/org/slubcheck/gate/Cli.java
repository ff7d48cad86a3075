package org.slubcheck.gate;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** A command run inside the test: what it printed, and how it ended. */
record Cli(int exit, String out, String err) {
    static Cli run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        int exit = line.execute(arguments);
        return new Cli(exit, out.toString(), err.toString());
    }

    /** Everything that it printed. */
    String all() {
        return out + err;
    }
}
