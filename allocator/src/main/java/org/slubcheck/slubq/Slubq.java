package org.slubcheck.slubq;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.layout.ObjectLayout;
import org.slubcheck.layout.SlabLimits;
import org.slubcheck.layout.SlubqLayout;
import org.slubcheck.machine.Machine;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.ListHead;
import org.slubcheck.slab.EngineAttributes;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.slab.SlabState;
import org.slubcheck.slubbase.Hooks;
import org.slubcheck.slubbase.SlubBase;

/**
 * The S+Q3 engine (patches 14 to 23, C. Lameter, 3 Aug 2010; corrected as of October 2010).
 *
 * <p><b>Allocation</b> pops the hottest object of this CPU's queue, with irqs off and nothing else.
 * An empty queue is refilled by a batch from partial slabs, then from new ones ({@link Refill}).
 * <b>Freeing</b> pushes onto the queue; a full queue first drains a batch of its coldest objects
 * into their slabs ({@link Drain}). Where there are {@link SharedCache shared queues}, both go there
 * first. An object of another node than the CPU's goes to an {@link AlienCache alien queue} or
 * straight to its slab, and comes from there ({@link Remote}). So every object of a queue is from one
 * node, {@code c->node}.
 *
 * <p><b>Rules for {@code s->cpu}</b> (S+Q3 15/23), which a resize replaces at any time:
 *
 * <pre>
 *   A  one's own area: with irqs off, and read again after every irq-enable window
 *   B  the areas of all CPUs: under slub_lock; their contents change meanwhile
 *   C  statistics: racy, but the pointer is valid
 * </pre>
 *
 * <p>The two fast paths are written so that the compiler inlines them. One look ({@link #odd}) tells
 * them whether anything is out of the ordinary: statistics, debug flags, another node, an atomic
 * context. Most of that, and a queue that is empty or full, they leave to methods of its own. They take
 * the CPU's irq line without a word to the task, which nobody can ask in between, and leave it to
 * others to wait for a line that an interrupt has. What is cached of the machine's wiring, and a
 * memory that is {@link Memory#local() theirs}, spare loads (docs/decisions/0007).
 *
 * <p>Cheap to make, one for each fork: all state is in memory.
 */
public final class Slubq extends SlubBase {
    /** Bits of {@link #special}, beside those of a cache's flags and of a task's context. */
    private static final long MANY_NODES = 1L << 32;

    private static final long OBSERVED = 1L << 33;
    private static final long INIT = 1L << 34;
    private static final long STATS = 1L << 35;
    private static final long FAILSLAB = 1L << 36;

    /** What the fast paths see to themselves; the rest they leave to the slow ones. */
    private static final long FAST = MANY_NODES | OBSERVED | INIT;

    private static final long UNUSUAL = SlabFlags.DEBUG_FLAGS | SlabFlags.MEM_SPREAD;

    final SlubqSteps steps;
    final SlubqNumaSteps numa;
    final KmemCacheCpu cpuLayout;

    /** offsetof(struct kmem_cache_cpu, q). */
    final long queue;

    /** Where irq lines and per-CPU areas are, kept here to spare the fast paths the way there. */
    private final long lines;

    private final long lineStride;
    private final long unitSize;

    private final boolean stats;

    /** What makes a kernel special: 0 for one node, statistics and faults off, nobody watching. */
    private final long special;

    /** The engine of a slab allocator, with the code that its steps name. */
    public Slubq(Slab slab) {
        super(slab, new MapObjects(slab));
        this.steps = SlubqSteps.of(slab.steps());
        this.numa = SlubqNumaSteps.of(slab.steps());
        this.cpuLayout = KmemCacheCpu.of(config.stats());
        this.queue = cpuLayout.queue();
        this.lines = machine.line(0);
        this.lineStride = 1L << machine.lineShift();
        this.unitSize = percpu.unitSize();
        this.stats = config.stats();
        this.special =
                (manyNodes ? MANY_NODES : 0)
                        | (observed ? OBSERVED : 0)
                        | (stats ? STATS : 0)
                        | (failslab ? FAILSLAB : 0)
                        | (init.any() ? INIT : 0);
    }

