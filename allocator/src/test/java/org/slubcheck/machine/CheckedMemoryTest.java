package org.slubcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.slubcheck.machine.AccessLog.Kind;

/** The observers as kernel code meets them: threads, forks, log, watchdog. */
final class CheckedMemoryTest {
    private static final long X = 128;
    private static final long FLAG = 256;

    private final Console console = new Console();
    private final CheckedMemory memory = Memory.checked(4096, console);

    private void on(int cpu, Runnable body) throws InterruptedException {
        Threads.run(
                () -> {
                    memory.runs(Task.on(cpu));
                    body.run();
                });
    }

    @Test
    void publicationWithoutReleaseIsReportedAlthoughTheValueWasSeen() throws InterruptedException {
        memory.startRaceDetection();
        on(
                0,
                () -> {
                    memory.write(X, 1);
                    memory.writeOnce(FLAG, 1);
                });
        on(
                1,
                () -> {
                    memory.loadAcquire(FLAG);
                    assertThat(memory.read(X)).isEqualTo(1);
                });
        assertThat(memory.races()).isEqualTo(1);
        assertThat(console.reports())
                .singleElement()
                .isEqualTo(
                        """
            BUG: KCSAN: data-race in 0x80
            read by task 1 on CPU#1
            write by task 0 on CPU#0""");
    }

    @Test
    void publicationWithReleaseIsClean() throws InterruptedException {
        memory.startRaceDetection();
        on(
                0,
                () -> {
                    memory.write(X, 1);
                    memory.storeRelease(FLAG, 1);
                });
        on(
                1,
                () -> {
                    memory.loadAcquire(FLAG);
                    memory.read(X);
                });
        assertThat(console.reports()).isEmpty();
    }

    @Test
    void everyAccessorReachesItsRule() throws InterruptedException {
        memory.startRaceDetection();
        on(
                0,
                () -> {
                    memory.fill(X, 64, 1);
                    memory.copy(X + 64, X, 64);
                    assertThat(memory.cmpxchg(FLAG, 0, 1)).isTrue();
                    memory.fetchAdd(FLAG, -1);
                });
        on(
                1,
                () -> {
                    memory.awaitClear(FLAG, 1);
                    memory.writeInt(X, 1);
                    memory.writeByte(X + 64, 1);
                    memory.writeOnceInt(X + 8, 1);
                    memory.barrier();
                    memory.writeOnce(FLAG + 8, 1);
                });
        on(
                2,
                () -> {
                    memory.readOnceInt(FLAG + 8);
                    memory.readOnce(FLAG + 8);
                    memory.barrier();
                    memory.readInt(X);
                    memory.readByte(X + 64);
                    memory.write(X + 8, 1);
                });
        assertThat(console.reports()).isEmpty();
        on(3, () -> memory.fill(X, 128, 0));
        assertThat(console.reports()).isNotEmpty();
    }

    @Test
    void aLoadThatMayRaceIsNoRace() throws InterruptedException {
        memory.startRaceDetection();
        on(0, () -> memory.writeInt(X, 7));
        on(1, () -> assertThat(memory.dataRaceInt(X)).isEqualTo(7));
        on(2, () -> memory.dataRaceInt(X + 8));
        on(0, () -> memory.writeInt(X + 8, 7));
        assertThat(console.reports()).isEmpty();
    }

    @Test
    void theSameLoadsWithoutTheMarkAreRaces() throws InterruptedException {
        memory.startRaceDetection();
        on(0, () -> memory.writeInt(X, 7));
        on(1, () -> assertThat(memory.readInt(X)).isEqualTo(7));
        on(2, () -> memory.readInt(X + 8));
        on(0, () -> memory.writeInt(X + 8, 7));
        assertThat(memory.races()).isEqualTo(2);
    }

    @Test
    void aLoadThatMayRaceOrdersNothing() throws InterruptedException {
        memory.startRaceDetection();
        on(
                0,
                () -> {
                    memory.write(X, 7);
                    memory.storeRelease(FLAG, 1);
                });
        on(
                1,
                () -> {
                    assertThat(memory.dataRaceInt(FLAG)).isEqualTo(1);
                    memory.read(X);
                });
        assertThat(console.reports())
                .singleElement()
                .asString()
                .startsWith("BUG: KCSAN: data-race in 0x80");
    }

    @Test
    void aLoadThatMayRaceMustKnowItsAddress() {
        memory.poison(X, 8, Poison.FREE_OBJECT);
        memory.dataRaceInt(X);
        assertThat(console.reports()).singleElement().asString().contains("use-after-free in 0x80");
    }

