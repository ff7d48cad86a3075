package org.slubcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Interrupt lines, IPIs, migration and the context rules. */
final class IrqTest {
    private static final long LOCK = 512;
    private static final long X = 640;

    private final Console console = new Console();
    private final CheckedMemory memory = Memory.checked(4096, console);
    private final Machine machine = Machines.over(memory, console);
    private final Task task = Task.on(0);

    IrqTest() {
        memory.soleRunner(true);
        memory.runs(task);
    }

    private void mustReport(String start) {
        assertThat(console.reports()).singleElement().asString().startsWith(start);
    }

    private void mustNotReport() {
        assertThat(console.reports()).isEmpty();
    }

    private long line(int cpu) {
        return memory.peek(machine.line(cpu));
    }

    @Test
    void theOutermostRestoreGivesTheLineBack() {
        boolean outer = machine.irqSave(task);
        assertThat(outer).isFalse();
        boolean inner = machine.irqSave(task);
        assertThat(inner).isTrue();
        machine.irqRestore(task, inner);
        assertThat(task.irqsOff()).isTrue();
        assertThat(line(0)).isNotZero();
        machine.irqRestore(task, outer);
        assertThat(task.irqsOff()).isFalse();
        assertThat(line(0)).isZero();
        assertThat(line(1)).isZero();
        mustNotReport();
    }

    @Test
    void restoringOffTurnsThemOffAgain() {
        machine.irqDisable(task);
        boolean wereOff = machine.irqSave(task);
        machine.irqEnable(task);
        machine.irqRestore(task, wereOff);
        assertThat(task.irqsOff()).isTrue();
        assertThat(line(0)).isNotZero();
        mustNotReport();
    }

    @Test
    void linesOfTwoCpusAreTwo() {
        machine.irqDisable(task);
        Task other = Task.on(1);
        machine.irqDisable(other);
        assertThat(line(0)).isNotZero();
        assertThat(line(1)).isNotZero();
        machine.irqEnable(task);
        assertThat(line(1)).isNotZero();
        machine.irqEnable(other);
        mustNotReport();
    }

    @Test
    void disablingTwiceIsDisablingOnce() {
        machine.irqDisable(task);
        machine.irqDisable(task);
        machine.irqEnable(task);
        assertThat(line(0)).isZero();
        mustNotReport();
    }

    @Test
    void restoringTwiceIsReportedAndLeavesTheLineToWhoHasIt() {
        machine.irqDisable(task);
        machine.irqEnable(task);
        Task other = Task.on(0);
        machine.irqDisable(other);
        machine.irqEnable(task);
        mustReport("WARNING: local_irq_restore() called with IRQs enabled on CPU#0");
        assertThat(line(0)).isNotZero();
    }

    @Test
    void anInterruptMustNotEnableThem() {
        machine.interrupt(task, 1, machine::irqEnable);
        mustReport("WARNING: irq handler enabled interrupts on CPU#1");
        assertThat(line(1)).isZero();
    }

    @Test
    void anInterruptMayTakeAndLeaveThemOff() {
        machine.interrupt(task, 1, irq -> machine.irqRestore(irq, machine.irqSave(irq)));
        mustNotReport();
    }

    @Test
    void enablingUnderALockTakenSinceIsReported() {
        boolean irqs = machine.irqSave(task);
        machine.spinLock(task, LOCK, LockClass.LIST_LOCK);
        machine.irqRestore(task, irqs);
        mustReport("BUG: irqs enabled with a spin lock held on CPU#0");
    }

    @Test
    void enablingUnderALockTakenBeforeIsNot() {
        machine.spinLock(task, LOCK, LockClass.LIST_LOCK);
        machine.irqRestore(task, machine.irqSave(task));
        machine.spinUnlock(task, LOCK, LockClass.LIST_LOCK);
        mustNotReport();
    }

    @Test
    void anInterruptRunsAsItsCpuWithItsLineTaken() {
        machine.interrupt(
                task,
                1,
                irq -> {
                    assertThat(irq.cpu()).isEqualTo(1);
                    assertThat(irq.inInterrupt()).isTrue();
                    assertThat(irq.irqsOff()).isTrue();
                    assertThat(irq.atomic()).isTrue();
                    assertThat(line(1)).isNotZero();
                    assertThat(line(0)).isZero();
                });
        assertThat(line(1)).isZero();
        mustNotReport();
    }

