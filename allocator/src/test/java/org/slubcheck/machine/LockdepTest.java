package org.slubcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.slubcheck.machine.LockClass.LIST_LOCK;
import static org.slubcheck.machine.LockClass.PCPU_ALLOC_MUTEX;
import static org.slubcheck.machine.LockClass.PCPU_LOCK;
import static org.slubcheck.machine.LockClass.SLAB_LOCK;
import static org.slubcheck.machine.LockClass.SLUB_LOCK;
import static org.slubcheck.machine.LockClass.SYSFS_MUTEX;
import static org.slubcheck.machine.LockClass.ZONE_LOCK;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Every report from a run in which nothing went wrong, beside the run that must not be reported. */
final class LockdepTest {
    private static final String CIRCULAR = "WARNING: possible circular locking dependency detected";
    private static final String RECURSIVE = "WARNING: possible recursive locking detected";
    private static final String INCONSISTENT = "WARNING: inconsistent lock state";
    private static final String IRQ_ORDER =
            "WARNING: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected";
    private static final String BALANCE = "WARNING: bad unlock balance detected!";

    private final Console console = new Console();
    private final Lockdep lockdep = new Lockdep(console);
    private final CheckedMemory memory = Memory.checked(4096, console);
    private final Machine machine = Machines.over(memory, console, lockdep);
    private final Task task = Task.on(0);

    LockdepTest() {
        memory.soleRunner(true);
        memory.runs(task);
    }

    /** The n-th lock of a class. */
    private static long at(LockClass lock, int n) {
        return 1024 + 64L * lock.ordinal() + 8L * n;
    }

    private void take(Task t, LockClass lock, int n) {
        switch (lock.kind()) {
            case SPIN -> machine.spinLock(t, at(lock, n), lock);
            case BIT -> machine.bitLock(t, at(lock, n), 1, lock);
            case RWSEM -> machine.downWrite(t, at(lock, n), lock, "test");
            case MUTEX -> machine.mutexLock(t, at(lock, n), lock, "test");
            case MAP -> FsReclaim.acquire(machine, t);
            case LINE -> machine.irqDisable(t);
        }
    }

    private void give(Task t, LockClass lock, int n) {
        switch (lock.kind()) {
            case SPIN -> machine.spinUnlock(t, at(lock, n), lock);
            case BIT -> machine.bitUnlock(t, at(lock, n), 1, lock);
            case RWSEM -> machine.upWrite(t, at(lock, n), lock);
            case MUTEX -> machine.mutexUnlock(t, at(lock, n), lock);
            case MAP -> FsReclaim.release(machine, t);
            case LINE -> machine.irqEnable(t);
        }
    }

    private void nest(LockClass... locks) {
        for (LockClass lock : locks) {
            take(task, lock, 0);
        }
        for (int i = locks.length - 1; i >= 0; i--) {
            give(task, locks[i], 0);
        }
    }

    private List<String> headlines() {
        return console.reports().stream().map(r -> r.lines().findFirst().orElseThrow()).toList();
    }

    @Test
    void sameOrderTwiceIsClean() {
        nest(SLAB_LOCK, LIST_LOCK);
        nest(SLAB_LOCK, LIST_LOCK);
        assertThat(headlines()).isEmpty();
        assertThat(lockdep.hasEdge(SLAB_LOCK, LIST_LOCK)).isTrue();
        assertThat(lockdep.hasEdge(LIST_LOCK, SLAB_LOCK)).isFalse();
    }

    @Test
    void abAndBaIsCircular() {
        nest(SLAB_LOCK, LIST_LOCK);
        nest(LIST_LOCK, SLAB_LOCK);
        assertThat(headlines()).containsExactly(CIRCULAR);
        assertThat(console.reports().get(0))
                .isEqualTo(
                        """
            WARNING: possible circular locking dependency detected
            CPU#0 is trying to acquire lock:
             slab_lock at %016x
            but is already holding lock:
             list_lock at %016x
            which already depends on the new lock. How it came to:
            -> #1 (list_lock): first wanted by CPU#0 under slab_lock at %016x
            -> #0 (slab_lock): wanted now"""
                                .formatted(at(SLAB_LOCK, 0), at(LIST_LOCK, 0), at(SLAB_LOCK, 0)));
    }

    @Test
    void aCycleOverThreeClassesIsCircular() {
        nest(SLAB_LOCK, LIST_LOCK);
        nest(LIST_LOCK, ZONE_LOCK);
        assertThat(headlines()).isEmpty();
        nest(ZONE_LOCK, SLAB_LOCK);
        assertThat(headlines()).containsExactly(CIRCULAR);
        assertThat(console.reports().get(0))
                .contains("-> #2 (zone->lock)", "-> #1 (list_lock)", "-> #0 (slab_lock)");
    }

