package org.slubcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Spin, bit, reader-writer and sleepers' locks: exclusion, fairness, what the words hold. */
final class LocksTest {
    private static final long LOCK = 512;
    private static final long X = 640;
    private static final int ROUNDS = 1000;

    private final Console console = new Console();
    private final Memory memory = Memory.plain(4096);
    private final Machine machine = Machines.over(memory, console);

    private void count() {
        memory.write(X, memory.read(X) + 1);
    }

    @Test
    void spinLockExcludes() throws InterruptedException {
        Threads.together(
                2,
                i -> {
                    Task task = Task.on(i);
                    for (int n = 0; n < ROUNDS; n++) {
                        machine.spinLock(task, LOCK, LockClass.LIST_LOCK);
                        count();
                        machine.spinUnlock(task, LOCK, LockClass.LIST_LOCK);
                    }
                });
        assertThat(memory.read(X)).isEqualTo(2 * ROUNDS);
        assertThat(memory.read(LOCK)).isZero();
    }

    @Test
    void spinTryLockTakesOnlyAFreeLock() {
        Task first = Task.on(0);
        Task second = Task.on(1);
        assertThat(machine.spinTryLock(first, LOCK, LockClass.LIST_LOCK)).isTrue();
        assertThat(first.atomic()).isTrue();
        assertThat(machine.spinTryLock(second, LOCK, LockClass.LIST_LOCK)).isFalse();
        assertThat(second.atomic()).isFalse();
        machine.spinUnlock(first, LOCK, LockClass.LIST_LOCK);
        assertThat(first.atomic()).isFalse();
        assertThat(machine.spinTryLock(second, LOCK, LockClass.LIST_LOCK)).isTrue();
    }

    @Test
    void bitLockExcludesAndKeepsTheOtherBits() throws InterruptedException {
        long others = 0x5a00;
        memory.write(LOCK, others);
        Threads.together(
                2,
                i -> {
                    Task task = Task.on(i);
                    for (int n = 0; n < ROUNDS; n++) {
                        machine.bitLock(task, LOCK, 1, LockClass.SLAB_LOCK);
                        count();
                        machine.bitUnlock(task, LOCK, 1, LockClass.SLAB_LOCK);
                    }
                });
        assertThat(memory.read(X)).isEqualTo(2 * ROUNDS);
        assertThat(memory.read(LOCK)).isEqualTo(others);
    }

    @Test
    void bitLockKeepsWhatItsHolderChangedInTheWord() {
        Task task = Task.on(0);
        machine.bitLock(task, LOCK, 1, LockClass.SLAB_LOCK);
        memory.writeOnce(LOCK, memory.readOnce(LOCK) | 0x80);
        assertThat(machine.bitTryLock(Task.on(1), LOCK, 1, LockClass.SLAB_LOCK)).isFalse();
        machine.bitUnlock(task, LOCK, 1, LockClass.SLAB_LOCK);
        assertThat(memory.read(LOCK)).isEqualTo(0x80);
        assertThat(machine.bitTryLock(Task.on(1), LOCK, 1, LockClass.SLAB_LOCK)).isTrue();
    }

    @Test
    void mutexExcludesAndLetsItsHolderSleep() throws InterruptedException {
        Threads.together(
                2,
                i -> {
                    Task task = Task.on(i);
                    for (int n = 0; n < ROUNDS; n++) {
                        machine.mutexLock(task, LOCK, LockClass.SYSFS_MUTEX, "test");
                        machine.mightSleep(task, "test");
                        count();
                        machine.mutexUnlock(task, LOCK, LockClass.SYSFS_MUTEX);
                    }
                });
        assertThat(memory.read(X)).isEqualTo(2 * ROUNDS);
        assertThat(console.reports()).isEmpty();
    }

