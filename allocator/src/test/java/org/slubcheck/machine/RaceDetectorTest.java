package org.slubcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.slubcheck.machine.RaceDetector.Race;

/**
 * Each rule with a run that must be reported beside one that must not. The numbers are threads, so
 * that a test is one interleaving, written down.
 */
final class RaceDetectorTest {
    private static final long X = 128;
    private static final long FLAG = 256;

    private final List<Race> races = new ArrayList<>();
    private final RaceDetector detector = new RaceDetector(4096, races::add);

    private void mustReport() {
        assertThat(races).as("races").isNotEmpty();
    }

    private void mustNotReport() {
        assertThat(races).as("races").isEmpty();
    }

    /** Which pairs of accesses conflict. */
    @Nested
    final class Conflicts {
        @Test
        void plainWriteAgainstPlainWrite() {
            detector.write(0, X, 8);
            detector.write(1, X, 8);
            mustReport();
        }

        @Test
        void plainReadAgainstPlainReadIsNone() {
            detector.read(0, X, 8);
            detector.read(1, X, 8);
            mustNotReport();
        }

        @Test
        void plainReadBehindPlainWrite() {
            detector.write(0, X, 8);
            detector.read(1, X, 8);
            mustReport();
            assertThat(races)
                    .singleElement()
                    .isEqualTo(new Race(X, false, false, 1, true, false, 0, false));
        }

        @Test
        void plainWriteBehindPlainRead() {
            detector.read(0, X, 8);
            detector.write(1, X, 8);
            mustReport();
        }

        @Test
        void oneThreadAloneIsNone() {
            detector.write(0, X, 8);
            detector.read(0, X, 8);
            detector.writeOnce(0, X, 8);
            detector.write(0, X, 8);
            mustNotReport();
        }

        @Test
        void markedReadBehindPlainWrite() {
            detector.write(0, X, 8);
            detector.readOnce(1, X, 8);
            mustReport();
            assertThat(races)
                    .singleElement()
                    .isEqualTo(new Race(X, false, true, 1, true, false, 0, false));
        }

        @Test
        void markedReadBehindPlainReadIsNone() {
            detector.read(0, X, 8);
            detector.readOnce(1, X, 8);
            mustNotReport();
        }

        @Test
        void plainWriteBehindMarkedRead() {
            detector.readOnce(0, X, 8);
            detector.write(1, X, 8);
            mustReport();
        }

        @Test
        void plainReadBehindMarkedWrite() {
            detector.writeOnce(0, X, 8);
            detector.read(1, X, 8);
            mustReport();
        }

        @Test
        void plainWriteBehindMarkedWrite() {
            detector.writeOnce(0, X, 8);
            detector.write(1, X, 8);
            mustReport();
        }

        @Test
        void markedWriteBehindPlainRead() {
            detector.read(0, X, 8);
            detector.writeOnce(1, X, 8);
            mustReport();
        }

        @Test
        void markedAgainstMarkedIsNone() {
            detector.writeOnce(0, X, 8);
            detector.writeOnce(1, X, 8);
            detector.readOnce(2, X, 8);
            detector.acquire(3, X);
            detector.release(1, X);
            detector.update(2, X, 8);
            detector.writeOnce(0, X, 8);
            mustNotReport();
        }

        @Test
        void aThirdThreadsReadIsRemembered() {
            detector.read(0, X, 8);
            detector.read(1, X, 8);
            detector.release(1, FLAG);
            detector.acquire(2, FLAG);
            detector.write(2, X, 8);
            mustReport();
            assertThat(races).singleElement().extracting(Race::other).isEqualTo(0);
        }

        @Test
        void eachPairOfKindsIsReportedOnce() {
            for (int i = 0; i < 5; i++) {
                detector.write(0, X, 8);
                detector.write(1, X, 8);
            }
            assertThat(races).hasSize(1);
        }

