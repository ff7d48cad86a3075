package org.slubcheck.crash;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.machine.Capture;
import org.slubcheck.timeline.Symbolizer;

/** Who was where: how each task stood, and what it had done last. */
final class Backtrace {
    private static final int MOST = 8;

    private Backtrace() {}

    static void show(Dump dump, Sheet out) {
        Symbolizer names = dump.names();
        for (Capture.Runner runner : dump.runners()) {
            List<Integer> entries = new ArrayList<>();
            for (int i = dump.log().size() - 1; i >= 0 && entries.size() < MOST; i--) {
                if (dump.log().thread(i) == runner.thread()) {
                    entries.add(i);
                }
            }
            if (entries.isEmpty() && runner.thread() >= dump.tasks().size()) {
                // Who set the machine up, and did nothing since.
                continue;
            }
            out.gap();
            out.line("%s, irqs %s", who(dump, runner), runner.irqsOff() ? "off" : "on");
            for (Capture.HeldLock held : runner.held()) {
                out.line("  holds %s: %s", held.name(), LocksView.at(names, held));
            }
            if (runner.waitsFor() >= 0) {
                out.line("  waits for %s", names.name(runner.waitsFor()));
            }
            if (entries.isEmpty()) {
                out.line("  had not begun, or did nothing that the log has");
            }
            entries.forEach(i -> out.line("%s", History.entry(dump, names, i)));
        }
    }

    /** The CPU of a task and what it does. */
    static String who(Dump dump, Capture.Runner runner) {
        String task =
                runner.thread() < dump.tasks().size()
                        ? dump.tasks().get(runner.thread())
                        : "task " + runner.thread();
        return (runner.cpu() < 0 ? "no CPU" : "CPU#" + runner.cpu())
                + "  "
                + task
                + (runner.interrupt() ? ", in an interrupt" : "");
    }
}