    @Test
    void lockedSectionsAreClean() throws InterruptedException {
        sections(true);
        assertThat(console.reports()).isEmpty();
    }

    @Test
    void sectionsWithoutALockAreNot() throws InterruptedException {
        sections(false);
        assertThat(console.reports()).singleElement().asString().contains("KCSAN");
    }

    private void sections(boolean locked) throws InterruptedException {
        Machine machine = Machines.over(memory, console);
        memory.startRaceDetection();
        for (int cpu = 0; cpu < 2; cpu++) {
            Task task = Task.on(cpu);
            on(
                    cpu,
                    () -> {
                        if (locked) {
                            machine.spinLock(task, FLAG, LockClass.LIST_LOCK);
                        }
                        memory.write(X, 1);
                        if (locked) {
                            machine.spinUnlock(task, FLAG, LockClass.LIST_LOCK);
                        }
                    });
        }
    }

    @Test
    void aSpinTryThatFailsOrdersNothing() throws InterruptedException {
        tryWhile(true, false);
        assertThat(console.reports()).singleElement().asString().contains("KCSAN");
    }

    @Test
    void aSpinTryThatWorksOrders() throws InterruptedException {
        tryWhile(false, false);
        assertThat(console.reports()).isEmpty();
    }

    @Test
    void aBitTryThatFailsOrdersNothing() throws InterruptedException {
        tryWhile(true, true);
        assertThat(console.reports()).singleElement().asString().contains("KCSAN");
    }

    @Test
    void aBitTryThatWorksOrders() throws InterruptedException {
        tryWhile(false, true);
        assertThat(console.reports()).isEmpty();
    }

    /**
     * CPU 0 locks, writes and unlocks, and perhaps locks again -> CPU 1 tries -> CPU 1 reads what
     * CPU 0 wrote.
     */
    private void tryWhile(boolean held, boolean bit) throws InterruptedException {
        Machine machine = Machines.over(memory, console);
        memory.startRaceDetection();
        Task first = Task.on(0);
        Task second = Task.on(1);
        on(
                0,
                () -> {
                    lock(machine, first, bit);
                    memory.write(X, 1);
                    unlock(machine, first, bit);
                    if (held) {
                        lock(machine, first, bit);
                    }
                });
        on(
                1,
                () -> {
                    boolean taken =
                            bit
                                    ? machine.bitTryLock(second, FLAG, 1, LockClass.SLAB_LOCK)
                                    : machine.spinTryLock(second, FLAG, LockClass.LIST_LOCK);
                    assertThat(taken).isNotEqualTo(held);
                    memory.read(X);
                });
    }

    private static void lock(Machine machine, Task task, boolean bit) {
        if (bit) {
            machine.bitLock(task, FLAG, 1, LockClass.SLAB_LOCK);
        } else {
            machine.spinLock(task, FLAG, LockClass.LIST_LOCK);
        }
    }

    private static void unlock(Machine machine, Task task, boolean bit) {
        if (bit) {
            machine.bitUnlock(task, FLAG, 1, LockClass.SLAB_LOCK);
        } else {
            machine.spinUnlock(task, FLAG, LockClass.LIST_LOCK);
        }
    }

    @Test
    void twoLegsOfAnIpiThatWriteOneWordRace() {
        Machine machine = Machines.over(memory, console);
        memory.startRaceDetection();
        Task sender = Task.on(0);
        memory.runs(sender);
        machine.onEachCpu(sender, irq -> memory.write(X, irq.cpu()));
        assertThat(console.reports())
                .singleElement()
                .isEqualTo(
                        """
            BUG: KCSAN: data-race in 0x80
            write by an IPI on CPU#1 in interrupt
            write by an IPI on CPU#0 in interrupt""");
    }

    @Test
    void aLegKnowsItsSenderAndTheSenderAllLegs() {
        Machine machine = Machines.over(memory, console);
        memory.startRaceDetection();
        Task sender = Task.on(0);
        memory.runs(sender);
        for (int round = 0; round < 3; round++) {
            memory.write(X, round);
            machine.onEachCpu(sender, irq -> memory.write(FLAG + 8L * irq.cpu(), memory.read(X)));
            memory.write(X + 8, memory.read(FLAG) + memory.read(FLAG + 8));
        }
        assertThat(console.reports()).isEmpty();
    }