    @Override
    public String name() {
        return "slubq";
    }

    // ---- fast paths

    @Override
    public long alloc(Task task, long s, int gfp, int node) {
        Memory m = this.m.local();
        long odd = odd(m, task, s);
        // The second half alone says it all. But nothing odd is the rule, and then the first half
        // spares the mask here and in each such test below.
        if (odd != 0 && (odd & ~FAST) != 0) {
            return allocUnusual(task, s, gfp, node);
        }
        long line = lineOf(task);
        if (!Machine.irqTryEnter(m, line, task.cpu())) {
            return allocSlow(task, s, gfp, node, machine.irqSave(task));
        }
        long q = queueOffset(task) + KmemCache.cpu(m, s);
        long word = m.read(q);
        if ((int) word <= 0 || odd != 0 && (odd & MANY_NODES) != 0 && !nodeMatch(q - queue, node)) {
            machine.irqRecord(task);
            return allocSlow(task, s, gfp, node, false);
        }
        long object = m.read(q, KmemCacheQueue.OBJECT, (int) word - 1);
        m.write(q, word - 1 | KmemCacheQueue.TOUCHED);
        Machine.irqLeave(m, line);
        if ((gfp & Gfp.ZERO) != 0 || odd != 0) {
            Hooks.postAlloc(this, s, gfp, object);
        }
        return object;
    }

    /** An allocation in an atomic context, of an unusual cache, with statistics or failslab. */
    private long allocUnusual(Task task, long s, int gfp, int node) {
        return steps.preAlloc.refuses(Hooks.preAlloc(this, task, s, gfp))
                ? 0
                : allocRefilling(task, s, gfp, node, machine.irqSave(task));
    }

    /**
     * An allocation that the fast path could not serve; irqs are off, and were so or not. The hook had
     * nothing to say: on a kernel without CONFIG_FAILSLAB it injects no failure.
     */
    private long allocSlow(Task task, long s, int gfp, int node, boolean wereOff) {
        if (steps.preAlloc.refuses(false)) {
            machine.irqRestore(task, wereOff);
            return 0;
        }
        return allocRefilling(task, s, gfp, node, wereOff);
    }

    private long allocRefilling(Task task, long s, int gfp, int node, boolean wereOff) {
        long object = Refill.slabAlloc(this, task, s, gfp, node, wereOff);
        Hooks.postAlloc(this, s, gfp, object);
        return object;
    }

    @Override
    public void free(Memory m, Task task, long s, long object) {
        long odd = odd(m, task, s);
        if (odd != 0 && (odd & ~FAST) != 0) {
            freeSlow(task, s, object, machine.irqSave(task));
            return;
        }
        long line = lineOf(task);
        if (!Machine.irqTryEnter(m, line, task.cpu())) {
            freeSlow(task, s, object, machine.irqSave(task));
            return;
        }
        long q = queueOffset(task) + KmemCache.cpu(m, s);
        long word = m.read(q);
        if (KmemCacheQueue.isFull(word)
                || odd != 0 && (odd & MANY_NODES) != 0 && nodeOf(object) != areaNode(q - queue)) {
            machine.irqRecord(task);
            freeSlow(task, s, object, false);
            return;
        }
        if (odd != 0) {
            Hooks.free(this, s, object);
        }
        m.write(q, KmemCacheQueue.OBJECT, (int) word, object);
        m.write(q, word + 1 | KmemCacheQueue.TOUCHED);
        Machine.irqLeave(m, line);
    }

    /** Irqs are off, and were so or not. */
    private void freeSlow(Task task, long s, long object, boolean wereOff) {
        Drain.slabFree(this, task, s, thisArea(task, s), object);
        if (!wereOff) {
            machine.irqRestore(task, false);
        }
    }

    /**
     * What is out of the ordinary, at one look: about the kernel, the cache (debug flags, a policy) and
     * the task (an atomic context). 0 for nothing.
     */
    private long odd(Memory m, Task task, long s) {
        return special | KmemCache.flags(m, s) & UNUSUAL | task.context();
    }

    // ---- per-CPU areas

    /** The irq line of the task's CPU. */
    private long lineOf(Task task) {
        return lines + task.cpu() * lineStride;
    }