    @Test
    void writersExcludeEachOtherAndReaders() throws InterruptedException {
        Threads.together(
                4,
                i -> {
                    Task task = Task.on(i & 1);
                    for (int n = 0; n < 200; n++) {
                        if (i < 2) {
                            machine.downWrite(task, LOCK, LockClass.SLUB_LOCK, "test");
                            count();
                            memory.write(X + 8, memory.read(X + 8) + 1);
                            machine.upWrite(task, LOCK, LockClass.SLUB_LOCK);
                        } else {
                            machine.downRead(task, LOCK, LockClass.SLUB_LOCK, "test");
                            assertThat(memory.read(X)).isEqualTo(memory.read(X + 8));
                            machine.upRead(task, LOCK, LockClass.SLUB_LOCK);
                        }
                    }
                });
        assertThat(memory.read(X)).isEqualTo(400);
        assertThat(memory.read(LOCK)).as("nobody holds it, nobody waits").isZero();
    }

    @Test
    void readersShare() {
        Task first = Task.on(0);
        Task second = Task.on(1);
        machine.downRead(first, LOCK, LockClass.SLUB_LOCK, "test");
        machine.downRead(second, LOCK, LockClass.SLUB_LOCK, "test");
        assertThat(machine.downWriteTryLock(Task.on(0), LOCK, LockClass.SLUB_LOCK)).isFalse();
        machine.upRead(first, LOCK, LockClass.SLUB_LOCK);
        assertThat(machine.downWriteTryLock(Task.on(0), LOCK, LockClass.SLUB_LOCK)).isFalse();
        machine.upRead(second, LOCK, LockClass.SLUB_LOCK);
        assertThat(machine.downWriteTryLock(Task.on(0), LOCK, LockClass.SLUB_LOCK)).isTrue();
    }

    /**
     * reader 1 holds -> writer waits -> reader 2 comes: it must wait for the writer, or a stream of
     * readers could keep the writer out for ever.
     */
    @Test
    void aWaitingWriterStopsNewReaders() throws InterruptedException {
        Task reader = Task.on(0);
        machine.downRead(reader, LOCK, LockClass.SLUB_LOCK, "test");
        Threads.Started writer =
                Threads.start(
                        () -> {
                            Task task = Task.on(1);
                            machine.downWrite(task, LOCK, LockClass.SLUB_LOCK, "test");
                            memory.write(X, 1);
                            machine.upWrite(task, LOCK, LockClass.SLUB_LOCK);
                        },
                        new AtomicReference<>());
        while (memory.readOnce(LOCK) == 1) {
            Thread.onSpinWait();
        }
        Console other = new Console();
        CheckedMemory frozen = memory.forkChecked(other);
        frozen.soleRunner(true);
        Machine alone = Machines.over(frozen, other);
        assertThatThrownBy(() -> alone.downRead(Task.on(0), LOCK, LockClass.SLUB_LOCK, "test"))
                .as("at this moment a new reader has to wait")
                .isInstanceOf(KernelDeath.class);

        Threads.Started newcomer =
                Threads.start(
                        () -> {
                            Task task = Task.on(0);
                            machine.downRead(task, LOCK, LockClass.SLUB_LOCK, "test");
                            assertThat(memory.read(X)).as("the writer came first").isEqualTo(1);
                            machine.upRead(task, LOCK, LockClass.SLUB_LOCK);
                        },
                        new AtomicReference<>());
        machine.upRead(reader, LOCK, LockClass.SLUB_LOCK);
        Threads.join(List.of(writer, newcomer));
        assertThat(memory.read(LOCK)).isZero();
    }

    /** A writer that gives back while two others wait: each gets it, and the word ends empty. */
    @Test
    void waitingWritersTakeTurns() throws InterruptedException {
        Task holder = Task.on(0);
        machine.downWrite(holder, LOCK, LockClass.SLUB_LOCK, "test");
        long held = memory.readOnce(LOCK);
        Runnable writer =
                () -> {
                    Task task = Task.on(1);
                    machine.downWrite(task, LOCK, LockClass.SLUB_LOCK, "test");
                    count();
                    machine.upWrite(task, LOCK, LockClass.SLUB_LOCK);
                };
        List<Threads.Started> writers =
                List.of(
                        Threads.start(writer, new AtomicReference<>()),
                        Threads.start(writer, new AtomicReference<>()));
        long twoWait = held + 2 * (1L << 33);
        while (memory.readOnce(LOCK) != twoWait) {
            Thread.onSpinWait();
        }
        assertThat(memory.read(X)).isZero();
        machine.upWrite(holder, LOCK, LockClass.SLUB_LOCK);
        Threads.join(writers);
        assertThat(memory.read(X)).isEqualTo(2);
        assertThat(memory.read(LOCK)).isZero();
    }

