package org.slubcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where tasks meet: nothing is known at first, and then what was seen. */
final class MeetingsTest {
    private static final long BYTES = 1024;
    private static final int WORD = 40;

    private final Meetings first = new Meetings(BYTES);

    @Test
    void whereOneTaskIsAloneNobodyMeets() {
        first.touch(0, WORD, true, true);
        first.touch(0, WORD, false, true);

        assertThat(first.complete()).isTrue();
        assertThat(first.next().count()).isZero();
        assertThat(first.next().meets(0, WORD, true, true)).isFalse();
    }

    /** The last task's bits are the sign of a byte. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, Meetings.TASKS - 1})
    void noTaskMeetsItself(int task) {
        first.touch(task, WORD, true, true);
        first.touch(task, WORD, false, true);
        first.give(task, WORD);

        assertThat(first.complete()).isTrue();
        Meetings next = first.next();
        assertThat(next.count()).isZero();
        assertThat(next.meets(task, WORD, true, true)).isFalse();
        assertThat(next.meets(task, WORD, false, false)).isFalse();
        assertThat(next.meetsUser(task, WORD)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, Meetings.TASKS - 1})
    void everyTaskMeetsTheNext(int task) {
        int other = (task + 1) % Meetings.TASKS;
        first.touch(task, WORD, true, true);
        first.touch(other, WORD, false, true);

        assertThat(first.complete()).isFalse();
        assertThat(first.next().meets(task, WORD, true, true)).isTrue();
        assertThat(first.next().meets(other, WORD, false, true)).isTrue();
    }

    @Test
    void whoReadsWhatAllReadMeetsNobody() {
        first.touch(0, WORD, false, true);
        first.touch(1, WORD, false, true);

        assertThat(first.complete()).isTrue();
        assertThat(first.next().meets(0, WORD, false, true)).isFalse();
    }

    @Test
    void aReaderMeetsAWriterAndTheWriterMeetsHim() {
        first.touch(0, WORD, true, true);
        assertThat(first.complete()).isTrue();
        first.touch(1, WORD, false, true);
        assertThat(first.complete()).isFalse();

        Meetings next = first.next();
        assertThat(next.count()).isEqualTo(1);
        assertThat(next.meets(0, WORD, true, true)).isTrue();
        assertThat(next.meets(1, WORD, false, true)).isTrue();
        assertThat(next.meets(0, WORD, false, true)).as("nobody else writes there").isFalse();
        assertThat(next.meets(0, WORD + 1, true, true)).isFalse();
    }

    @Test
    void aPlainAccessMeetsMarkedOnesAlone() {
        first.touch(0, WORD, true, false);
        first.touch(1, WORD, false, true);
        first.touch(1, WORD + 1, true, false);
        first.touch(0, WORD + 1, true, false);

        Meetings next = first.next();
        assertThat(next.meets(0, WORD, true, false)).as("a marked load").isTrue();
        assertThat(next.meets(0, WORD + 1, true, false)).as("a plain store").isFalse();
        assertThat(next.meets(0, WORD + 1, true, true)).isTrue();
    }

    @Test
    void whoTakesMemoryBackMeetsWhoeverUsesIt() {
        first.give(0, WORD);
        assertThat(first.complete()).isTrue();
        first.touch(1, WORD, false, false);
        assertThat(first.complete()).isFalse();

        Meetings next = first.next();
        assertThat(next.meetsUser(0, WORD)).isTrue();
        assertThat(next.meets(1, WORD, false, false)).as("a plain load").isTrue();
        assertThat(next.meets(1, WORD, false, true)).as("a marked load").isTrue();
    }

    @Test
    void whoTakesMemoryBackThatNobodyUsesMeetsNobody() {
        first.give(0, WORD);
        first.give(1, WORD);
        assertThat(first.complete()).isTrue();
        assertThat(first.next().meetsUser(0, WORD)).isFalse();

        first.touch(1, WORD, false, false);
        assertThat(first.complete()).isFalse();
        Meetings next = first.next();
        assertThat(next.meetsUser(0, WORD)).isTrue();
        assertThat(next.meetsUser(1, WORD)).as("the order of the two counts").isTrue();
    }

    @Test
    void whatWasKnownBeforeIsNoNews() {
        first.touch(0, WORD, true, true);
        first.touch(3, WORD, true, true);
        Meetings next = first.next();

        next.touch(3, WORD, true, true);
        next.touch(0, WORD, true, true);
        assertThat(next.complete()).isTrue();
        next.touch(0, WORD, false, true);
        assertThat(next.complete()).as("another kind of access").isFalse();
    }

    @Test
    void whoProbesMeetsWhoeverStoresThere() throws InterruptedException {
        CheckedMemory memory = Memory.checked(BYTES, new Console());
        memory.meet(first);
        Threads.run(
                () -> {
                    memory.actor(0);
                    memory.probeKernelRead(256);
                });
        Threads.run(
                () -> {
                    memory.actor(1);
                    memory.write(256, 1);
                });

        assertThat(first.complete()).isFalse();
        assertThat(first.next().meets(1, 32, true, false)).as("the plain store").isTrue();
    }

    @Test
    void anAccessThatMeetsNobodyDoesWhatAnyOtherDoes() throws InterruptedException {
        CheckedMemory memory = Memory.checked(BYTES, new Console());
        memory.meet(first);
        memory.startLog(true);
        Threads.run(
                () -> {
                    memory.actor(0);
                    memory.writeOnce(256, 5);
                    memory.storeRelease(264, 1L << Integer.SIZE);
                    memory.writeOnceInt(264, 7);
                    assertThat(memory.cmpxchg(256, 5, 6)).isTrue();
                    assertThat(memory.cmpxchg(256, 5, 7)).isFalse();
                    assertThat(memory.fetchAdd(256, 2)).isEqualTo(6);
                    assertThat(memory.awaitClear(272, -1)).isZero();
                    assertThat(memory.readOnce(256)).isEqualTo(8);
                    assertThat(memory.loadAcquire(264)).isEqualTo(1L << Integer.SIZE | 7);
                    assertThat(memory.readOnceInt(268)).isEqualTo(1);
                    assertThat(memory.dataRaceInt(264)).isEqualTo(7);
                });
        assertThat(memory.log().size()).isEqualTo(11);
        assertThat(first.complete()).isTrue();
    }
}
