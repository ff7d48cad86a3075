package org.slubcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What both memories promise; and that they are the same but for the observers. */
final class MemoryContractTest {
    private static final long SIZE = 1024;
    private static final long X = 128;

    static Stream<Memory> memories() {
        return Stream.of(Memory.plain(SIZE), Memory.checked(SIZE, new Console()));
    }

    @ParameterizedTest
    @MethodSource("memories")
    void partsOfAWordAreLittleEndianAndKeepTheRest(Memory memory) {
        memory.write(X, 0x0807060504030201L);
        assertThat(memory.readByte(X)).isEqualTo(1);
        assertThat(memory.readByte(X + 7)).isEqualTo(8);
        assertThat(memory.readInt(X + 4)).isEqualTo(0x08070605);
        memory.writeByte(X + 2, 0xfff);
        assertThat(memory.read(X)).isEqualTo(0x0807060504ff0201L);
        memory.writeInt(X + 4, -1);
        assertThat(memory.read(X)).isEqualTo(0xffffffff04ff0201L);
        memory.writeOnceInt(X, -2);
        assertThat(memory.readOnceInt(X)).isEqualTo(-2);
        assertThat(memory.readOnceInt(X + 4)).isEqualTo(-1);
        assertThat(memory.readByte(X + 3)).isEqualTo(0xff);
        assertThat(memory.peekInt(X)).isEqualTo(-2);
        assertThat(memory.peekByte(X)).isEqualTo(0xfe);
    }

    @ParameterizedTest
    @MethodSource("memories")
    void theWordsOfAStructAreThoseAtTheSum(Memory memory) {
        for (int i = 0; i < 4; i++) {
            memory.write(X, 16, i - 1, 100 + i);
        }
        assertThat(memory.read(X + 8)).isEqualTo(100);
        assertThat(memory.read(X, 8)).isEqualTo(100);
        assertThat(memory.loadAcquire(X, 16)).isEqualTo(101);
        assertThat(memory.read(X + 32)).isEqualTo(103);
        assertThat(memory.read(X, 16, 2)).isEqualTo(103);
    }

    @Test
    void whatIsOutsideOfAStructAndOfMemoryIsWild() {
        Memory memory = Memory.plain(SIZE);
        assertThat(wild(() -> memory.read(SIZE - 8, 16))).isEqualTo(SIZE + 8);
        assertThat(wild(() -> memory.loadAcquire(-64, 8))).isEqualTo(-56);
        assertThat(wild(() -> memory.read(X, 16, -32))).isEqualTo(X + 16 - 256);
        assertThat(wild(() -> memory.write(X, 16, 1 << 20, 1))).isEqualTo(X + 16 + (8L << 20));
    }

    @ParameterizedTest
    @MethodSource("memories")
    void aProbeFindsNothingWhereThereIsNoMemory(Memory memory) {
        memory.write(X, 7);
        memory.write(SIZE - 8, 9);
        assertThat(memory.probeKernelRead(X)).isEqualTo(7);
        assertThat(memory.probeKernelRead(SIZE - 8)).isEqualTo(9);
        assertThat(memory.probeKernelRead(SIZE)).isZero();
        // By its lower half alone each of these is the address of what was written.
        for (long away : new long[] {Memory.MAX_BYTES, -Memory.MAX_BYTES, Long.MIN_VALUE}) {
            assertThat(memory.probeKernelRead(X + away)).as("%x", X + away).isZero();
            assertThat(memory.probeKernelRead(SIZE - 8 + away)).isZero();
        }
    }

