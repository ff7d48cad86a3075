package org.slubcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.slubcheck.machine.Console.Level;
import org.slubcheck.machine.Console.Line;

final class ConsoleTest {
    private final Console console = new Console();

    @Test
    void aMessageIsNoReport() {
        console.printk(Level.INFO, "SLUB: Genslabs=%d\nsecond line", 14);
        assertThat(console.lines())
                .containsExactly(
                        new Line(Level.INFO, "SLUB: Genslabs=14"),
                        new Line(Level.INFO, "second line"));
        assertThat(console.reports()).isEmpty();
    }

    @Test
    void aReportIsBoth() {
        console.report(Level.ERR, "BUG kmalloc-16: 100% wrong\nINFO: more");
        assertThat(console.reports()).containsExactly("BUG kmalloc-16: 100% wrong\nINFO: more");
        assertThat(console.lines()).extracting(Line::text).contains("INFO: more");
    }

    @Test
    void aMessageWithoutArgumentsIsTakenAsItIs() {
        console.printk(Level.INFO, "100%");
        assertThat(console.lines()).containsExactly(new Line(Level.INFO, "100%"));
    }

    @Test
    void warnOnceWarnsOnceForEachPlace() {
        assertThat(console.warnOnce("mm/slub.c:1", "odd")).isTrue();
        assertThat(console.warnOnce("mm/slub.c:1", "odd")).isFalse();
        assertThat(console.warnOnce("mm/slub.c:2", "odd")).isTrue();
        console.warn("mm/slub.c:1", "odd");
        assertThat(console.reports())
                .hasSize(3)
                .allMatch(r -> r.contains("WARNING: at mm/slub.c:"));
    }

    @Test
    void aForkKeepsWhatWasSaidAndGoesOnByItself() {
        console.warnOnce("here", "odd");
        Console fork = console.fork();
        assertThat(fork.lines()).isEqualTo(console.lines());
        assertThat(fork.warnOnce("here", "odd")).isFalse();
        fork.report(Level.ERR, "more");
        assertThat(console.reports()).hasSize(1);
        assertThat(fork.reports()).hasSize(2);
        assertThat(new Console().fork().lines()).isEmpty();
    }

    @Test
    void noLineIsLostBetweenThreads() throws InterruptedException {
        Threads.together(
                4,
                i -> {
                    for (int n = 0; n < 250; n++) {
                        console.report(Level.ERR, "report " + i + " " + n);
                    }
                });
        assertThat(console.reports()).hasSize(1000).doesNotHaveDuplicates();
    }
}