    /** From a per-CPU pointer to the queue of the task's CPU; irqs are off. */
    private long queueOffset(Task task) {
        return task.cpu() * unitSize + queue;
    }

    /** The area of the task's CPU; irqs are off (rule A). */
    public long thisArea(Task task, long s) {
        return percpu.thisCpuPtr(task, KmemCache.cpu(m, s));
    }

    /** The queue of an area. */
    public long queueOf(long area) {
        return area + queue;
    }

    /** node_match: whether the queue's objects are from a node that will do; -1 will always do. */
    boolean nodeMatch(long c, int node) {
        return node < 0 || m.readInt(c + cpuLayout.node()) == node;
    }

    /** The node that the objects of a queue are from. */
    int areaNode(long c) {
        return m.readInt(c + cpuLayout.node());
    }

    /** Sets the node of the queues of a private area. */
    void setAreaNode(long c, int node) {
        m.writeInt(c + cpuLayout.node(), node);
    }

    @Override
    public void flushThisCpu(Task irq, long s) {
        flushThisCpu(irq, s, KmemCache.cpu(m, s));
    }

    /** What an interrupt does to empty its CPU's copy of an area: all objects to their slabs. */
    public void flushThisCpu(Task irq, long s, long area) {
        long c = percpu.thisCpuPtr(irq, area);
        flushArea(irq, s, c);
    }

    /**
     * flush_cpu_objects: all of an area's queue to the slabs, and of the queues that it shares.
     * Irqs off on the area's CPU.
     */
    public void flushArea(Task task, long s, long c) {
        if (KmemCacheQueue.objects(m, c + queue) != 0 || SharedCache.of(this, c) != 0) {
            Drain.flush(this, task, s, c);
        }
    }

    /** The node that a queue's objects are from; an observer's view. */
    @Observer
    public int peekNode(long c) {
        return m.peekInt(c + cpuLayout.node());
    }

    @Override
    public void flushAll(Task task, long s) {
        steps.flushAll.flush(this, task, s);
    }

    @Override
    public boolean allocKmemCacheCpus(Task task, long s) {
        boolean first = slab.state() == SlabState.DOWN || !geometry.numa();
        if (first && ListHead.isEmpty(m, slab.wiring().slabCaches())) {
            EarlyReserve.check(this);
        }
        long area = Resize.newArea(this, task, KmemCache.queue(m, s));
        m.storeRelease(s + KmemCache.CPU, area);
        if (area == 0) {
            return false;
        }
        Resize.setCapacity(this, s, KmemCache.queue(m, s));
        SharedCache.alloc(this, task, s);
        return true;
    }

    @Override
    public void sysfsUp(Task task, long s) {
        SharedCache.alloc(this, task, s);
    }

    @Override
    public void closing(Task task, long s) {
        SharedCache.remove(this, task, s);
    }

    @Override
    public void cpuComes(Task task, long s, int cpu) {
        setAreaNode(percpu.perCpuPtr(KmemCache.cpu(m, s), cpu), slab.memNodeOfCpu(cpu));
    }

    @Override
    public void nodesChanged(Task task, long s) {
        Rehome.cache(this, task, s);
    }

    @Override
    public void cpuGone(Task task, long s, int cpu) {
        flushArea(task, s, percpu.perCpuPtr(KmemCache.cpu(m, s), cpu));
    }

    @Override
    public long sharedObjects(long s) {
        return SharedCache.objectsInAll(this, s);
    }

    @Override
    public long alienObjects(long s) {
        return AlienCache.objectsInAll(this, s);
    }

    @Override
    public long reclaim(Task task, int node) {
        return expireAll(task, node);
    }

    /**
     * kmem_cache_expire by hand: bytes put back of what a cache keeps of a node, -1 for all; 0 when
     * everything was in use since the last call, or nothing is left. Takes slub_lock; irqs are on.
     * -ERESTARTSYS where the handler of a file did not get it.
     */
    public long expire(Task task, long s, int node) {
        return numa.expireByHand.under(this, task, () -> Expire.cache(this, task, s, node));
    }

