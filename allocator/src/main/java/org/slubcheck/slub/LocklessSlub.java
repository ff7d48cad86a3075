package org.slubcheck.slub;

import org.slubcheck.machine.DoubleWord;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.Slab;
import org.slubcheck.slubbase.Hooks;

/**
 * {@link Slub} with the fast paths of 2.6.39 ("Lockless (and preemptless) fastpaths for slub", C.
 * Lameter, February 2011), in which irqs stay on and the task may be moved to another CPU at any
 * point.
 *
 * <p>A fast path looks at the area of the CPU that it is on, first of all at its transaction id,
 * works out what the freelist is to become, and then changes freelist and tid together by one
 * instruction, on the area of the CPU that it is on <em>by then</em>. The instruction fails when
 * either is not what was seen. As no two CPUs have a tid in common and every change of an area moves
 * its tid, success says that the task is on the CPU whose area it looked at and that nobody changed
 * that since; so the page, the node, and the object's free pointer are what they were, too. After a
 * failure it starts again.
 *
 * <p>Slow paths are those of {@link SlowPath}, irqs off. They move the tid before they look at
 * anything ({@link LocklessSteps#ANNOUNCE}); from then on no fast path changes the area.
 *
 * <p><b>How a CPU is one CPU here.</b> Tasks run in threads of their own, so a fast path on a CPU
 * could run in the midst of a section of that CPU which has irqs off; hardware has no such thing.
 * Two points see to it that nothing comes of it: a tid that was read in the midst of such a section
 * is not used before the section is over ({@link org.slubcheck.machine.Machine#awaitIrqsOn}), and a
 * tid from before is no good any more behind the announcement.
 */
public final class LocklessSlub extends Slub {
    final LocklessSteps fast;
    private final int cpus;
    private final int step;

    /** The engine of a slab allocator. */
    public LocklessSlub(Slab slab) {
        super(slab, LocklessCpu.of(slab.config().stats()));
        this.fast = LocklessSteps.of(slab.steps());
        this.cpus = geometry.cpus();
        this.step = LocklessCpu.tidStep(cpus);
    }

    @Override
    public String name() {
        return "slub-lockless";
    }

    // ---- fast paths

    /** slab_alloc. */
    @Override
    public long alloc(Task task, long s, int gfp, int node) {
        if (Hooks.preAlloc(this, task, s, gfp)) {
            return 0;
        }
        long object;
        while (true) {
            long c = fast.look.area(this, task, s);
            int tid = tid(task, c);
            object = freelist(c);
            if (object == 0 || !fast.nodeMatch.fits(this, peerPage(c), node)) {
                object = allocSlow(task, s, gfp, node, c);
                break;
            }
            long next = Freelist.nextSafe(m, s, object);
            if (commit(task, s, DoubleWord.of(object, tid), next)) {
                stat(task, s, StatItem.ALLOC_FASTPATH);
                break;
            }
        }
        postAlloc(s, gfp, object);
        return object;
    }

    /** slab_free. */
    @Override
    public void free(Memory memory, Task task, long s, long object) {
        long page = pages.headPageOf(object);
        boolean hooked = false;
        while (true) {
            long c = fast.look.area(this, task, s);
            int tid = tid(task, c);
            if (page != peerPage(c) || peerNode(c) < 0) {
                freeSlow(task, s, page, object, hooked);
                return;
            }
            // One look: the pointer in the object and the comparison go by the same first object.
            long first = freelist(c);
            if (!hooked) {
                // Once: the object is nobody's from here on, however often the comparison fails.
                Hooks.free(this, s, object);
                hooked = true;
            }
            Freelist.setNext(m, s, object, first);
            if (commit(task, s, DoubleWord.of(first, tid), object)) {
                stat(task, s, StatItem.FREE_FASTPATH);
                return;
            }
        }
    }

    /**
     * The tid of an area. Everything that is read of the area afterwards belongs to it or to a later
     * one, which the comparison finds out.
     */
    private int tid(Task task, long c) {
        int tid = DoubleWord.loadAcquireCount(m, c + LocklessCpu.FREELIST_TID);
        machine.awaitIrqsOn(task);
        preemption(task);
        return tid;
    }

