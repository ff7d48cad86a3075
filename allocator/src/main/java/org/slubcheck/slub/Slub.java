package org.slubcheck.slub;

import org.slubcheck.layout.ObjectLayout;
import org.slubcheck.layout.SlabLimits;
import org.slubcheck.layout.SlubLayout;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.machine.StructLayout;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.EngineAttributes;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.MemInit;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.slubbase.Hooks;
import org.slubcheck.slubbase.SlubBase;

/**
 * The SLUB of 2.6.36 (mm/slub.c, C. Lameter), which S+Q3 starts from.
 *
 * <p>Each CPU has a slab of its own, frozen and on no list, and all of its free objects on a list
 * that goes through them ({@link Freelist}). <b>Allocation</b> takes the first of them, with irqs off
 * and no lock; when there is none it looks at what others have freed into the slab, then gives it up
 * for one of the node's partial list or a new one ({@link SlowPath}). <b>Freeing</b> into the CPU's
 * own slab puts the object first on that list; any other goes to its slab, under the slab's lock.
 *
 * <pre>
 *   frozen, one CPU's     page-&gt;freelist: what other CPUs freed since; inuse counts the CPU's too
 *   on n-&gt;partial         page-&gt;freelist is not empty
 *   on n-&gt;full            page-&gt;freelist is empty, and the cache stores users
 *   nowhere               page-&gt;freelist is empty, and it does not
 * </pre>
 *
 * <p><b>Locks.</b> slab_lock(page) guards page-&gt;freelist, inuse and the frozen bit; list_lock the
 * node's lists. slab_lock nests outside list_lock; the other way round only by trylock. Irqs are off
 * under both.
 */
public sealed class Slub extends SlubBase permits LocklessSlub {
    final SlubSteps steps;
    private final StructLayout area;
    private final int stat;

    /** The engine of a slab allocator. */
    public Slub(Slab slab) {
        this(slab, KmemCacheCpu.of(slab.config().stats()).layout());
    }

    /** The same with per-CPU areas of another layout. */
    Slub(Slab slab, StructLayout area) {
        super(slab, new ChainObjects(slab));
        this.steps = SlubSteps.of(slab.steps());
        this.area = area;
        this.stat = config.stats() ? area.offset("stat") : 0;
    }

    @Override
    public String name() {
        return "slub";
    }

    // ---- fast paths

    /** slab_alloc. */
    @Override
    public long alloc(Task task, long s, int gfp, int node) {
        if (Hooks.preAlloc(this, task, s, gfp)) {
            return 0;
        }
        boolean irqs = machine.irqSave(task);
        long c = thisArea(task, s);
        long object = m.read(c + KmemCacheCpu.FREELIST);
        if (object == 0 || !nodeMatch(c, node)) {
            object = SlowPath.alloc(this, task, s, gfp, node, c);
        } else {
            m.write(c + KmemCacheCpu.FREELIST, Freelist.next(m, s, object));
            stat(task, s, StatItem.ALLOC_FASTPATH);
        }
        machine.irqRestore(task, irqs);
        postAlloc(s, gfp, object);
        return object;
    }

    /** What comes behind an allocation; maybe_wipe_obj_freeptr of a free object that was cleared. */
    final void postAlloc(long s, int gfp, long object) {
        Hooks.postAlloc(this, s, gfp, object);
        if (init.onFree() && object != 0 && pointerBytes(s) == 0 && MemInit.clears(m, s)) {
            m.write(object, 0);
        }
    }

    /** slab_free. */
    @Override
    public void free(Memory memory, Task task, long s, long object) {
        long page = pages.headPageOf(object);
        boolean irqs = machine.irqSave(task);
        long c = thisArea(task, s);
        if (page == m.read(c + KmemCacheCpu.PAGE) && m.readInt(c + KmemCacheCpu.NODE) >= 0) {
            Hooks.free(this, s, object);
            Freelist.setNext(m, s, object, m.read(c + KmemCacheCpu.FREELIST));
            m.write(c + KmemCacheCpu.FREELIST, object);
            stat(task, s, StatItem.FREE_FASTPATH);
        } else {
            SlowPath.free(this, task, s, page, object, false);
        }
        machine.irqRestore(task, irqs);
    }