    /**
     * kmem_cache_expire_all: the same of all caches, as page reclaim calls it (S+Q3 23/23). Only
     * tries for slub_lock, and gives 0 when somebody has it. Irqs are on.
     */
    public long expireAll(Task task, int node) {
        return Expire.all(this, task, node);
    }

    @Override
    public void freeKmemCacheCpus(Task task, long s) {
        SharedCache.remove(this, task, s);
        percpu.free(task, KmemCache.cpu(m, s));
        m.storeRelease(s + KmemCache.CPU, 0);
    }

    @Override
    public int queued(long s, int cpu) {
        return KmemCacheQueue.racyObjects(m, percpu.perCpuPtr(KmemCache.cpu(m, s), cpu) + queue);
    }

    /**
     * The objects in a CPU's queue, coldest first; an observer's view. Never more than the area can
     * hold, whatever the count says.
     */
    @Observer
    public List<Long> peekQueue(long s, int cpu) {
        List<Long> objects = new ArrayList<>();
        long area = m.peek(s + KmemCache.CPU);
        if (area != 0) {
            long q = percpu.perCpuPtr(area, cpu) + queue;
            int count = Math.min(KmemCacheQueue.peekObjects(m, q), KmemCacheQueue.peekMax(m, q));
            for (int i = 0; i < count; i++) {
                objects.add(m.peek(KmemCacheQueue.slot(q, i)));
            }
        }
        return objects;
    }

    // ---- caches and nodes

    @Override
    public void initCache(long s) {
        int size = Scale.initialQueue(geometry, KmemCache.size(m, s));
        KmemCache.setQueue(m, s, size);
        KmemCache.setBatch(m, s, Resize.batchFor(size));
        SharedCache.initCache(this, s);
    }

    @Override
    protected ObjectLayout layout(
            int objectSize, int align, long flags, boolean ctor, SlabLimits limits) {
        return SlubqLayout.calculateSizes(objectSize, align, flags, limits);
    }

    @Override
    protected int objects(int order, int size, SlabLimits limits) {
        return SlubqLayout.objects(order, size, limits);
    }

    @Override
    protected void keep(long s, ObjectLayout layout) {
        // Nothing but the bytes that every engine keeps.
    }

    @Override
    protected int pointerBytes(long s) {
        return 0;
    }

    @Override
    @Observer
    public int peekPointerBytes(long s) {
        return 0;
    }

    @Override
    protected void acquired(long page) {
        // That it is on no list says enough.
    }

    @Override
    protected void countDiscard(Task task, long s) {
        stat(task, s, StatItem.FREE_SLAB);
    }

    @Override
    protected long validateObjects(long s, long page) {
        return ObjectDebug.validate(this, s, page);
    }

    @Override
    public int objectsOf(long page) {
        return FreeMap.objects(m, page);
    }

    @Override
    public EngineAttributes attributes() {
        return new NumaAttributes(this, new SlubqAttributes(this));
    }

    // ---- tunables

    /** cpu_queue_size_store: 0, -EINVAL or -ENOMEM. Takes slub_lock; may sleep. */
    public int setCpuQueueSize(Task task, long s, long size) {
        return Tunables.setCpuQueueSize(this, task, s, size);
    }

    /** shared_queue_size_store: 0 or -EINVAL; 0 objects for none. Takes slub_lock; may sleep. */
    public int setSharedQueueSize(Task task, long s, long objects) {
        return NumaTunables.setSharedQueueSize(this, task, s, objects);
    }

    /**
     * alien_queue_size_store: 0, -EINVAL, or -ENOSYS on a single node; 0 objects for none. Takes
     * slub_lock; may sleep.
     */
    public int setAlienQueueSize(Task task, long s, long objects) {
        return NumaTunables.setAlienQueueSize(this, task, s, objects);
    }

    /** batch_size_store: 0 or -EINVAL. Takes slub_lock; may sleep. */
    public int setBatchSize(Task task, long s, long batch) {
        return Tunables.setBatchSize(this, task, s, batch);
    }

    /** Counts an event where s-&gt;cpu leads now, on a kernel with statistics. Irqs are off. */
    void stat(Task task, long s, StatItem item) {
        if (stats) {
            Statistics.increment(this, thisArea(task, s), item);
        }
    }
}
