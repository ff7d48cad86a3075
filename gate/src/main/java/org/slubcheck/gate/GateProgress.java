package org.slubcheck.gate;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.slubcheck.verdict.Verdict;

/**
 * What a gate shows of its progress, on stderr: a bar with the time left on a terminal, a line a
 * verdict elsewhere or where that is asked for, or nothing.
 */
class GateProgress implements AutoCloseable {
    private final int jdk;
    private final boolean quiet;
    private final ProgressBar bar;

    GateProgress(int jdk, int expected, GateCommand.Told told) {
        this.jdk = jdk;
        this.quiet = told == GateCommand.Told.QUIET;
        this.bar =
                !Terminal.here() || told != GateCommand.Told.SUMMARY
                        ? null
                        : new ProgressBarBuilder()
                                .setTaskName("gate on JDK " + jdk)
                                .setInitialMax(expected)
                                .setStyle(ProgressBarStyle.ASCII)
                                .build();
    }

    /** A verdict has come. */
    void verdict(Verdict v) {
        if (bar != null) {
            bar.step();
            bar.setExtraMessage(v.id() + " " + v.technique().label());
        } else if (!quiet) {
            System.err.printf(
                    "jdk%d %-18s %-9s %-9s %s%n",
                    jdk,
                    v.id(),
                    v.technique().label(),
                    v.fixed() ? "fixed" : "defective",
                    Matrix.summary(v));
        }
    }

    /** Something is under way that will take a while. */
    void line(String text) {
        if (bar != null) {
            bar.setExtraMessage(text);
        } else if (!quiet) {
            System.err.printf("jdk%d %s%n", jdk, text);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