    // ---- per-CPU areas

    /** struct kmem_cache_cpu as this kernel has it. */
    public final StructLayout areaLayout() {
        return area;
    }

    /** The first of the objects that an area's CPU has to itself; irqs are off there. */
    long freelist(long c) {
        return m.read(c + KmemCacheCpu.FREELIST);
    }

    /** Sets it, behind {@link #transaction}; irqs are off there. */
    void setFreelist(long c, long object) {
        m.write(c + KmemCacheCpu.FREELIST, object);
    }

    /** The first of the objects of an area as an observer sees it. */
    @Observer
    public long peekFreelist(long c) {
        return m.peek(c + KmemCacheCpu.FREELIST);
    }

    /**
     * A section with irqs off begins to change the area of its CPU. With irqs off for every access
     * there is nobody to tell.
     */
    void transaction(long c) {}

    /**
     * A slab of the partial list is about to become the CPU's, it is locked: whatever else the engine
     * wants of that list. Irqs are off.
     */
    void foundPartial(Task task, long s, long c, long page) {}

    /**
     * A slab of the node, -1 for any, that the CPU kept for later, locked and frozen; 0 where there is
     * none. Irqs are off.
     */
    long keptPartial(Task task, long s, long c, int node) {
        return 0;
    }

    /** The first slab that a CPU keeps for later, as an observer sees it; 0 for none. */
    @Observer
    public long peekPartial(long c) {
        return 0;
    }

    /** The slab that it keeps behind one, as an observer sees it; 0 for none. */
    @Observer
    public final long peekNextPartial(long page) {
        return CpuPartial.peekNext(m, page);
    }

    /** The area of the task's CPU; irqs are off. */
    public long thisArea(Task task, long s) {
        return percpu.thisCpuPtr(task, m.read(s + KmemCache.CPU));
    }

    /** The area of a CPU, whose contents belong to that CPU. */
    long area(long s, int cpu) {
        return percpu.perCpuPtr(m.read(s + KmemCache.CPU), cpu);
    }

    /** READ_ONCE of an area's page, by who only counts. */
    public long peerPage(long c) {
        return m.readOnce(c + KmemCacheCpu.PAGE);
    }

    /** READ_ONCE of an area's node, by who only counts. */
    public int peerNode(long c) {
        return m.readOnceInt(c + KmemCacheCpu.NODE);
    }

    /** node_match; -1 will always do. */
    boolean nodeMatch(long c, int node) {
        return node < 0 || m.readInt(c + KmemCacheCpu.NODE) == node;
    }

    /** kmem_cache_debug: object debugging looks at every allocation and free. */
    boolean debug(long s) {
        return (KmemCache.flags(m, s) & SlabFlags.DEBUG_FLAGS) != 0;
    }

    /** alloc_kmem_cache_cpus: empty areas; a cache keeps them all its life. */
    @Override
    public boolean allocKmemCacheCpus(Task task, long s) {
        long areas = percpu.alloc(task, area.size(), 2 * Memory.WORD);
        m.write(s + KmemCache.CPU, areas);
        return areas != 0;
    }

    @Override
    public void freeKmemCacheCpus(Task task, long s) {
        percpu.free(task, m.read(s + KmemCache.CPU));
        m.write(s + KmemCache.CPU, 0);
    }

    @Override
    public void flushAll(Task task, long s) {
        machine.onEachPossibleCpu(task, irq -> flushThisCpu(irq, s));
    }

    @Override
    public void flushThisCpu(Task irq, long s) {
        flush(irq, s, thisArea(irq, s));
    }

