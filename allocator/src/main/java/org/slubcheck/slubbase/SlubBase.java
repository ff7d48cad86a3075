package org.slubcheck.slubbase;

import org.slubcheck.layout.ObjectLayout;
import org.slubcheck.layout.SlabLimits;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Machine;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.machine.Rcu;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.ListHead;
import org.slubcheck.mm.PageAllocator;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.mm.Percpu;
import org.slubcheck.slab.Engine;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slab.MemInit;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabConfig;

/**
 * What the engines of mm/slub.c have in common: where things are, and what the shared code has to
 * ask of an engine. The engine is a subclass; the shared code is static methods over this class.
 *
 * <p>Cheap to make, one for each fork: all state is in memory.
 */
public abstract class SlubBase implements Engine {
    /** CPUs, interrupts, locks. */
    public final Machine machine;

    /** Physical memory. */
    public final Memory m;

    /** The shape of the machine. */
    public final Geometry geometry;

    /** The page allocator. */
    public final PageAllocator pages;

    /** The per-CPU allocator. */
    public final Percpu percpu;

    /** The slab allocator above. */
    public final Slab slab;

    /** How it was configured. */
    public final SlabConfig config;

    /** How slabs keep their free objects. */
    public final FreeObjects free;

    /** More than one node: the only machines on which an object can be of another node. */
    public final boolean manyNodes;

    /** Somebody watches memory: objects are made usable and unusable for him. */
    public final boolean observed;

    /** What is cleared without anybody asking. */
    public final MemInit init;

    /** CONFIG_FAILSLAB. */
    public final boolean failslab;

    /** The code of the step in the hook before an allocation. */
    final HookSteps.Mask hookMask;

    /** The code of the step that books the first slab of a node. */
    final NodeBooksSteps.EarlyBooks earlyBooks;

    /** The code of the step that readies the list heads of a shrink. */
    final ShrinkSteps.Heads shrinkHeads;

    /** The parts of a slab allocator, and how the engine keeps free objects. */
    protected SlubBase(Slab slab, FreeObjects free) {
        this.slab = slab;
        this.machine = slab.machine();
        this.m = machine.memory();
        this.geometry = machine.geometry();
        this.pages = slab.pages();
        this.percpu = slab.percpu();
        this.config = slab.config();
        this.free = free;
        this.manyNodes = geometry.nodes() > 1;
        this.observed = m.observed();
        this.init = config.init();
        this.failslab = config.failslab();
        this.hookMask = slab.steps().get(HookSteps.MASK);
        this.shrinkHeads = slab.steps().get(ShrinkSteps.HEADS);
        this.earlyBooks = slab.steps().get(NodeBooksSteps.EARLY_BOOKS);
    }

    // ---- what the shared code asks of an engine

    /** calculate_sizes as the engine lays objects out. */
    protected abstract ObjectLayout layout(
            int objectSize, int align, long flags, boolean ctor, SlabLimits limits);

    /** Objects of a slab of an order. */
    protected abstract int objects(int order, int size, SlabLimits limits);

    /** Keeps in a private cache what the engine needs of its layout. */
    protected abstract void keep(long s, ObjectLayout layout);

    /** Offset of the bytes between the end of a free object and its tracks: 0 or a free pointer. */
    protected abstract int pointerBytes(long s);

    /** The same as an observer sees it. */
    @Observer
    public abstract int peekPointerBytes(long s);

    /**
     * What a report says of the free pointer of an object, which is the user's as long as the object
     * is in use and the pointer lies in it; nothing where objects have none.
     */
    @Observer
    public String peekNextFree(long s, long object) {
        return "";
    }

    /** A partial slab was taken off its list: under list_lock, with the slab's lock held. */
    protected abstract void acquired(long page);

    /** A slab goes back to the page allocator: statistics. Irqs are off. */
    protected abstract void countDiscard(Task task, long s);

    /** The bad objects of a locked slab whose struct and padding are sound. */
    protected abstract long validateObjects(long s, long page);

    // ---- what all of them do

    @Override
    public final Rcu rcu() {
        // All its state is in memory, so one for each call will do, and none has to know an engine
        // that is not complete yet.
        return new Rcu(
                machine, slab.hotplug(), (task, head) -> SlabPages.rcuFree(this, task, head));
    }

    @Override
    public final void initKmemCacheNode(long n) {
        m.writeOnce(n + KmemCacheNode.LIST_LOCK, 0);
        KmemCacheNode.setNrPartial(m, n, 0);
        ListHead.init(m, n + KmemCacheNode.PARTIAL);
        m.writeOnce(n + KmemCacheNode.NR_SLABS, 0);
        m.writeOnce(n + KmemCacheNode.TOTAL_OBJECTS, 0);
        ListHead.init(m, n + KmemCacheNode.FULL);
    }

    @Override
    public final boolean calculateSizes(long s, int forcedOrder) {
        return Sizes.calculate(this, s, forcedOrder);
    }

    @Override
    public final long earlyNodeAlloc(Task task, long kmemCacheNode, int node) {
        return SlabPages.earlyNodeAlloc(this, task, kmemCacheNode, node);
    }

    @Override
    public final int shrink(Task task, long s) {
        return Shrink.shrink(this, task, s);
    }

    @Override
    public final boolean freePartialOfNode(Task task, long s, int node) {
        return Shrink.freePartial(this, task, s, node(s, node));
    }

    @Override
    public final int available(long page) {
        return free.racyAvailable(page);
    }

    @Override
    public final void setAsked(Task task, long s, long object, int size) {
        ObjectBytes.asked(this, task, s, object, size);
    }

    @Override
    public final int asked(long s, long object) {
        return ObjectBytes.asked(this, s, object);
    }

    @Override
    public final long validate(Task task, long s) {
        return Validate.cache(this, task, s);
    }

    /** get_node: the node struct, embedded on UMA; 0 for a node that is not there yet. */
    public final long node(long s, int node) {
        return slab.node(s, node);
    }

    /** page_to_nid(virt_to_page(object)); -1 for a wild pointer. */
    public final int nodeOf(long object) {
        long page = pages.pageOf(object);
        return page == 0 ? -1 : PageStruct.node(m, page);
    }

    /** The machine. */
    public final Machine machine() {
        return machine;
    }

    /** Physical memory. */
    public final Memory memory() {
        return m;
    }

    /** The per-CPU allocator. */
    public final Percpu percpu() {
        return percpu;
    }

    /** The slab allocator above. */
    public final Slab slab() {
        return slab;
    }
}