    @Test
    void anInterruptWaitsUntilItsCpuHasIrqsOn() {
        machine.irqDisable(Task.on(1));
        assertThatThrownBy(() -> machine.interrupt(task, 1, irq -> {}))
                .isInstanceOf(KernelDeath.class)
                .hasMessageContaining("lockup");
    }

    @Test
    void anInterruptOfTheOwnCpuTakesTheOwnLine() {
        machine.interrupt(task, 0, irq -> assertThat(line(0)).isNotZero());
        assertThat(line(0)).isZero();
        mustNotReport();
    }

    @Test
    void anInterruptCannotHitACpuThatTheTaskItselfHasShut() {
        machine.irqDisable(task);
        machine.interrupt(
                task,
                0,
                irq -> {
                    throw new AssertionError("it ran");
                });
        mustReport("BUG: an interrupt cannot hit CPU#0, which has its irqs off");
        assertThat(line(0)).as("still off").isNotZero();
    }

    @Test
    void anInterruptThatKeepsALockIsReported() {
        machine.interrupt(task, 1, irq -> machine.spinLock(irq, LOCK, LockClass.LIST_LOCK));
        mustReport("BUG: interrupt returned with a spin lock held on CPU#1");
    }

    @Test
    void onEachCpuRunsOnceOnEach() {
        List<Integer> cpus = new ArrayList<>();
        machine.onEachCpu(task, irq -> cpus.add(irq.cpu()));
        assertThat(cpus).containsExactly(0, 1);
        assertThat(line(0) + line(1)).isZero();
        mustNotReport();
    }

    @Test
    void onEachCpuWithIrqsOffIsReported() {
        machine.irqDisable(task);
        machine.onEachCpu(task, irq -> {});
        mustReport("WARNING: at kernel/smp.c smp_call_function with irqs off");
    }

    @Test
    void aTaskMovesWhereItsRouteLeads() {
        Task traveller = Task.on(0).migratingTo(1, 0);
        machine.migrationPoint(traveller);
        assertThat(traveller.cpu()).isEqualTo(1);
        machine.migrationPoint(traveller);
        assertThat(traveller.cpu()).isZero();
        machine.migrationPoint(traveller);
        assertThat(traveller.cpu()).isZero();
    }

    @Test
    void aTaskThatIsPinnedDoesNotMove() {
        Task traveller = Task.on(0).migratingTo(1);
        machine.irqDisable(traveller);
        machine.migrationPoint(traveller);
        machine.irqEnable(traveller);
        machine.spinLock(traveller, LOCK, LockClass.LIST_LOCK);
        machine.migrationPoint(traveller);
        machine.spinUnlock(traveller, LOCK, LockClass.LIST_LOCK);
        assertThat(traveller.cpu()).isZero();
        machine.migrationPoint(traveller);
        assertThat(traveller.cpu()).isEqualTo(1);
    }

    @Test
    void sleepingWithIrqsOffIsReported() {
        machine.irqDisable(task);
        machine.mightSleep(task, "mm/slub.c:1");
        mustReport("BUG: sleeping function called from invalid context at mm/slub.c:1");
        assertThat(console.reports().get(0)).contains("in_atomic(): 0, irqs_disabled(): 1, CPU#0");
    }

    @Test
    void sleepingUnderASpinLockIsReported() {
        machine.bitLock(task, LOCK, 1, LockClass.SLAB_LOCK);
        machine.mutexLock(task, X, LockClass.SYSFS_MUTEX, "fs/sysfs");
        mustReport("BUG: sleeping function called from invalid context at fs/sysfs");
    }

    @Test
    void sleepingInAnInterruptIsReported() {
        machine.interrupt(task, 1, irq -> machine.mightSleep(irq, "here"));
        mustReport("BUG: sleeping function called from invalid context at here");
    }

    @Test
    void sleepingUnderASleepersLockIsClean() {
        machine.mutexLock(task, X, LockClass.SYSFS_MUTEX, "here");
        machine.mightSleep(task, "there");
        machine.mutexUnlock(task, X, LockClass.SYSFS_MUTEX);
        mustNotReport();
    }

    @Test
    void perCpuDataWithIrqsOnIsReported() {
        machine.checkPinned(task, "slab_alloc");
        mustReport("BUG: using smp_processor_id() in preemptible code at slab_alloc CPU#0");
    }

