package org.slubcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a report says of that which lies beside the address that was hit. */
final class AddressNeighbourTest {
    private static final long SIZE = 16384;
    private static final long OBJECT = 256;
    private static final long CACHE = 512;
    private static final String LIES = "The buggy address lies ";

    private final Console console = new Console();
    private final CheckedMemory memory = Memory.checked(SIZE, console);

    AddressNeighbourTest() {
        memory.nameCaches(cache -> "victim");
        memory.runs(Task.on(1));
    }

    /** The last line of the only report. */
    private String lastLine() {
        assertThat(console.reports()).hasSize(1);
        return console.reports().get(0).lines().reduce((one, next) -> next).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"64, 0 bytes", "65, 1 byte", "72, 8 bytes", "127, 63 bytes"})
    void aRedZoneIsBehindWhatEndsInFrontOfIt(int offset, String distance) {
        memory.poison(OBJECT, 128, Poison.REDZONE);
        memory.unpoisonObject(OBJECT, 64, CACHE);
        memory.readByte(OBJECT + offset);
        assertThat(lastLine())
                .isEqualTo(LIES + distance + " behind the end of victim, handed out on CPU#1");
    }

    @Test
    void anObjectMayEndWithinAGranule() {
        memory.poison(OBJECT, 64, Poison.REDZONE);
        memory.unpoisonObject(OBJECT, 12, CACHE);
        memory.readByte(OBJECT + 13);
        assertThat(lastLine())
                .isEqualTo(LIES + "1 byte behind the end of victim, handed out on CPU#1");
    }

    @Test
    void ofAnObjectThatEndedWithinAGranuleTheEndIsKnownRoughly() {
        memory.poison(OBJECT, 64, Poison.REDZONE);
        memory.unpoisonObject(OBJECT, 12, CACHE);
        memory.poison(OBJECT, 12, Poison.FREE_OBJECT);
        memory.read(OBJECT + 24);
        assertThat(lastLine())
                .isEqualTo(
                        LIES
                                + "at least 8 bytes behind the end of victim,"
                                + " handed out on CPU#1, taken back on CPU#1");
    }

    @ParameterizedTest
    @EnumSource(
            names = {"UNMAPPED", "REDZONE"},
            mode = EnumSource.Mode.EXCLUDE)
    void theFirstWordOfWhatIsFreeMayBeMeantForAnEnd(Poison state) {
        memory.unpoison(OBJECT, 64, "percpu");
        memory.poison(OBJECT + 64, 64, state);
        memory.read(OBJECT + 64);
        assertThat(lastLine())
                .isEqualTo(LIES + "0 bytes behind the end of percpu, handed out on CPU#1");
    }

    @ParameterizedTest
    @EnumSource(
            names = {"UNMAPPED", "REDZONE"},
            mode = EnumSource.Mode.EXCLUDE)
    void theOthersBelongToWhatIsFree(Poison state) {
        memory.unpoison(OBJECT, 64, "percpu");
        memory.unpoisonObject(OBJECT + 64, 64, CACHE);
        memory.poison(OBJECT + 64, 64, state);
        memory.unpoison(OBJECT + 128, 64, "percpu");
        memory.read(OBJECT + 72);
        memory.read(OBJECT + 120);
        assertThat(console.reports())
                .hasSize(2)
                .allMatch(report -> report.contains("last served as victim"))
                .noneMatch(report -> report.contains(LIES));
    }

    @Test
    void whatIsFreeIsNotSaidToLieBehindWhatIsFree() {
        memory.unpoisonObject(OBJECT, 128, CACHE);
        memory.poison(OBJECT, 128, Poison.FREE_OBJECT);
        memory.read(OBJECT + 64);
        assertThat(lastLine()).doesNotContain(LIES);
    }

    @Test
    void aRedZoneInFrontOfWhatIsFreeIsNoEnd() {
        memory.unpoison(OBJECT, 64, "pages");
        memory.poison(OBJECT + 64, 8, Poison.REDZONE);
        memory.poison(OBJECT + 72, 56, Poison.FREE_OBJECT);
        memory.read(OBJECT + 72);
        assertThat(lastLine()).doesNotContain(LIES);
    }

    @Test
    void withNothingInFrontARedZoneIsBeforeWhatFollows() {
        memory.poison(OBJECT, 64, Poison.REDZONE);
        memory.unpoisonObject(OBJECT + 64, 64, CACHE);
        memory.read(OBJECT + 48);
        assertThat(lastLine())
                .isEqualTo(LIES + "16 bytes before the start of victim, handed out on CPU#1");
    }

    @Test
    void whatLiesInFrontComesFirst() {
        memory.unpoison(OBJECT, 64, "pages");
        memory.poison(OBJECT + 64, 64, Poison.REDZONE);
        memory.unpoisonObject(OBJECT + 128, 64, CACHE);
        memory.read(OBJECT + 120);
        assertThat(lastLine())
                .isEqualTo(LIES + "56 bytes behind the end of pages, handed out on CPU#1");
    }

    @Test
    void nothingIsSaidWhereNothingIsKnown() {
        memory.poison(OBJECT, 64, Poison.REDZONE);
        memory.poison(OBJECT + 64, 8, Poison.UNMAPPED);
        memory.read(OBJECT);
        memory.poison(OBJECT + 1024, 64, Poison.FREE_OBJECT);
        memory.read(OBJECT + 1024);
        assertThat(console.reports()).hasSize(2).noneMatch(report -> report.contains(LIES));
    }

    @ParameterizedTest
    @CsvSource({"4096, true", "4104, false"})
    void furtherThanAPageAwayNothingIsMeant(int farthest, boolean told) {
        memory.unpoison(OBJECT, 64, "pages");
        memory.poison(OBJECT + 64, 8192, Poison.REDZONE);
        memory.read(OBJECT + 64 + farthest - Memory.WORD);
        assertThat(lastLine().contains(LIES)).isEqualTo(told);
    }

    @Test
    void theEdgesOfMemoryAreNoNeighbours() {
        memory.poison(SIZE - 64, 64, Poison.REDZONE);
        memory.read(SIZE - 8);
        memory.poison(MemoryMap.NULL_PAGE, 64, Poison.REDZONE);
        memory.read(MemoryMap.NULL_PAGE);
        assertThat(console.reports()).hasSize(2).noneMatch(report -> report.contains(LIES));
    }
}