    /** __flush_cpu_slab: gives up the slab of an area. Irqs off; nobody runs on the area's CPU. */
    public void flush(Task task, long s, long c) {
        if (m.readOnce(c + KmemCacheCpu.PAGE) != 0) {
            SlowPath.flush(this, task, s, c);
        }
    }

    @Override
    public void cpuComes(Task task, long s, int cpu) {
        // An area is empty before its CPU comes for the first time, and after it has gone.
    }

    @Override
    public void cpuGone(Task task, long s, int cpu) {
        flush(task, s, area(s, cpu));
    }

    /**
     * Free objects that slabinfo counts as in use, because their slab is on no list: those that a CPU
     * has to itself, and those that others have freed into its slab. Nobody runs on that CPU: the list
     * goes through objects that it hands out.
     */
    @Override
    public int queued(long s, int cpu) {
        long c = area(s, cpu);
        long page = m.readOnce(c + KmemCacheCpu.PAGE);
        if (page == 0) {
            return 0;
        }
        int most = Freelist.racyObjects(m, page);
        int objects = 0;
        for (long at = freelist(c); at != 0 && objects < most; objects++) {
            at = Freelist.next(m, s, at);
        }
        return objects + Freelist.racyAvailable(m, page);
    }

    // ---- caches

    @Override
    public void initCache(long s) {
        // There is nothing to tune.
    }

    @Override
    public void sysfsUp(Task task, long s) {
        // Nothing waited for sysfs.
    }

    @Override
    public void closing(Task task, long s) {
        // All objects that are not in slabs are those of the CPU slabs, which are flushed.
    }

    @Override
    public long sharedObjects(long s) {
        return 0;
    }

    @Override
    public long alienObjects(long s) {
        return 0;
    }

    @Override
    public long reclaim(Task task, int node) {
        return 0;
    }

    @Override
    public int objectsOf(long page) {
        return Freelist.racyObjects(m, page);
    }

    @Override
    public EngineAttributes attributes() {
        return new SlubAttributes(this);
    }

    @Override
    protected ObjectLayout layout(
            int objectSize, int align, long flags, boolean ctor, SlabLimits limits) {
        return SlubLayout.calculateSizes(objectSize, align, flags, ctor, limits);
    }

    @Override
    protected int objects(int order, int size, SlabLimits limits) {
        return SlubLayout.objects(order, size, limits);
    }

    @Override
    protected void keep(long s, ObjectLayout layout) {
        m.writeInt(s + Freelist.OFFSET, layout.offset());
    }

    @Override
    protected int pointerBytes(long s) {
        return Freelist.offset(m, s) == 0 ? 0 : Memory.WORD;
    }

    @Override
    @Observer
    public int peekPointerBytes(long s) {
        return Freelist.peekOffset(m, s) == 0 ? 0 : Memory.WORD;
    }

    @Override
    @Observer
    public String peekNextFree(long s, long object) {
        return String.format(" fp=0x%016x", m.peek(object + Freelist.peekOffset(m, s)));
    }

    /** lock_and_freeze_slab: who takes a slab off the partial list makes it his CPU's. */
    @Override
    protected void acquired(long page) {
        PageStruct.setFlags(m, page, PageStruct.PG_ACTIVE);
    }

    @Override
    protected void countDiscard(Task task, long s) {
        stat(task, s, StatItem.FREE_SLAB);
    }

    @Override
    protected long validateObjects(long s, long page) {
        return ObjectDebug.validate(this, s, page);
    }

    /** Where a CPU counts an event; there with statistics only. */
    final long counter(long c, StatItem item) {
        return c + stat + (long) item.ordinal() * Integer.BYTES;
    }

    /** Counts an event, on a kernel with statistics. Irqs are off. */
    void stat(Task task, long s, StatItem item) {
        if (stat != 0) {
            long at = counter(thisArea(task, s), item);
            m.writeOnceInt(at, m.readOnceInt(at) + 1);
        }
    }
}