        @Test
        void theNinthThreadIsRefused() {
            detector.read(7, X, 8);
            assertThatThrownBy(() -> detector.read(8, X, 8))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    /** Which bytes conflict. */
    @Nested
    final class Ranges {
        @Test
        void readsOfBothHalvesOfAWordDoNotMeetAWriteOfTheNextWord() {
            detector.write(0, X, 8);
            detector.read(1, X + 8, 8);
            detector.read(1, X - 8, 8);
            mustNotReport();
        }

        @Test
        void aWordTouchesBothItsHalves() {
            detector.write(0, X, 8);
            detector.read(1, X + 4, 4);
            mustReport();
        }

        @Test
        void readOfOneHalfDoesNotMeetAWriteOfTheOther() {
            detector.write(0, X, 4);
            detector.read(1, X + 4, 4);
            detector.readOnce(1, X + 4, 4);
            mustNotReport();
        }

        @Test
        void plainStoresToTwoHalvesLoseOne() {
            detector.write(0, X, 4);
            detector.write(1, X + 4, 4);
            mustReport();
            assertThat(races).singleElement().extracting(Race::lostUpdate).isEqualTo(true);
        }

        @Test
        void markedStoresToTwoHalvesLoseOne() {
            detector.writeOnce(0, X + 4, 4);
            detector.writeOnce(1, X, 4);
            mustReport();
            assertThat(races).singleElement().extracting(Race::lostUpdate).isEqualTo(true);
        }

        @Test
        void storesThatLeaveTheOtherHalfAloneLoseNone() {
            detector.writeAlone(0, X + 4);
            detector.update(1, X, 4);
            detector.writeAlone(0, X + 4);
            mustNotReport();
        }

        @Test
        void aStoreThatWritesBackWhatAnAtomicOperationChangesLosesIt() {
            detector.update(0, X, 4);
            detector.write(1, X + 4, 4);
            mustReport();
            assertThat(races).singleElement().extracting(Race::lostUpdate).isEqualTo(true);
        }

        @Test
        void storesToTheSameHalfAreARaceAllTheSame() {
            detector.writeAlone(0, X + 4);
            detector.writeAlone(1, X + 4);
            mustReport();
        }

        @Test
        void orderedStoresToTwoHalvesLoseNone() {
            detector.write(0, X, 4);
            detector.release(0, FLAG);
            detector.acquire(1, FLAG);
            detector.write(1, X + 4, 4);
            detector.writeOnce(1, X + 4, 4);
            mustNotReport();
        }

        @Test
        void aByteBesideAByteIsOneWord() {
            detector.write(0, X, 1);
            detector.write(1, X + 7, 1);
            mustReport();
        }

        @Test
        void memsetMeetsAReadAtItsEnd() {
            detector.write(0, X, 64);
            detector.read(1, X + 60, 4);
            mustReport();
        }

        @Test
        void memsetDoesNotMeetAReadBehindItsEnd() {
            detector.write(0, X, 64);
            detector.read(1, X + 64, 8);
            mustNotReport();
        }
    }

    /** A release store and who acquires it. */
    @Nested
    final class ReleaseAndAcquire {
        @Test
        void publishes() {
            detector.write(0, X, 8);
            detector.release(0, FLAG);
            detector.acquire(1, FLAG);
            detector.read(1, X, 8);
            mustNotReport();
        }

        @Test
        void missingReleaseDoesNot() {
            detector.write(0, X, 8);
            detector.writeOnce(0, FLAG, 8);
            detector.acquire(1, FLAG);
            detector.read(1, X, 8);
            mustReport();
        }

        @Test
        void missingAcquireDoesNot() {
            detector.write(0, X, 8);
            detector.release(0, FLAG);
            detector.readOnce(1, FLAG, 8);
            detector.read(1, X, 8);
            mustReport();
        }

        @Test
        void anotherWordDoesNot() {
            detector.write(0, X, 8);
            detector.release(0, FLAG);
            detector.acquire(1, FLAG + 8);
            detector.read(1, X, 8);
            mustReport();
        }

        @Test
        void whatComesBehindTheReleaseIsNotPublished() {
            detector.release(0, FLAG);
            detector.write(0, X, 8);
            detector.acquire(1, FLAG);
            detector.read(1, X, 8);
            mustReport();
        }

        @Test
        void whatTheAcquirerDidBeforeIsNotOrderedForTheReleaser() {
            detector.write(1, X, 8);
            detector.release(0, FLAG);
            detector.acquire(1, FLAG);
            detector.write(0, X, 8);
            mustReport();
        }

        @Test
        void ordersThroughAThirdThread() {
            detector.write(0, X, 8);
            detector.release(0, FLAG);
            detector.acquire(1, FLAG);
            detector.release(1, FLAG + 8);
            detector.acquire(2, FLAG + 8);
            detector.write(2, X, 8);
            mustNotReport();
        }

        @Test
        void manyWordsPublishEachItsOwn() {
            for (int i = 0; i < 100; i++) {
                detector.write(0, X + 8L * i, 8);
                detector.release(0, 2048 + 8L * i);
                detector.barrier(0);
                detector.writeOnce(0, 3072 + 8L * i, 8);
            }
            for (int i = 0; i < 100; i++) {
                detector.acquire(1, (i % 2 == 0 ? 2048 : 3072) + 8L * i);
                detector.read(1, X + 8L * i, 8);
            }
            mustNotReport();
            detector.acquire(2, 2048 + 8L * 50);
            detector.read(2, X + 8L * 51, 8);
            mustReport();
        }

        @Test
        void theAccessIsJudgedByWhatWasKnownBeforeIt() {
            detector.write(0, FLAG, 8);
            detector.release(0, FLAG);
            detector.acquire(1, FLAG);
            mustReport();
        }
    }

    /** What keeps a release sequence going and what breaks it. */
    @Nested
    final class ReleaseSequences {
        @Test
        void anotherReleaseReplacesTheClock() {
            detector.write(0, X, 8);
            detector.release(0, FLAG);
            detector.release(1, FLAG);
            detector.acquire(2, FLAG);
            detector.read(2, X, 8);
            mustReport();
        }

        @Test
        void anAtomicUpdateContinuesIt() {
            detector.write(0, X, 8);
            detector.release(0, FLAG);
            detector.update(1, FLAG, 8);
            detector.acquire(2, FLAG);
            detector.read(2, X, 8);
            mustNotReport();
        }

        @Test
        void aWriteOnceBreaksIt() {
            detector.write(0, X, 8);
            detector.release(0, FLAG);
            detector.writeOnce(1, FLAG, 8);
            detector.acquire(2, FLAG);
            detector.read(2, X, 8);
            mustReport();
        }

        @Test
        void aPlainWriteBreaksIt() {
            detector.write(0, X, 8);
            detector.release(0, FLAG);
            detector.acquire(1, FLAG);
            detector.write(1, FLAG, 8);
            detector.acquire(2, FLAG);
            detector.read(2, X, 8);
            assertThat(races).extracting(Race::address).contains(FLAG, X);
        }

        @Test
        void aFailedCompareAndExchangeDoesNotBreakIt() {
            detector.write(0, X, 8);
            detector.release(0, FLAG);
            detector.readOnce(1, FLAG, 8);
            detector.acquire(2, FLAG);
            detector.read(2, X, 8);
            mustNotReport();
        }

        @Test
        void aFailedCompareAndExchangeAcquiresNothing() {
            detector.write(0, X, 8);
            detector.release(0, FLAG);
            detector.readOnce(1, FLAG, 8);
            detector.read(1, X, 8);
            mustReport();
        }
    }

    /** cmpxchg that stored, and fetchAdd. */
    @Nested
    final class Updates {
        @Test
        void acquire() {
            detector.write(0, X, 8);
            detector.release(0, FLAG);
            detector.update(1, FLAG, 8);
            detector.read(1, X, 8);
            mustNotReport();
        }

        @Test
        void release() {
            detector.write(0, X, 8);
            detector.update(0, FLAG, 8);
            detector.acquire(1, FLAG);
            detector.read(1, X, 8);
            mustNotReport();
        }

        @Test
        void readersOfASemaphoreAreAllOrderedBeforeTheWriter() {
            detector.read(0, X, 8);
            detector.read(1, X, 8);
            detector.update(0, FLAG, 8);
            detector.update(1, FLAG, 8);
            detector.acquire(2, FLAG);
            detector.write(2, X, 8);
            mustNotReport();
        }

        @Test
        void areNoBarrierForOtherWords() {
            detector.write(0, X, 8);
            detector.update(0, FLAG + 8, 8);
            detector.writeOnce(0, FLAG, 8);
            detector.acquire(1, FLAG);
            detector.read(1, X, 8);
            mustReport();
        }

        @Test
        void aLockOrders() {
            detector.update(0, FLAG, 8);
            detector.write(0, X, 8);
            detector.release(0, FLAG);
            detector.acquire(1, FLAG);
            detector.update(1, FLAG, 8);
            detector.write(1, X, 8);
            detector.release(1, FLAG);
            mustNotReport();
        }

        @Test
        void twoLocksDoNot() {
            detector.update(0, FLAG, 8);
            detector.write(0, X, 8);
            detector.release(0, FLAG);
            detector.update(1, FLAG + 8, 8);
            detector.write(1, X, 8);
            mustReport();
        }
    }

    /** smp_mb. */
    @Nested
    final class Barriers {
        @Test
        void publishWithAMarkedStore() {
            detector.write(0, X, 8);
            detector.barrier(0);
            detector.writeOnce(0, FLAG, 8);
            detector.acquire(1, FLAG);
            detector.read(1, X, 8);
            mustNotReport();
        }

        @Test
        void doNotPublishWhatStandsBehindThem() {
            detector.barrier(0);
            detector.write(0, X, 8);
            detector.writeOnce(0, FLAG, 8);
            detector.acquire(1, FLAG);
            detector.read(1, X, 8);
            mustReport();
        }

        @Test
        void acquireBehindAMarkedLoad() {
            detector.write(0, X, 8);
            detector.release(0, FLAG);
            detector.readOnce(1, FLAG, 8);
            detector.barrier(1);
            detector.read(1, X, 8);
            mustNotReport();
        }

        @Test
        void doNotAcquireAheadOfTheLoad() {
            detector.write(0, X, 8);
            detector.release(0, FLAG);
            detector.barrier(1);
            detector.readOnce(1, FLAG, 8);
            detector.read(1, X, 8);
            mustReport();
        }

        @Test
        void pairWithEachOther() {
            detector.write(0, X, 8);
            detector.barrier(0);
            detector.writeOnce(0, FLAG, 8);
            detector.readOnce(1, FLAG, 8);
            detector.barrier(1);
            detector.read(1, X, 8);
            mustNotReport();
        }

        @Test
        void aloneOrderNothing() {
            detector.write(0, X, 8);
            detector.barrier(0);
            detector.barrier(1);
            detector.read(1, X, 8);
            mustReport();
        }
    }
}