    @Test
    void threeClassesWithoutACycleAreClean() {
        nest(SLAB_LOCK, LIST_LOCK);
        nest(LIST_LOCK, ZONE_LOCK);
        nest(SLAB_LOCK, ZONE_LOCK);
        nest(SLAB_LOCK, LIST_LOCK, ZONE_LOCK);
        assertThat(headlines()).isEmpty();
    }

    @Test
    void aCycleOverAllClassesIsCircular() {
        LockClass[] all = LockClass.values();
        nest(all);
        assertThat(headlines()).isEmpty();
        take(task, ZONE_LOCK, 0);
        lockdep.acquire(task, SLUB_LOCK, at(SLUB_LOCK, 0), LockObserver.How.WRITE);
        assertThat(headlines()).containsExactly(CIRCULAR);
    }

    @Test
    void theOuterLockCountsNotOnlyTheLast() {
        nest(SLAB_LOCK, LIST_LOCK, ZONE_LOCK);
        nest(ZONE_LOCK, SLAB_LOCK);
        assertThat(headlines()).containsExactly(CIRCULAR);
        assertThat(lockdep.hasEdge(SLAB_LOCK, ZONE_LOCK)).isTrue();
    }

    @Test
    void aCycleIsReportedOnceWhicheverEdgeClosesIt() {
        nest(SLAB_LOCK, LIST_LOCK);
        for (int i = 0; i < 3; i++) {
            nest(LIST_LOCK, SLAB_LOCK);
            nest(SLAB_LOCK, LIST_LOCK);
        }
        assertThat(headlines()).containsExactly(CIRCULAR);
    }

    @Test
    void sleepersLocksHaveAnOrderToo() {
        nest(SLUB_LOCK, SYSFS_MUTEX);
        nest(SYSFS_MUTEX, SLUB_LOCK);
        assertThat(headlines()).containsExactly(CIRCULAR);
    }

    @Test
    void readersMakeACycleWithWriters() {
        take(task, SYSFS_MUTEX, 0);
        machine.downRead(task, at(SLUB_LOCK, 0), SLUB_LOCK, "test");
        machine.upRead(task, at(SLUB_LOCK, 0), SLUB_LOCK);
        give(task, SYSFS_MUTEX, 0);
        assertThat(headlines()).isEmpty();
        nest(SLUB_LOCK, SYSFS_MUTEX);
        assertThat(headlines()).containsExactly(CIRCULAR);
    }

    @Test
    void locksOneAfterTheOtherAreClean() {
        nest(SLUB_LOCK);
        nest(SYSFS_MUTEX);
        nest(SLUB_LOCK);
        nest(SYSFS_MUTEX);
        assertThat(headlines()).isEmpty();
    }

    @Test
    void handOverHandGivesBackInAnyOrder() {
        take(task, SLAB_LOCK, 0);
        take(task, LIST_LOCK, 0);
        give(task, SLAB_LOCK, 0);
        take(task, ZONE_LOCK, 0);
        give(task, LIST_LOCK, 0);
        give(task, ZONE_LOCK, 0);
        assertThat(headlines()).isEmpty();
        assertThat(lockdep.hasEdge(SLAB_LOCK, ZONE_LOCK)).isFalse();
        assertThat(lockdep.hasEdge(LIST_LOCK, ZONE_LOCK)).isTrue();
    }

    @Test
    void whoOnlyTriesCannotCloseACycle() {
        nest(SLAB_LOCK, LIST_LOCK);
        take(task, LIST_LOCK, 0);
        assertThat(machine.bitTryLock(task, at(SLAB_LOCK, 0), 1, SLAB_LOCK)).isTrue();
        give(task, SLAB_LOCK, 0);
        give(task, LIST_LOCK, 0);
        assertThat(headlines()).isEmpty();
    }

    @Test
    void whoTriedAndThenWaitsCan() {
        nest(SLAB_LOCK, LIST_LOCK);
        assertThat(machine.spinTryLock(task, at(LIST_LOCK, 0), LIST_LOCK)).isTrue();
        take(task, SLAB_LOCK, 0);
        assertThat(headlines()).containsExactly(CIRCULAR);
    }

    @Test
    void theSameLockTwiceIsRecursiveAndSaidBeforeTheHang() {
        take(task, LIST_LOCK, 0);
        assertThatThrownBy(() -> take(task, LIST_LOCK, 0)).isInstanceOf(KernelDeath.class);
        assertThat(headlines())
                .containsExactly(RECURSIVE, "BUG: spinlock lockup suspected on CPU#0");
        assertThat(console.reports().get(0)).contains("which is the same lock.");
    }