    @Test
    void perCpuDataWithIrqsOffIsClean() {
        machine.irqDisable(task);
        machine.checkPinned(task, "slab_alloc");
        mustNotReport();
    }

    @Test
    void returningWithIrqsOffIsReported() {
        machine.irqDisable(task);
        machine.checkReturn(task, false, "kfree");
        mustReport("BUG: kfree returned with irqs off on CPU#0");
    }

    @Test
    void returningWithASpinLockIsReported() {
        machine.spinLock(task, LOCK, LockClass.LIST_LOCK);
        machine.checkReturn(task, false, "kfree");
        mustReport("BUG: kfree returned with a spin lock held on CPU#0");
    }

    @Test
    void returningWithASleepersLockIsReportedWhereLockdepWatches() {
        Machine watched = Machines.over(memory, console, new Lockdep(console));
        watched.downWrite(task, LOCK, LockClass.SLUB_LOCK, "test");
        watched.mutexLock(task, X, LockClass.SYSFS_MUTEX, "test");
        watched.checkReturn(task, false, "kmem_cache_create");
        assertThat(console.reports())
                .containsExactly(
                        "BUG: kmem_cache_create returned with slub_lock at 0000000000000200 held on"
                                + " CPU#0",
                        "BUG: kmem_cache_create returned with sysfs_mutex at 0000000000000280 held on"
                                + " CPU#0");
    }

    @Test
    void returningWithAReadLockIsReportedToo() {
        Machine watched = Machines.over(memory, console, new Lockdep(console));
        watched.downRead(task, LOCK, LockClass.SLUB_LOCK, "test");
        watched.checkReturn(task, false, "show");
        mustReport("BUG: show returned with slub_lock");
    }

    @Test
    void returningWithASpinLockIsOneReportWithLockdepToo() {
        Machine watched = Machines.over(memory, console, new Lockdep(console));
        watched.spinLock(task, LOCK, LockClass.LIST_LOCK);
        watched.checkReturn(task, false, "kfree");
        mustReport("BUG: kfree returned with a spin lock held on CPU#0");
    }

    @Test
    void returningWithoutAnySleepersLockIsClean() {
        Machine watched = Machines.over(memory, console, new Lockdep(console));
        watched.downWrite(task, LOCK, LockClass.SLUB_LOCK, "test");
        watched.mutexLock(task, X, LockClass.SYSFS_MUTEX, "test");
        watched.mutexUnlock(task, X, LockClass.SYSFS_MUTEX);
        watched.upWrite(task, LOCK, LockClass.SLUB_LOCK);
        watched.checkReturn(task, false, "kmem_cache_create");
        mustNotReport();
    }

    @Test
    void returningAsOneCameIsClean() {
        machine.spinUnlockIrqRestore(
                task,
                LOCK,
                LockClass.LIST_LOCK,
                machine.spinLockIrqSave(task, LOCK, LockClass.LIST_LOCK));
        machine.checkReturn(task, false, "kfree");
        mustNotReport();
    }

    @Test
    void irqsOffExcludesTheInterruptOnRealThreads() throws InterruptedException {
        Memory plain = Memory.plain(4096);
        Machine real = Machines.over(plain, console);
        Threads.together(
                2,
                i -> {
                    Task t = Task.on(i);
                    for (int n = 0; n < 2000; n++) {
                        if (i == 0) {
                            boolean irqs = real.irqSave(t);
                            plain.write(X, plain.read(X) + 1);
                            real.irqRestore(t, irqs);
                        } else {
                            real.interrupt(t, 0, irq -> plain.write(X, plain.read(X) + 1));
                        }
                    }
                });
        assertThat(plain.read(X)).isEqualTo(4000);
        mustNotReport();
    }

    @Test
    void deathsSayHow() {
        assertThat(machine.panic("no")).hasMessage("Kernel panic - not syncing: no");
        assertThat(machine.bug("mm/slub.c:7")).hasMessage("kernel BUG at mm/slub.c:7!");
        assertThat(machine.oops(0x18, "kfree"))
                .hasMessage(
                        "BUG: unable to handle kernel NULL pointer dereference at 0000000000000018\nIP: kfree");
        assertThat(machine.oops(-1, "kfree").how()).isEqualTo(KernelDeath.Cause.OOPS);
        assertThat(console.reports()).hasSize(4);
    }
}
