package org.slubcheck.defects;

import org.slubcheck.machine.LockClass;
import org.slubcheck.machine.Task;
import org.slubcheck.slubq.KmemCacheQueue;
import org.slubcheck.slubq.Slubq;
import org.slubcheck.slubq.SlubqNumaSteps;
import org.slubcheck.verdict.Technique;

/** F20: expiry takes the lock of a queue with irqs on. Replaces {@link SlubqNumaSteps#EXPIRE_QUEUE_LOCK}. */
public final class F20ExpireWithoutIrqsave extends Defect<SlubqNumaSteps.QueueLock> {
    /** Ready to be installed. */
    public F20ExpireWithoutIrqsave() {
        super(
                "F20",
                "expiry locks with irqs on",
                Technique.LOCKDEP,
                SlubqNumaSteps.EXPIRE_QUEUE_LOCK,
                "^WARNING: inconsistent lock state\\n(shared|alien)_lock: \\{IN-HARDIRQ\\} ");
    }

    @Override
    protected SlubqNumaSteps.QueueLock code() {
        return new SlubqNumaSteps.QueueLock() {
            @Override
            public boolean lock(Slubq k, Task t, long q, LockClass lockClass) {
                k.slab().machine().spinLock(t, q + KmemCacheQueue.LOCK, lockClass);
                return t.irqsOff();
            }

            @Override
            public void unlock(Slubq k, Task t, long q, LockClass lockClass, boolean wereOff) {
                k.slab().machine().spinUnlock(t, q + KmemCacheQueue.LOCK, lockClass);
            }
        };
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 22/23, C. Lameter, 3 August 2010",
                Evidence.of(Evidence.FULL_MAIL, Evidence.UPSTREAM),
                "A lock that interrupts take is held with irqs off.",
                "Expiry runs as a task with irqs on and takes the lock of a "
                        + "shared queue by spin_lock. An interrupt hits that CPU, frees "
                        + "an object, finds its queue full and wants the shared one: it "
                        + "waits for whom it has interrupted.",
                "lockdep: inconsistent lock state. Without it the CPU hangs, seldom.",
                "spin_lock_irqsave.");
    }
}
