package org.slubcheck.crash;

import org.slubcheck.machine.Console;

/** What the kernel had said when the dump was made. */
final class DmesgView {
    private DmesgView() {}

    static void show(Dump dump, Sheet out) {
        for (Console.Line line : dump.kernel().console().lines()) {
            out.line("%s", line.stamped());
        }
    }
}