    @Test
    void twoLocksOfAClassAreRecursive() {
        take(task, LIST_LOCK, 0);
        take(task, LIST_LOCK, 1);
        assertThat(headlines()).containsExactly(RECURSIVE);
        assertThat(console.reports().get(0)).doesNotContain("the same lock.");
    }

    @Test
    void twoLocksOfAClassOneByTryingAreClean() {
        take(task, LIST_LOCK, 0);
        assertThat(machine.spinTryLock(task, at(LIST_LOCK, 1), LIST_LOCK)).isTrue();
        assertThat(headlines()).isEmpty();
    }

    @Test
    void twoReadersOfOneTaskAreRecursive() {
        machine.downRead(task, at(SLUB_LOCK, 0), SLUB_LOCK, "test");
        machine.downRead(task, at(SLUB_LOCK, 0), SLUB_LOCK, "test");
        assertThat(headlines()).containsExactly(RECURSIVE);
    }

    @Test
    void readersOfTwoTasksAreClean() {
        machine.downRead(task, at(SLUB_LOCK, 0), SLUB_LOCK, "test");
        Task other = Task.on(1);
        machine.downRead(other, at(SLUB_LOCK, 0), SLUB_LOCK, "test");
        machine.upRead(task, at(SLUB_LOCK, 0), SLUB_LOCK);
        machine.upRead(other, at(SLUB_LOCK, 0), SLUB_LOCK);
        assertThat(headlines()).isEmpty();
    }

    @Test
    void takenInInterruptAndWithIrqsOnIsInconsistent() {
        machine.interrupt(task, 1, this::takeListLock);
        assertThat(headlines()).isEmpty();
        nest(LIST_LOCK);
        assertThat(headlines()).containsExactly(INCONSISTENT);
        assertThat(console.reports().get(0))
                .contains("{IN-HARDIRQ} by CPU#1 in interrupt, {HARDIRQ-ON} by CPU#0");
    }

    @Test
    void theOtherWayRoundToo() {
        nest(LIST_LOCK);
        machine.interrupt(task, 1, this::takeListLock);
        assertThat(headlines()).containsExactly(INCONSISTENT);
    }

    @Test
    void takenInInterruptAndWithIrqsOffIsClean() {
        machine.interrupt(task, 1, this::takeListLock);
        boolean irqs = machine.spinLockIrqSave(task, at(LIST_LOCK, 0), LIST_LOCK);
        machine.spinUnlockIrqRestore(task, at(LIST_LOCK, 0), LIST_LOCK, irqs);
        assertThat(headlines()).isEmpty();
    }

    @Test
    void triedInInterruptIsClean() {
        machine.interrupt(
                task,
                1,
                irq -> {
                    if (machine.spinTryLock(irq, at(LIST_LOCK, 0), LIST_LOCK)) {
                        give(irq, LIST_LOCK, 0);
                    }
                });
        nest(LIST_LOCK);
        assertThat(headlines()).isEmpty();
    }

    private void takeListLock(Task irq) {
        take(irq, LIST_LOCK, 0);
        give(irq, LIST_LOCK, 0);
    }

    @Test
    void anIrqUnsafeLockUnderAnIrqSafeOneIsReported() {
        nest(ZONE_LOCK);
        machine.interrupt(task, 1, this::takeListLock);
        boolean irqs = machine.irqSave(task);
        nest(LIST_LOCK, ZONE_LOCK);
        machine.irqRestore(task, irqs);
        assertThat(headlines()).containsExactly(IRQ_ORDER);
    }

    @Test
    void anIrqUnsafeLockFoundOutLaterIsReported() {
        machine.interrupt(task, 1, this::takeListLock);
        boolean irqs = machine.irqSave(task);
        nest(LIST_LOCK, ZONE_LOCK);
        machine.irqRestore(task, irqs);
        assertThat(headlines()).isEmpty();
        nest(ZONE_LOCK);
        assertThat(headlines()).containsExactly(IRQ_ORDER);
    }

    @Test
    void anIrqUnsafeLockAroundAnIrqSafeOneIsClean() {
        machine.interrupt(task, 1, this::takeListLock);
        take(task, PCPU_LOCK, 0);
        boolean irqs = machine.spinLockIrqSave(task, at(LIST_LOCK, 0), LIST_LOCK);
        machine.spinUnlockIrqRestore(task, at(LIST_LOCK, 0), LIST_LOCK, irqs);
        give(task, PCPU_LOCK, 0);
        assertThat(headlines()).isEmpty();
    }

    @Test
    void anInterruptThatIsWaitedForRunsUnderTheWaitersLocks() {
        take(task, PCPU_ALLOC_MUTEX, 0);
        machine.onEachCpu(task, this::takeListLock);
        give(task, PCPU_ALLOC_MUTEX, 0);
        assertThat(lockdep.hasEdge(PCPU_ALLOC_MUTEX, LIST_LOCK)).isTrue();
    }

