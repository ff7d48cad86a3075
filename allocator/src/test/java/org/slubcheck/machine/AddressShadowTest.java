package org.slubcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressShadowTest {
    private static final long SIZE = 4096;
    private static final long OBJECT = 256;
    private static final long CACHE = 512;

    private final Console console = new Console();
    private final CheckedMemory memory = Memory.checked(SIZE, console);

    AddressShadowTest() {
        memory.runs(Task.on(1));
    }

    @Test
    void freshMemoryMayBeUsedFromTheNullPageToTheEnd() {
        memory.fill(MemoryMap.NULL_PAGE, SIZE - MemoryMap.NULL_PAGE, 1);
        memory.read(MemoryMap.NULL_PAGE);
        memory.readByte(SIZE - 1);
        assertThat(console.reports()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = "UNMAPPED", mode = EnumSource.Mode.EXCLUDE)
    void everyStateIsReportedByItsName(Poison state) {
        memory.poison(OBJECT, 64, state);
        memory.read(OBJECT + 8);
        assertThat(console.reports())
                .singleElement()
                .asString()
                .startsWith("BUG: KASAN: " + state.kasanName() + " in 0x108\n")
                .contains("Read of size 8 at addr 0000000000000108 by CPU#1");
    }

    @Test
    void whereNothingIsMappedTheKernelDies() {
        memory.poison(OBJECT, 64, Poison.UNMAPPED);
        assertThatThrownBy(() -> memory.read(OBJECT + 8))
                .isInstanceOfSatisfying(
                        KernelDeath.class,
                        d -> assertThat(d.how()).isEqualTo(KernelDeath.Cause.OOPS))
                .hasMessageStartingWith(
                        "BUG: unable to handle kernel paging request at %016x", OBJECT + 8);
        memory.unpoison(OBJECT, 64, "mapped");
        assertThat(memory.read(OBJECT + 8)).isZero();
    }

    @ParameterizedTest
    @EnumSource(Poison.class)
    void everyStateIsLiftedAgain(Poison state) {
        memory.poison(OBJECT, 64, state);
        memory.unpoison(OBJECT, 64, "kmalloc-64");
        memory.fill(OBJECT, 64, 0);
        memory.copy(OBJECT + 64, OBJECT, 64);
        assertThat(console.reports()).isEmpty();
    }

    @Test
    void neighboursOfAPoisonedRangeStayUsable() {
        memory.poison(OBJECT, 64, Poison.FREE_OBJECT);
        memory.write(OBJECT - 8, 1);
        memory.write(OBJECT + 64, 1);
        assertThat(console.reports()).isEmpty();
    }

    @Test
    void aCacheIsNamedWhenTheReportIsMade() {
        AtomicInteger asked = new AtomicInteger();
        memory.nameCaches(
                cache -> {
                    asked.incrementAndGet();
                    return cache == CACHE ? "victim" : "";
                });
        memory.unpoisonObject(OBJECT, 64, CACHE);
        memory.unpoisonObject(OBJECT + 64, 64, CACHE + 8);
        memory.poison(OBJECT, 128, Poison.FREE_OBJECT);
        assertThat(asked).hasValue(0);
        memory.read(OBJECT);
        memory.read(OBJECT + 64);
        assertThat(asked).hasValue(2);
        assertThat(console.reports().get(0)).contains("last served as victim, handed out");
        assertThat(console.reports().get(1))
                .contains("last served as an object of a cache that is gone, handed out");
    }

    @Test
    void aCacheWithoutANameIsItsAddress() {
        memory.unpoisonObject(OBJECT, 64, CACHE);
        memory.poison(OBJECT, 64, Poison.FREE_OBJECT);
        memory.forkChecked(console).read(OBJECT);
        assertThat(console.reports())
                .singleElement()
                .asString()
                .contains("last served as " + String.format("0x%x", CACHE));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
    void anObjectMayEndWithinAGranule(int tail) {
        memory.poison(OBJECT, 64, Poison.REDZONE);
        memory.unpoison(OBJECT, 8 + tail, "odd");
        memory.readByte(OBJECT + 8 + tail - 1);
        assertThat(console.reports()).isEmpty();
        memory.readByte(OBJECT + 8 + tail);
        assertThat(console.reports())
                .singleElement()
                .asString()
                .contains("slab-out-of-bounds", "last served as odd");
    }

    @Test
    void anObjectThatEndsWithinAGranuleIsPoisonedWhole() {
        memory.poison(OBJECT, 64, Poison.REDZONE);
        memory.unpoison(OBJECT, 12, "odd");
        memory.poison(OBJECT, 12, Poison.FREE_OBJECT);
        memory.readInt(OBJECT + 8);
        assertThat(console.reports()).singleElement().asString().contains("slab-use-after-free");
    }

    @ParameterizedTest
    @CsvSource({"4, 4, 0, 4", "4, 12, 0, 4", "2, 30, 0, 2"})
    void poisonFromWithinAGranuleLeavesItsHead(int from, int bytes, int free, int head) {
        memory.poison(OBJECT + from, bytes, Poison.REDZONE);
        memory.fill(OBJECT + free, head, 1);
        assertThat(console.reports()).isEmpty();
    }

    @Test
    void poisonFromWithinAGranuleForbidsItsTail() {
        memory.poison(OBJECT + 4, 12, Poison.REDZONE);
        memory.readInt(OBJECT + 4);
        assertThat(console.reports()).hasSize(1);
    }

    @Test
    void whatAGranuleCannotSayCountsAsUsable() {
        memory.poison(OBJECT, 4, Poison.REDZONE);
        memory.readInt(OBJECT + 4);
        assertThat(console.reports()).isEmpty();
    }

    @Test
    void memsetAndMemcpyAreCheckedOverTheirWholeLength() {
        memory.poison(OBJECT + 56, 8, Poison.REDZONE);
        memory.fill(OBJECT, 56, 0);
        memory.copy(OBJECT + 128, OBJECT, 56);
        assertThat(console.reports()).isEmpty();
        memory.copy(OBJECT + 128, OBJECT, 57);
        assertThat(console.reports())
                .singleElement()
                .asString()
                .contains("Read of size 57 at addr 0000000000000100");
    }

    @Test
    void aReportComesOnceForEachGranuleAndKind() {
        memory.poison(OBJECT, 16, Poison.FREE_OBJECT);
        for (int i = 0; i < 3; i++) {
            memory.write(OBJECT, i);
        }
        assertThat(console.reports()).hasSize(1);
        memory.write(OBJECT + 8, 0);
        assertThat(console.reports()).hasSize(2);
        memory.poison(OBJECT, 8, Poison.FREE_PAGE);
        memory.write(OBJECT, 0);
        assertThat(console.reports()).hasSize(3);
    }

    @Test
    void theReportSaysWhoHandedOutAndTookBack() {
        memory.unpoison(OBJECT, 64, "kmalloc-64");
        memory.runs(Task.on(0));
        memory.poison(OBJECT, 64, Poison.FREE_OBJECT);
        memory.runs(Task.on(1));
        memory.writeByte(OBJECT + 3, 1);
        assertThat(console.reports())
                .containsExactly(
                        """
            BUG: KASAN: slab-use-after-free in 0x103
            Write of size 1 at addr 0000000000000103 by CPU#1
            The buggy address last served as kmalloc-64, handed out on CPU#1, taken back on CPU#0""");
    }

    @Test
    void markedAccessesAreCheckedToo() {
        memory.poison(OBJECT, 64, Poison.FREE_OBJECT);
        memory.readOnce(OBJECT);
        memory.writeOnce(OBJECT + 8, 0);
        memory.loadAcquire(OBJECT + 16);
        memory.storeRelease(OBJECT + 24, 0);
        memory.cmpxchg(OBJECT + 32, 0, 1);
        memory.fetchAdd(OBJECT + 40, 1);
        memory.awaitClear(OBJECT + 48, 1);
        memory.readOnceInt(OBJECT + 56);
        memory.writeOnceInt(OBJECT + 60, 0);
        assertThat(console.reports()).as("the last two share a granule").hasSize(8);
    }

    @Test
    void theAllocatorMayLookAfterWhatItPoisoned() {
        memory.poison(OBJECT, 64, Poison.FREE_OBJECT);
        memory.metadataAccessEnable();
        memory.read(OBJECT);
        memory.metadataAccessDisable();
        assertThat(console.reports()).isEmpty();
        memory.read(OBJECT);
        assertThat(console.reports()).hasSize(1);
    }

    @Test
    void judgementCanBeTurnedOffAndTheBooksGoOn() {
        memory.checkAddresses(false);
        memory.poison(OBJECT, 64, Poison.FREE_OBJECT);
        memory.read(OBJECT);
        assertThat(console.reports()).isEmpty();
        memory.checkAddresses(true);
        memory.read(OBJECT);
        assertThat(console.reports()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 8, 0x18, 56})
    void theNullPageFaults(long address) {
        assertThatThrownBy(() -> memory.read(address))
                .isInstanceOfSatisfying(
                        KernelDeath.class,
                        d -> assertThat(d.how()).isEqualTo(KernelDeath.Cause.OOPS))
                .hasMessageStartingWith(
                        "BUG: unable to handle kernel NULL pointer dereference at %016x", address);
        assertThat(console.reports()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {SIZE, SIZE - 8, 0x5a5a5a5a5a5a5a5aL, -8, Long.MIN_VALUE, Long.MAX_VALUE})
    void whatIsNoMemoryIsNeitherHandedOutNorTakenBack(long address) {
        memory.unpoison(address, 64, "wild");
        memory.unpoisonObject(address, 64, CACHE);
        memory.poison(address, 64, Poison.FREE_OBJECT);
        memory.read(SIZE - 8);
        assertThat(console.reports()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {SIZE, SIZE + 800, -8, Long.MIN_VALUE, 0x6b6b6b6b6b6b6b6bL, 1L << 35})
    void beyondMemoryFaults(long address) {
        assertThatThrownBy(() -> memory.writeOnce(address, 1))
                .isInstanceOf(KernelDeath.class)
                .hasMessageStartingWith(
                        "BUG: unable to handle kernel paging request at %016x", address);
    }

    @Test
    void aMemsetThatRunsOverTheEndFaultsBeforeItStores() {
        assertThatThrownBy(() -> memory.fill(SIZE - 16, 17, 7)).isInstanceOf(KernelDeath.class);
        assertThat(memory.peek(SIZE - 16)).isZero();
    }

    @Test
    void aForkOfCheckedMemoryKnowsWhatWasPoisonedAndGoesOnByItself() {
        memory.poison(OBJECT, 8, Poison.FREE_OBJECT);
        Console other = new Console();
        CheckedMemory fork = memory.forkChecked(other);
        fork.read(OBJECT);
        fork.unpoison(OBJECT, 8, "again");
        memory.read(OBJECT);
        assertThat(other.reports()).hasSize(1);
        assertThat(console.reports()).hasSize(1);
    }

    @Test
    void aForkOfBareMemoryHoldsEverythingForUsable() {
        Memory bare = Memory.plain(SIZE);
        bare.poison(OBJECT, 8, Poison.FREE_OBJECT);
        CheckedMemory fork = bare.forkChecked(console);
        fork.read(OBJECT);
        assertThat(console.reports()).isEmpty();
        assertThatThrownBy(() -> fork.read(0)).isInstanceOf(KernelDeath.class);
    }

    @Test
    void misalignedAccessIsReported() {
        memory.read(OBJECT + 8);
        assertThat(console.reports()).isEmpty();
        memory.read(OBJECT + 4);
        assertThat(console.reports())
                .singleElement()
                .asString()
                .contains("UBSAN: misaligned-access");
    }

    @Test
    void addressesGetTheNamesTheyWereGiven() {
        memory.nameAddresses(a -> "page+" + (a - OBJECT));
        memory.poison(OBJECT, 8, Poison.FREE_PAGE);
        memory.readInt(OBJECT + 4);
        assertThat(console.reports())
                .singleElement()
                .asString()
                .startsWith("BUG: KASAN: use-after-free in page+4");
    }
}
