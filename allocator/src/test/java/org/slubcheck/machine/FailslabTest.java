package org.slubcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FailslabTest {
    private final MemoryMap map = new MemoryMap();
    private final long base = Faults.reserve(map);
    private final Memory memory = Memory.plain(map.seal(8));
    private final Failslab failslab = Faults.at(memory, base).failslab();

    private void set(String knobs) {
        failslab.set(FaultAttr.parse(knobs));
    }

    private boolean request() {
        return failslab.shouldFail(64, false, false);
    }

    private List<Integer> failures(int requests) {
        List<Integer> failed = new ArrayList<>();
        for (int i = 1; i <= requests; i++) {
            if (request()) {
                failed.add(i);
            }
        }
        return failed;
    }

    @Test
    void nothingFailsUntilKnobsAreSet() {
        assertThat(failslab.isOn()).isFalse();
        assertThat(failures(10)).isEmpty();
        set("times=-1");
        assertThat(failures(1000)).as("a probability of 0").isEmpty();
        failslab.off();
        assertThat(failslab.isOn()).isFalse();
    }

    @Test
    void timesIsHowOftenItFailsInAll() {
        set("probability=100");
        assertThat(failures(5)).containsExactly(1);
        set("probability=100,times=3");
        assertThat(failures(9)).containsExactly(1, 2, 3);
        set("probability=100,times=0");
        assertThat(failures(9)).isEmpty();
    }

    @Test
    void everyIntervalthIsLookedAt() {
        set("probability=100,times=-1,interval=4");
        assertThat(failures(13)).containsExactly(4, 8, 12);
    }

    @Test
    void spaceIsHandedOutFirst() {
        set("probability=100,times=-1,space=200");
        // 200, 136 and 72 are more than 64; then 8 are left, which are less than is asked for.
        assertThat(failures(5)).containsExactly(4, 5);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 50, 99})
    void probabilityIsInAHundred(int probability) {
        set("probability=" + probability + ",times=-1");
        assertThat(failures(20_000).size() / 200.0).isBetween(probability - 1.5, probability + 1.5);
    }

    @Test
    void theSeedDecidesAndForksAgree() {
        set("probability=20,times=-1,seed=7");
        Failslab fork = Faults.at(memory.fork(), base).failslab();
        List<Integer> here = failures(500);
        List<Integer> there = new ArrayList<>();
        for (int i = 1; i <= 500; i++) {
            if (fork.shouldFail(64, false, false)) {
                there.add(i);
            }
        }
        assertThat(there).isEqualTo(here);
        set("probability=20,times=-1,seed=7");
        assertThat(failures(500)).isEqualTo(here);
        set("probability=20,times=-1,seed=8");
        assertThat(failures(500)).isNotEqualTo(here);
    }

    @ParameterizedTest
    @CsvSource({
        "Y, N, true, false, false",
        "Y, N, false, false, true",
        "N, N, true, false, true",
        "N, Y, false, false, false",
        "N, Y, false, true, true",
        "1, 1, true, true, false"
    })
    void filtersLookAtTheRequest(
            String ignoreWait, String filter, boolean sleeps, boolean marked, boolean fails) {
        set("probability=100,ignore-gfp-wait=" + ignoreWait + ",cache-filter=" + filter);
        assertThat(failslab.shouldFail(64, sleeps, marked)).isEqualTo(fails);
    }

    @Test
    void severalCpusNeverFailMoreOftenThanTimes() throws InterruptedException {
        set("probability=100,times=300");
        AtomicInteger failed = new AtomicInteger();
        Threads.together(
                2,
                i -> {
                    for (int n = 0; n < 1000; n++) {
                        if (request()) {
                            failed.incrementAndGet();
                        }
                    }
                });
        assertThat(failed).hasValue(300);
    }

    /** Who loses the race for the count looks again, and does not let his object through. */
    @Test
    void severalCpusNeverLetAnObjectThroughBeforeTimes() throws InterruptedException {
        int each = 100_000;
        set("probability=100,times=" + 2 * each);
        AtomicInteger failed = new AtomicInteger();
        Threads.together(
                2,
                i -> {
                    int mine = 0;
                    for (int n = 0; n < each; n++) {
                        mine += request() ? 1 : 0;
                    }
                    failed.addAndGet(mine);
                });
        assertThat(failed).hasValue(2 * each);
        assertThat(request()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | is not name=value",
                "probability | is not name=value",
                "probability=-1 | must be 0..100, not -1",
                "chance=3 | there is interval, probability",
                "ignore-gfp-wait=perhaps | must be Y or N, not 'perhaps'",
                "times=9999999999999999999 | must be a number"
            })
    void whatMakesNoSenseIsRefused(String knobs, String message) {
        assertThatThrownBy(() -> FaultAttr.parse(knobs))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("failslab: ")
                .hasMessageContaining(message);
    }
}