    @Test
    void aSenderThatDoesNotWaitForItsLegsWouldRace() throws InterruptedException {
        Machine machine = Machines.over(memory, console);
        memory.startRaceDetection();
        on(0, () -> machine.onEachCpu(Task.on(0), irq -> memory.write(FLAG + 8L * irq.cpu(), 1)));
        on(1, () -> memory.read(FLAG));
        assertThat(console.reports()).singleElement().asString().contains("by an IPI on CPU#0");
    }

    @Test
    void aLegIsOrderedWithWhatItsCpuDoesWithIrqsOff() throws InterruptedException {
        Machine machine = Machines.over(memory, console);
        memory.startRaceDetection();
        Task owner = Task.on(1);
        on(
                1,
                () -> {
                    boolean irqs = machine.irqSave(owner);
                    memory.write(X, 1);
                    machine.irqRestore(owner, irqs);
                });
        Task sender = Task.on(0);
        on(
                0,
                () ->
                        machine.onEachCpu(
                                sender,
                                irq -> {
                                    if (irq.cpu() == 1) {
                                        memory.write(X, 2);
                                    }
                                }));
        on(
                1,
                () -> {
                    boolean irqs = machine.irqSave(owner);
                    memory.write(X, 3);
                    machine.irqRestore(owner, irqs);
                });
        assertThat(console.reports()).isEmpty();
    }

    @Test
    void whatWasWrittenBeforeDetectionBeganIsOrdered() throws InterruptedException {
        memory.write(X, 1);
        memory.startRaceDetection();
        on(0, () -> memory.write(X, 2));
        memory.stopRaceDetection();
        memory.read(X);
        assertThat(console.reports()).isEmpty();
    }

    @Test
    void aForkDetectsAfreshIfItsTemplateDid() throws InterruptedException {
        memory.startRaceDetection();
        memory.write(X, 1);
        CheckedMemory fork = memory.forkChecked(console);
        Threads.run(() -> fork.write(X, 2));
        assertThat(console.reports()).isEmpty();
        Threads.run(() -> fork.write(X, 3));
        assertThat(console.reports()).hasSize(1);
        assertThat(memory.races()).isZero();
    }

