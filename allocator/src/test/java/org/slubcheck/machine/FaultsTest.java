package org.slubcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.machine.Faults.Kind;

final class FaultsTest {
    private final MemoryMap map = new MemoryMap();
    private final long base = Faults.reserve(map);
    private final Memory memory = Memory.plain(map.seal(8));
    private final Faults faults = Faults.at(memory, base);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void exactlyTheKthFails(int k) {
        faults.failAt(Kind.PAGE, k);
        for (int i = 1; i <= 10; i++) {
            assertThat(faults.shouldFail(Kind.PAGE)).as("attempt %d", i).isEqualTo(i == k);
        }
        assertThat(faults.attempts(Kind.PAGE)).isEqualTo(10);
    }

    @Test
    void twoOfThemFail() {
        faults.shouldFail(Kind.NAME);
        faults.failAt(Kind.NAME, 2, 5);
        for (int i = 1; i <= 8; i++) {
            assertThat(faults.shouldFail(Kind.NAME))
                    .as("attempt %d", i)
                    .isEqualTo(i == 2 || i == 5);
        }
        assertThat(faults.failures(Kind.NAME)).isEqualTo(2);
    }

    @Test
    void allFromTheKthOnFailUntilItIsCalledOff() {
        faults.failFrom(Kind.SLAB, 3);
        for (int i = 1; i <= 8; i++) {
            assertThat(faults.shouldFail(Kind.SLAB)).as("attempt %d", i).isEqualTo(i >= 3);
        }
        faults.failAt(Kind.SLAB, 0);
        assertThat(faults.shouldFail(Kind.SLAB)).isFalse();
        assertThat(faults.failures(Kind.SLAB)).isEqualTo(6);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void kindsDoNotMeddle(Kind kind) {
        faults.failAt(kind, 1);
        for (Kind other : Kind.values()) {
            assertThat(faults.shouldFail(other)).isEqualTo(other == kind);
        }
    }

    @Test
    void itCanBeCalledOff() {
        faults.failAt(Kind.SLAB, 2);
        faults.shouldFail(Kind.SLAB);
        faults.failAt(Kind.SLAB, 0);
        assertThat(faults.shouldFail(Kind.SLAB)).isFalse();
    }

    @Test
    void aKernelBuiltWithoutNeverFails() {
        assertThat(Faults.none().shouldFail(Kind.NAME)).isFalse();
        assertThat(Faults.none().attempts(Kind.NAME)).isZero();
    }

    @Test
    void aForkCarriesOnWhereItsTemplateStood() {
        faults.failAt(Kind.PERCPU, 2);
        faults.shouldFail(Kind.PERCPU);
        Faults fork = Faults.at(memory.fork(), base);
        assertThat(fork.shouldFail(Kind.PERCPU)).isTrue();
        assertThat(faults.shouldFail(Kind.PERCPU)).isTrue();
    }

    @Test
    void oneOfManyThreadsFails() throws InterruptedException {
        faults.failAt(Kind.SLAB, 300);
        AtomicInteger failed = new AtomicInteger();
        Threads.together(
                2,
                i -> {
                    for (int n = 0; n < 500; n++) {
                        if (faults.shouldFail(Kind.SLAB)) {
                            failed.incrementAndGet();
                        }
                    }
                });
        assertThat(failed).hasValue(1);
        assertThat(faults.attempts(Kind.SLAB)).isEqualTo(1000);
    }
}