    /** A point at which the task may be preempted and go on where another CPU has irqs on. */
    public void preemption(Task task) {
        int before = task.cpu();
        machine.migrationPoint(task);
        if (task.cpu() != before) {
            machine.awaitIrqsOn(task);
        }
    }

    /** this_cpu_cmpxchg_double on the area of the CPU that the task is on now. */
    private boolean commit(Task task, long s, long seen, long freelist) {
        preemption(task);
        return fast.commit.exchange(
                m, rawArea(task, s) + LocklessCpu.FREELIST_TID, seen, freelist, step);
    }

    // ---- slow paths

    /** The beginning of __slab_alloc. The fast path looked at an area that may be another CPU's. */
    private long allocSlow(Task task, long s, int gfp, int node, long seen) {
        preemption(task);
        boolean irqs = machine.irqSave(task);
        long c = fast.reload.area(this, task, s, seen);
        transaction(c);
        long object = fast.recheck.object(this, c);
        if (object != 0 && fast.nodeMatch.fits(this, peerPage(c), node)) {
            setFreelist(c, Freelist.next(m, s, object));
            stat(task, s, StatItem.ALLOC_SLOWPATH);
        } else {
            object = SlowPath.alloc(this, task, s, gfp, node, c);
        }
        machine.irqRestore(task, irqs);
        return object;
    }

    private void freeSlow(Task task, long s, long page, long object, boolean hooked) {
        boolean irqs = machine.irqSave(task);
        SlowPath.free(this, task, s, page, object, hooked);
        machine.irqRestore(task, irqs);
    }

    // ---- per-CPU areas

    /** __this_cpu_ptr: the area of the CPU that the task is on, which it may leave at once. */
    public long rawArea(Task task, long s) {
        return area(s, task.cpu());
    }

    @Override
    long freelist(long c) {
        return DoubleWord.readOncePointer(m, c + LocklessCpu.FREELIST_TID);
    }

    /** Nobody else stores here meanwhile: all tids that were read before are out of date. */
    @Override
    void setFreelist(long c, long object) {
        DoubleWord.writeOncePointer(m, c + LocklessCpu.FREELIST_TID, object);
    }

    @Override
    @Observer
    public long peekFreelist(long c) {
        return DoubleWord.peekPointer(m, c + LocklessCpu.FREELIST_TID);
    }

    @Override
    void transaction(long c) {
        fast.announce.start(m, c, step);
    }

    // ---- the slabs behind the CPU's own

    @Override
    void foundPartial(Task task, long s, long c, long page) {
        CpuPartial.refill(this, task, s, c, page);
    }

    @Override
    long keptPartial(Task task, long s, long c, int node) {
        return CpuPartial.take(this, task, s, c, node);
    }

    @Override
    public void flush(Task task, long s, long c) {
        super.flush(task, s, c);
        CpuPartial.flush(this, task, s, c);
    }

    @Override
    public int queued(long s, int cpu) {
        return super.queued(s, cpu) + CpuPartial.objects(this, area(s, cpu));
    }

    @Override
    @Observer
    public long peekPartial(long c) {
        return m.peek(c + LocklessCpu.PARTIAL);
    }

    // ---- areas that begin

    /** init_kmem_cache_cpus behind it: each CPU starts with its own tid. */
    @Override
    public boolean allocKmemCacheCpus(Task task, long s) {
        if (!super.allocKmemCacheCpus(task, s)) {
            return false;
        }
        for (int cpu = 0; cpu < cpus; cpu++) {
            m.writeOnce(area(s, cpu) + LocklessCpu.FREELIST_TID, DoubleWord.of(0, cpu));
        }
        return true;
    }

    /** Any CPU's counter may be met here, and an interrupt may count at the same time. */
    @Override
    void stat(Task task, long s, StatItem item) {
        if (config.stats()) {
            long at = counter(rawArea(task, s), item);
            m.fetchAdd(at & -Memory.WORD, 1L << (at & Integer.BYTES) * Byte.SIZE);
        }
    }
}
