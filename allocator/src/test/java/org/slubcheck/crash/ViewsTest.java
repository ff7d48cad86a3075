package org.slubcheck.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.slubcheck.crash.Wreck.view;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.machine.Console;
import org.slubcheck.slab.SlabAttributes;
import org.slubcheck.slab.SlabInfo;

/** What the views say of a machine is what it says of itself, and what was done to it. */
class ViewsTest {
    @ParameterizedTest
    @ValueSource(strings = {"slubq", "slub", "slub-lockless"})
    void slabinfoIsThatOfTheLivingMachine(String engine) {
        Wreck wreck = Wreck.of(engine);
        Dump dump = wreck.dump();
        assertThat(view(dump, "slabinfo") + "\n")
                .isEqualTo(SlabInfo.show(wreck.kernel.slab(), wreck.kernel.task(0)));
    }

    @Test
    void dmesgIsTheConsole() {
        Wreck wreck = Wreck.of("slubq").misuse();
        assertThat(Views.lines(wreck.dump(), "dmesg", ""))
                .isEqualTo(
                        wreck.kernel.console().lines().stream()
                                .map(Console.Line::stamped)
                                .toList());
    }

    @Test
    void theReportLeadsToTheObject() {
        Wreck wreck = Wreck.of("slubq").misuse();
        String report = wreck.kernel.reports().get(0);
        assertThat(report).contains("slab-use-after-free in victim object");
        Dump dump = wreck.dump();
        String hint = String.format("see kmem 0x%x", wreck.freed);
        assertThat(view(dump, "")).contains("PANIC: " + report.lines().findFirst().get(), hint);
        assertThat(view(dump, "kmem", String.format("%016x", wreck.freed)))
                .startsWith(String.format("0x%x  victim object ", wreck.freed))
                .containsPattern("CACHE +victim at 0x[0-9a-f]+, objects of 40 bytes")
                .containsPattern("SLAB +page#\\d+ .* \\d+ objects")
                .containsPattern("STATE +in the queue of cpu#0 of victim")
                .contains("slab-use-after-free; last served as victim, handed out on CPU#0")
                .containsPattern("HISTORY \\d+ of the \\d+ accesses since")
                .containsPattern("victim cpu#0 q.object\\[\\d\\]");
    }

    @Test
    void theMachineIsKeptAsItWasWhenItWasReported() {
        Wreck wreck = Wreck.of("slubq").misuse().goOn();
        String then = view(wreck.dump(), "kmem", Long.toHexString(wreck.freed));
        assertThat(then).contains("in the queue of cpu#0");
        Wreck unseen = Wreck.of("slubq").goOn();
        String now = view(unseen.dump(), "kmem", Long.toHexString(unseen.freed));
        assertThat(now).containsPattern("STATE +with a caller");
    }

    @ParameterizedTest
    @ValueSource(strings = {"slubq", "slub", "slub-lockless"})
    void everyObjectHasItsState(String engine) {
        Wreck wreck = Wreck.of(engine);
        Dump dump = wreck.dump();
        assertThat(view(dump, "kmem", Long.toHexString(wreck.held + 8)))
                .contains("0x" + Long.toHexString(wreck.held) + "-")
                .containsPattern("STATE +with a caller")
                .contains("SHADOW  may be used; last served as victim");
        String place = engine.equals("slubq") ? "the queue of cpu#0" : "the freelist of cpu#0";
        assertThat(view(dump, "kmem", Long.toHexString(wreck.queued)))
                .containsPattern("STATE +in " + place + " of victim");
        assertThat(view(dump, "kmem", Long.toHexString(wreck.victim)))
                .containsPattern("STATE +in struct kmem_cache of victim");
    }

    @Test
    void sysfsHasEveryCacheAndItsFiles() {
        Wreck wreck = Wreck.of("slubq");
        Dump dump = wreck.dump();
        for (long s : wreck.kernel.slab().caches()) {
            String name = wreck.kernel.slab().nameOf(s);
            assertThat(view(dump, "sysfs")).containsPattern("d \\S+ +of " + name);
        }
        for (String file : SlabAttributes.names(wreck.kernel.slab())) {
            String text =
                    SlabAttributes.show(
                            wreck.kernel.slab(), wreck.kernel.task(0), wreck.victim, file);
            assertThat(Views.lines(dump, "sysfs", "victim"))
                    .contains(
                            String.format("%-26s %s", file, text == null ? "" : text.strip())
                                    .stripTrailing());
        }
    }

    @Test
    void theBacktraceEndsWithWhatWasReported() {
        Wreck wreck = Wreck.of("slubq").misuse();
        assertThat(Views.lines(wreck.dump(), "bt", ""))
                .first()
                .asString()
                .startsWith("CPU#0  a test, irqs on");
        assertThat(Views.lines(wreck.dump(), "bt", "").get(1))
                .containsPattern("CPU 0 +reads victim object \\d+ of page#\\d+ = ");
    }

    @Test
    void otherAddressesAreWhatTheyAre() {
        Dump dump = Wreck.of("slubq").misuse().dump();
        long lock = dump.kernel().slab().wiring().slubLock();
        assertThat(view(dump, "kmem", "8")).contains("the NULL page");
        assertThat(view(dump, "kmem", "0x7fffffffffff")).contains("there is no memory");
        assertThat(view(dump, "kmem", "ffffffffffffffff")).contains("there is no memory");
        assertThat(view(dump, "kmem", Long.toHexString(lock))).contains("slub_lock of the kernel");
        long last = dump.kernel().memory().size() - 1;
        assertThat(view(dump, "kmem", Long.toHexString(last))).containsPattern("PAGE|SLAB");
    }

    @Test
    void whatIsAskedWronglyIsSaid() {
        Dump dump = Wreck.of("slubq").dump();
        assertThatThrownBy(() -> Views.lines(dump, "slabs", ""))
                .hasMessageContaining("no view 'slabs'; there is slabinfo");
        assertThatThrownBy(() -> Views.lines(dump, "kmem", "")).hasMessageContaining("an address");
        assertThatThrownBy(() -> Views.lines(dump, "sysfs", "nobody"))
                .hasMessageContaining("no cache 'nobody'");
        assertThatThrownBy(() -> Views.lines(dump, "kmem", "xyz"))
                .hasMessageContaining("hexadecimal address, not 'xyz'");
    }
}