    @Test
    void theLogTellsWhoDidWhatInOrder() {
        memory.write(X, 7);
        memory.startLog(true);
        memory.runs(Task.on(1));
        memory.read(X);
        memory.writeInt(X + 4, -1);
        memory.writeByte(X, 0x1ff);
        memory.fetchAdd(FLAG, 3);
        memory.cmpxchg(FLAG, 3, 4);
        memory.cmpxchg(FLAG, 3, 5);
        memory.storeRelease(FLAG, 0);
        memory.loadAcquire(FLAG);
        memory.awaitClear(FLAG, 1);
        memory.writeOnce(FLAG, 9);
        memory.readOnce(FLAG);
        memory.dataRaceInt(X + 4);
        memory.fill(X, 16, 0xaa);
        memory.copy(FLAG, X, 16);
        memory.writeOnceInt(FLAG, 1);
        memory.stopLog();
        memory.write(X, 0);

        AccessLog log = memory.log();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < log.size(); i++) {
            text.append(
                    String.format(
                            "%s %d/%d %d -> %d%n",
                            log.kind(i), log.address(i), log.bytes(i), log.old(i), log.value(i)));
            assertThat(log.cpu(i)).isEqualTo(1);
            assertThat(log.thread(i)).isZero();
            assertThat(log.interrupt(i)).isFalse();
        }
        assertThat(text.toString().lines())
                .containsExactly(
                        "READ 128/8 7 -> 7",
                        "WRITE 132/4 0 -> -1",
                        "WRITE 128/1 7 -> 255",
                        "ADD 256/8 0 -> 3",
                        "CMPXCHG_OK 256/8 3 -> 4",
                        "CMPXCHG_FAIL 256/8 4 -> 5",
                        "RELEASE 256/8 4 -> 0",
                        "ACQUIRE 256/8 0 -> 0",
                        "AWAIT 256/8 0 -> 0",
                        "WRITE_ONCE 256/8 0 -> 9",
                        "READ_ONCE 256/8 9 -> 9",
                        "DATA_RACE 132/4 -1 -> -1",
                        "FILL 128/16 0 -> 170",
                        "COPY 256/16 128 -> 0",
                        "WRITE_ONCE 256/4 " + (int) 0xaaaaaaaaL + " -> 1");
        assertThat(log.dropped()).isZero();
    }

    @Test
    void theLogLeavesPlainReadsOutIfTold() {
        memory.startLog(false);
        memory.read(X);
        memory.readOnce(X);
        assertThat(memory.log().size()).isEqualTo(1);
        assertThat(memory.log().kind(0)).isEqualTo(Kind.READ_ONCE);
    }

    @Test
    void theLogIsOffUntilStarted() {
        memory.write(X, 1);
        assertThat(memory.log().size()).isZero();
    }

    @Test
    void theLogKnowsInterrupts() {
        Machine machine = Machines.over(memory, console);
        Task task = Task.on(0);
        memory.runs(task);
        memory.startLog(false);
        machine.interrupt(task, 1, irq -> memory.write(X, 1));
        memory.write(X, 2);
        AccessLog log = memory.log();
        int inside = indexOf(log, 1);
        int behind = indexOf(log, 2);
        assertThat(log.interrupt(inside)).isTrue();
        assertThat(log.cpu(inside)).isEqualTo(1);
        assertThat(log.interrupt(behind)).isFalse();
        assertThat(log.cpu(behind)).isZero();
    }

    private static int indexOf(AccessLog log, long value) {
        for (int i = 0; i < log.size(); i++) {
            if (log.address(i) == X && log.value(i) == value) {
                return i;
            }
        }
        throw new AssertionError("not in the log: " + value);
    }

    @Test
    void aListThatBecameARingIsASoftLockup() {
        memory.accessBudget(1000);
        memory.runs(Task.on(1));
        memory.write(X, FLAG);
        memory.write(FLAG, X);
        assertThatThrownBy(
                        () -> {
                            for (long at = X; at != 0; ) {
                                at = memory.read(at);
                            }
                        })
                .isInstanceOfSatisfying(
                        KernelDeath.class,
                        d -> assertThat(d.how()).isEqualTo(KernelDeath.Cause.LOCKUP))
                .hasMessageStartingWith("BUG: soft lockup - CPU#1 stuck: 1000 accesses and no end");
        assertThat(console.reports()).hasSize(1);
    }

    @Test
    void eachTaskHasItsOwnBudget() {
        memory.accessBudget(1000);
        assertThatCode(
                        () -> {
                            for (int t = 0; t < 5; t++) {
                                memory.runs(Task.on(0));
                                for (int i = 0; i < 900; i++) {
                                    memory.read(X);
                                }
                            }
                        })
                .doesNotThrowAnyException();
    }

    @Test
    void anInterruptDoesNotRenewTheBudget() {
        Machine machine = Machines.over(memory, console);
        memory.accessBudget(1000);
        Task task = Task.on(0);
        memory.runs(task);
        assertThatThrownBy(
                        () -> {
                            while (true) {
                                machine.interrupt(task, 1, irq -> memory.read(X));
                            }
                        })
                .isInstanceOf(KernelDeath.class)
                .hasMessageContaining("soft lockup");
    }

    @Test
    void whoWaitsAloneForEverIsALockup() {
        Machine machine = Machines.over(memory, console);
        memory.soleRunner(true);
        Task task = Task.on(0);
        memory.runs(task);
        machine.spinLock(task, FLAG, LockClass.LIST_LOCK);
        assertThatThrownBy(() -> machine.spinLock(task, FLAG, LockClass.LIST_LOCK))
                .isInstanceOfSatisfying(
                        KernelDeath.class,
                        d -> assertThat(d.how()).isEqualTo(KernelDeath.Cause.LOCKUP))
                .hasMessageStartingWith(
                        "BUG: spinlock lockup suspected on CPU#0\n lock: 0x100, value: 1");
    }

    @Test
    void whoNeedNotWaitIsNone() {
        Machine machine = Machines.over(memory, console);
        memory.soleRunner(true);
        Task task = Task.on(0);
        machine.spinLock(task, FLAG, LockClass.LIST_LOCK);
        machine.spinUnlock(task, FLAG, LockClass.LIST_LOCK);
        machine.spinLock(task, FLAG, LockClass.LIST_LOCK);
        assertThat(console.reports()).isEmpty();
    }

    @Test
    void observersStandOverlappingThreads() throws InterruptedException {
        memory.startLog(true);
        Threads.together(
                4,
                i -> {
                    memory.runs(Task.on(i & 1));
                    for (int n = 0; n < 500; n++) {
                        memory.fetchAdd(X, 1);
                        memory.writeOnce(FLAG + 8L * i, n);
                    }
                });
        assertThat(memory.read(X)).isEqualTo(2000);
        assertThat(memory.log().size()).isEqualTo(4001);
        assertThat(console.reports()).isEmpty();
    }
}