    private void mustReport(String start) {
        assertThat(console.reports()).singleElement().asString().startsWith(start);
    }

    @Test
    void unlockingAFreeSpinLockIsReported() {
        Task task = Task.on(0);
        machine.spinUnlock(task, LOCK, LockClass.LIST_LOCK);
        mustReport("BUG: spinlock wrong owner on CPU#0\n lock: list_lock");
        assertThat(task.atomic()).isFalse();
    }

    @Test
    void unlockingAnotherCpusSpinLockIsReported() {
        machine.spinLock(Task.on(1), LOCK, LockClass.LIST_LOCK);
        Task task = Task.on(0);
        machine.spinLock(task, LOCK + 8, LockClass.LIST_LOCK);
        machine.spinUnlock(task, LOCK, LockClass.LIST_LOCK);
        mustReport("BUG: spinlock wrong owner on CPU#0");
        assertThat(console.reports().get(0)).endsWith(".owner_cpu: 1");
    }

    @Test
    void unlockingABitThatIsClearIsReported() {
        machine.bitUnlock(Task.on(0), LOCK, 1, LockClass.SLAB_LOCK);
        mustReport("BUG: spinlock wrong owner on CPU#0\n lock: slab_lock");
    }

    @Test
    void unlockingASpinLockTwiceNeverMakesTheCountNegative() {
        Task task = Task.on(0);
        machine.spinUnlock(task, LOCK, LockClass.LIST_LOCK);
        machine.bitUnlock(task, X, 1, LockClass.SLAB_LOCK);
        machine.spinLock(task, LOCK, LockClass.LIST_LOCK);
        assertThat(task.atomic()).as("one lock is held").isTrue();
    }

    @Test
    void givingBackASleepersLockThatNobodyHoldsIsReported() {
        Task task = Task.on(0);
        machine.upWrite(task, LOCK, LockClass.SLUB_LOCK);
        machine.upRead(task, LOCK, LockClass.SLUB_LOCK);
        machine.mutexUnlock(task, LOCK, LockClass.SYSFS_MUTEX);
        assertThat(console.reports())
                .hasSize(3)
                .allMatch(r -> r.startsWith("WARNING: bad unlock balance detected!"));
        assertThat(memory.read(LOCK)).isZero();
    }

    @Test
    void aMutexMayBeGivenBackOnAnotherCpu() {
        Task task = Task.on(0).migratingTo(1);
        machine.mutexLock(task, LOCK, LockClass.SYSFS_MUTEX, "test");
        machine.migrationPoint(task);
        machine.mutexUnlock(task, LOCK, LockClass.SYSFS_MUTEX);
        assertThat(console.reports()).isEmpty();
    }

    @Test
    void locksAreNotTrackedWhenNobodyWatches() {
        Task task = Task.on(0);
        machine.spinLock(task, LOCK, LockClass.LIST_LOCK);
        assertThat(task.held().depth()).isZero();
    }

    @Test
    void locksAreTrackedForLockdep() {
        Machine watched = Machines.over(memory, console, new Lockdep(console));
        Task task = Task.on(0);
        for (int i = 0; i < 6; i++) {
            assertThat(watched.spinTryLock(task, LOCK + 8L * i, LockClass.LIST_LOCK)).isTrue();
        }
        watched.spinUnlock(task, LOCK + 16, LockClass.LIST_LOCK);
        assertThat(task.held().depth()).isEqualTo(5);
        assertThat(task.held().address(2)).isEqualTo(LOCK + 24);
        assertThat(task.held().lockClass(2)).isEqualTo(LockClass.LIST_LOCK);
        assertThat(console.reports()).isEmpty();
    }
}