    @Test
    void anInterruptThatJustHappensDoesNot() {
        take(task, PCPU_ALLOC_MUTEX, 0);
        machine.interrupt(task, 1, this::takeListLock);
        give(task, PCPU_ALLOC_MUTEX, 0);
        assertThat(lockdep.hasEdge(PCPU_ALLOC_MUTEX, LIST_LOCK)).isFalse();
    }

    @Test
    void aHandlerThatWantsTheSendersLockIsRecursive() {
        take(task, LIST_LOCK, 0);
        assertThatThrownBy(() -> machine.onEachCpu(task, this::takeListLock))
                .isInstanceOf(KernelDeath.class);
        assertThat(headlines()).contains(RECURSIVE);
    }

    /** CPU 0 holds the lock and waits for CPU 1 -> CPU 1 has irqs off and waits for the lock. */
    @Test
    void aSpinLockOverAnIpiThatIsElsewhereWaitedForWithIrqsOffIsCircular() {
        ipiUnder(LIST_LOCK);
        assertThat(headlines()).isEmpty();
        takeWithIrqsOff(LIST_LOCK);
        assertThat(headlines()).containsExactly(CIRCULAR);
        assertThat(console.reports().get(0))
                .contains("(irqs of all CPUs): first wanted by CPU#0 under list_lock")
                .contains("already holding lock:\n irqs off on CPU#0");
    }

    @Test
    void theOtherWayRoundItIsToo() {
        takeWithIrqsOff(LIST_LOCK);
        ipiUnder(LIST_LOCK);
        assertThat(headlines()).containsExactly(CIRCULAR);
    }

    @Test
    void overAnotherLockItIsToo() {
        nest(LIST_LOCK, ZONE_LOCK);
        ipiUnder(ZONE_LOCK);
        takeWithIrqsOff(LIST_LOCK);
        assertThat(headlines()).containsExactly(CIRCULAR);
    }

    @Test
    void anIpiUnderASleepersLockIsClean() {
        ipiUnder(SLUB_LOCK);
        takeWithIrqsOff(LIST_LOCK);
        assertThat(headlines()).isEmpty();
    }

    @Test
    void anIpiUnderALockThatIsOnlyTriedWithIrqsOffIsClean() {
        ipiUnder(LIST_LOCK);
        boolean irqs = machine.irqSave(task);
        assertThat(machine.spinTryLock(task, at(LIST_LOCK, 0), LIST_LOCK)).isTrue();
        give(task, LIST_LOCK, 0);
        machine.irqRestore(task, irqs);
        assertThat(headlines()).isEmpty();
    }

    private void ipiUnder(LockClass lock) {
        take(task, lock, 0);
        machine.onEachCpu(task, irq -> {});
        give(task, lock, 0);
    }

    private void takeWithIrqsOff(LockClass lock) {
        boolean irqs = machine.irqSave(task);
        take(task, lock, 0);
        give(task, lock, 0);
        machine.irqRestore(task, irqs);
    }

    @Test
    void aLockThatIsNotHeldCannotBeGivenBack() {
        take(task, LIST_LOCK, 0);
        give(task, LIST_LOCK, 0);
        assertThat(headlines()).isEmpty();
        give(task, LIST_LOCK, 0);
        assertThat(headlines()).containsExactly(BALANCE);
        assertThat(console.reports().get(0)).contains("It holds no lock.");
    }

    @Test
    void norAnotherTasksLock() {
        take(task, LIST_LOCK, 0);
        Task other = Task.on(1);
        take(other, ZONE_LOCK, 0);
        give(other, LIST_LOCK, 0);
        assertThat(headlines()).containsExactly(BALANCE);
        assertThat(console.reports().get(0)).contains("It holds:\n #0: zone->lock at");
    }

    @Test
    void aForkKnowsTheOrderAndGoesOnByItself() {
        nest(SLAB_LOCK, LIST_LOCK);
        Console other = new Console();
        Lockdep fork = lockdep.fork(other);
        Task holder = Task.on(1);
        holder.held.push(LIST_LOCK, at(LIST_LOCK, 0));
        fork.acquire(holder, SLAB_LOCK, at(SLAB_LOCK, 0), LockObserver.How.WRITE);
        assertThat(other.reports()).singleElement().asString().startsWith(CIRCULAR);
        assertThat(headlines()).isEmpty();
        assertThat(lockdep.hasEdge(LIST_LOCK, SLAB_LOCK)).isFalse();
    }

    @Test
    void theOrderOfTheDeclarationHasNoReport() {
        nest(LockClass.values());
        assertThat(headlines()).isEmpty();
    }
}