    /** Without the exception there would be no end to the wait. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void nobodyWaitsOnALocalMemory() {
        Memory local = Memory.plain(SIZE).local();
        assertThat(local.awaitClear(X, 1)).isZero();
        local.write(X, 1);
        assertThat(catchThrowable(() -> local.awaitClear(X, 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a wait on a local memory");
        assertThat(catchThrowable(() -> local.watchWaits(null)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a wait on a local memory");
    }

    private static long wild(ThrowingCallable access) {
        return catchThrowableOfType(WildAddress.class, access).address();
    }

    @Test
    void memoryIsNoLargerThanAnIndexReaches() {
        long bytes = Memory.MAX_BYTES + 1;
        assertThat(catchThrowable(() -> Memory.plain(bytes)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4 GiB");
        assertThat(catchThrowable(() -> Memory.checked(bytes, new Console())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4 GiB");
    }

    @ParameterizedTest
    @MethodSource("memories")
    void atomicsSayWhatTheyFound(Memory memory) {
        assertThat(memory.cmpxchg(X, 1, 2)).isFalse();
        assertThat(memory.cmpxchg(X, 0, 2)).isTrue();
        assertThat(memory.fetchAdd(X, -5)).isEqualTo(2);
        assertThat(memory.loadAcquire(X)).isEqualTo(-3);
        memory.storeRelease(X, 12);
        assertThat(memory.awaitClear(X, 3)).isEqualTo(12);
        memory.barrier();
        memory.writeOnce(X, 9);
        assertThat(memory.readOnce(X)).isEqualTo(9);
    }

    @ParameterizedTest
    @MethodSource("memories")
    void halvesOfAWordHaveOwnersOfTheirOwn(Memory memory) {
        memory.writeIntAlone(X, 7);
        memory.writeIntAlone(X + 4, -1);
        assertThat(memory.fetchAddInt(X, -7)).isEqualTo(7);
        assertThat(memory.fetchAddInt(X, 2)).isZero();
        assertThat(memory.read(X)).isEqualTo(0xffffffff_00000002L);
        memory.writeIntAlone(X + 4, 5);
        assertThat(memory.fetchAddInt(X + 4, -4)).isEqualTo(5);
        assertThat(memory.read(X)).isEqualTo(0x00000001_00000002L);
    }

    @Test
    void halvesOfAWordAreChangedAtTheSameTime() throws InterruptedException {
        Memory memory = Memory.plain(SIZE);
        int rounds = 100_000;
        Threads.together(
                2,
                thread -> {
                    for (int i = 1; i <= rounds; i++) {
                        if (thread == 0) {
                            memory.writeIntAlone(X + 4, i);
                        } else {
                            memory.fetchAddInt(X, 1);
                        }
                    }
                });
        assertThat(memory.readInt(X)).isEqualTo(rounds);
        assertThat(memory.readInt(X + 4)).isEqualTo(rounds);
    }

    @ParameterizedTest
    @MethodSource("memories")
    void memsetFillsExactlyItsBytes(Memory memory) {
        for (int from = 0; from < 9; from++) {
            for (int bytes = 0; bytes < 20; bytes++) {
                memory.fill(X - 64, 192, 0);
                memory.fill(X + from, bytes, 0x1a5);
                for (int i = -16; i < 48; i++) {
                    boolean within = i >= from && i < from + bytes;
                    assertThat(memory.readByte(X + i)).isEqualTo(within ? 0xa5 : 0);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("memories")
    void memcpyCopiesExactlyItsBytes(Memory memory) {
        for (int i = 0; i < 64; i++) {
            memory.writeByte(256 + i, i + 1);
        }
        for (int from = 0; from < 9; from++) {
            for (int bytes = 0; bytes < 20; bytes++) {
                memory.fill(X, 64, 0);
                memory.copy(X + 3, 256 + from, bytes);
                for (int i = 0; i < 40; i++) {
                    boolean within = i >= 3 && i < 3 + bytes;
                    assertThat(memory.readByte(X + i)).isEqualTo(within ? from + i - 3 + 1 : 0);
                }
            }
        }
        memory.copy(X, 256, 64);
        assertThat(memory.readByte(X + 63)).isEqualTo(64);
    }

    @ParameterizedTest
    @MethodSource("memories")
    void aForkIsIndependent(Memory memory) {
        memory.write(X, 1);
        Memory bare = memory.fork();
        Memory checked = memory.forkChecked(new Console());
        memory.write(X, 2);
        bare.write(X, 3);
        checked.write(X, 4);
        assertThat(memory.read(X)).isEqualTo(2);
        assertThat(bare.read(X)).isEqualTo(3);
        assertThat(checked.read(X)).isEqualTo(4);
        assertThat(bare.observed()).isFalse();
        assertThat(checked.observed()).isTrue();
        assertThat(bare.size()).isEqualTo(SIZE);
        assertThat(checked.size()).isEqualTo(SIZE);
    }

    static Stream<Consumer<Memory>> wildAccesses() {
        return LongStream.of(SIZE, 1L << 30, -8, -1, 0x6b6b6b6b6b6b6b6bL)
                .boxed()
                .flatMap(
                        a ->
                                Stream.of(
                                        m -> m.read(a),
                                        m -> m.write(a, 1),
                                        m -> m.readInt(a),
                                        m -> m.writeInt(a, 1),
                                        m -> m.writeIntAlone(a, 1),
                                        m -> m.fetchAddInt(a, 1),
                                        m -> m.readByte(a),
                                        m -> m.writeByte(a, 1),
                                        m -> m.readOnce(a),
                                        m -> m.writeOnce(a, 1),
                                        m -> m.readOnceInt(a),
                                        m -> m.dataRaceInt(a),
                                        m -> m.writeOnceInt(a, 1),
                                        m -> m.loadAcquire(a),
                                        m -> m.storeRelease(a, 1),
                                        m -> m.cmpxchg(a, 0, 1),
                                        m -> m.fetchAdd(a, 1),
                                        m -> m.awaitClear(a, 1),
                                        m -> m.fill(a, 8, 1),
                                        m -> m.fill(a - 8, 24, 1),
                                        m -> m.copy(a, X, 8),
                                        m -> m.copy(X, a, 8),
                                        m -> m.copy(X, a - 8, 17)));
    }

    @ParameterizedTest
    @MethodSource("wildAccesses")
    void aWildAddressIsADeath(Consumer<Memory> access) {
        for (Memory memory : memories().toList()) {
            Console console = new Console();
            Machine machine = Machines.over(memory, console);
            RuntimeException thrown =
                    catchThrowableOfType(RuntimeException.class, () -> access.accept(memory));
            KernelDeath death = machine.deathBy(thrown, "test");
            assertThat(death).as("%s", thrown).isNotNull();
            assertThat(death.how()).isEqualTo(KernelDeath.Cause.OOPS);
            assertThat(death.getMessage()).contains("paging request at ");
        }
    }

    @Test
    void whatIsNoAccessIsNoDeath() {
        Console console = new Console();
        Machine machine = Machines.over(Memory.plain(SIZE), console);
        assertThat(machine.deathBy(new ArrayIndexOutOfBoundsException(7), "test")).isNull();
        assertThat(machine.deathBy(new IllegalStateException(), "test")).isNull();
        assertThat(console.reports()).isEmpty();
    }

    @Test
    void aStoreThroughNullIsSeenAfterwards() {
        Memory memory = Memory.plain(SIZE);
        assertThat(memory.nullPageDamage()).isNull();
        memory.write(MemoryMap.NULL_PAGE, 1);
        assertThat(memory.nullPageDamage()).isNull();
        memory.write(24, 7);
        assertThat(memory.nullPageDamage()).contains("through NULL: 0x7 at 0x18");
    }

    @Test
    void sizesAreRoundedUpToWords() {
        assertThat(Memory.plain(9).size()).isEqualTo(16);
        assertThat(Memory.checked(65, new Console()).size()).isEqualTo(72);
    }

    @Test
    void anyRunOfAccessesLeavesBothTheSame() {
        for (long seed = 0; seed < 50; seed++) {
            Memory plain = Memory.plain(SIZE);
            Console console = new Console();
            CheckedMemory checked = Memory.checked(SIZE, console);
            checked.startLog(true);
            checked.startRaceDetection();
            long fromPlain = randomRun(plain, new SplittableRandom(seed));
            long fromChecked = randomRun(checked, new SplittableRandom(seed));
            assertThat(fromChecked).as("what was read, seed %d", seed).isEqualTo(fromPlain);
            for (long a = MemoryMap.NULL_PAGE; a < SIZE; a += Memory.WORD) {
                assertThat(checked.peek(a))
                        .as("word %d, seed %d", a, seed)
                        .isEqualTo(plain.peek(a));
            }
            assertThat(console.reports()).isEmpty();
        }
    }

    /** Two hundred accesses; returns a digest of all that they saw. */
    private static long randomRun(Memory memory, SplittableRandom random) {
        long digest = 0;
        for (int i = 0; i < 200; i++) {
            long word = random.nextLong(MemoryMap.NULL_PAGE / 8, SIZE / 8 - 16) * 8;
            long value = random.nextLong();
            long seen =
                    switch (random.nextInt(14)) {
                        case 0 -> memory.read(word);
                        case 1 -> memory.readInt(word + 4);
                        case 2 -> memory.readByte(word + 3);
                        case 3 -> memory.readOnce(word);
                        case 4 -> memory.loadAcquire(word);
                        case 5 -> memory.fetchAdd(word, value);
                        case 6 ->
                                memory.cmpxchg(word, memory.readOnce(word) + (value & 1), value)
                                        ? 1
                                        : 0;
                        case 7 -> {
                            memory.write(word, value);
                            yield 0;
                        }
                        case 8 -> {
                            memory.writeInt(word, (int) value);
                            yield 0;
                        }
                        case 9 -> {
                            memory.writeByte(word + 5, (int) value);
                            yield 0;
                        }
                        case 10 -> {
                            memory.writeOnceInt(word + 4, (int) value);
                            yield memory.readOnceInt(word);
                        }
                        case 11 -> {
                            memory.storeRelease(word, value);
                            yield memory.awaitClear(word, ~value);
                        }
                        case 12 -> {
                            memory.fill(word + (value & 7), value >>> 60, (int) value);
                            yield 0;
                        }
                        default -> {
                            long bytes = value >>> 60;
                            memory.copy(word + 64 + (value & 7), word + (value >> 3 & 7), bytes);
                            yield 0;
                        }
                    };
            digest = digest * 31 + seen;
        }
        return digest;
    }

    @Test
    void waitingEndsWhenTheBitsAreClearedAndAcquires() throws InterruptedException {
        Memory memory = Memory.plain(SIZE);
        memory.write(X, 3);
        long[] seen = new long[1];
        Threads.together(
                2,
                i -> {
                    if (i == 0) {
                        long word = memory.awaitClear(X, 1);
                        seen[0] = word << 32 | memory.read(X + 8);
                    } else {
                        memory.write(X + 8, 42);
                        memory.storeRelease(X, 2);
                    }
                });
        assertThat(seen[0]).isEqualTo(2L << 32 | 42);
    }
}
