package org.slubcheck.slab;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Hotplug;
import org.slubcheck.machine.LockClass;
import org.slubcheck.machine.Machine;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.machine.Rcu;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.ListHead;
import org.slubcheck.mm.MemoryHotplug;
import org.slubcheck.mm.PageAllocator;
import org.slubcheck.mm.PageReclaim;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.mm.Percpu;
import org.slubcheck.mm.SlabMemory;

/**
 * The slab allocator as the rest of the kernel sees it, over one {@link Engine}.
 *
 * <p>All state is in memory at the addresses of {@link SlabWiring}; this object only knows where
 * things are and is made anew for each fork.
 *
 * <p><b>Locking.</b> slub_lock guards the list of caches, reference counts, names and everything
 * that {@link #create} and {@link #destroy} do, registration in sysfs included (S+Q3 10/23, C.
 * Lameter, 3 Aug 2010, with the unlock of 2.6.37-rc2 on error exits). Allocation and freeing take
 * no lock here.
 *
 * <p>Slabs of a cache with {@link SlabFlags#DESTROY_BY_RCU} go back to the page allocator behind a
 * grace period ({@link org.slubcheck.machine.Rcu}); its objects are reused at once, so a reader that
 * finds one must look again whether it is still the one that was sought.
 *
 * <p>Caches, objects and names are addresses; 0 is NULL. A task that calls with an address that no
 * hardware would accept dies of an oops ({@link org.slubcheck.machine.KernelDeath}).
 */
public final class Slab implements SlabMemory, PageReclaim {
    /** ZERO_SIZE_PTR: what kmalloc(0) returns. */
    public static final long ZERO_SIZE_PTR = 16;

    /** What kmalloc caches are called until the state is UP. */
    static final String EARLY_NAME = "kmalloc";

    private static final int MAX_CACHES = 1 << 16;

    private final Machine machine;
    private final Memory memory;
    private final PageAllocator pages;
    private final long pool;
    private final Percpu percpu;
    private final Faults faults;
    private final Steps steps;
    private final SlabConfig config;
    private final SlabWiring wiring;
    private final Ctors ctors;
    private final Hotplug hotplug;
    private final MemoryHotplug memoryHotplug;
    private final Engine engine;

    /** The code of this package's steps. */
    final SlabSteps code;

    /**
     * What this rests on asks it in turn: the page allocator for pages when there are none, the
     * per-CPU allocator for memory. So they are made here, each called once.
     *
     * @param pages makes the page allocator, given who can give pages back
     * @param percpu makes the per-CPU allocator, given the page allocator and the slab allocator
     * @param steps which code stands at each step
     * @param engine makes the engine, with this object all but complete
     */
    public Slab(
            Machine machine,
            Function<PageReclaim, PageAllocator> pages,
            BiFunction<PageAllocator, SlabMemory, Percpu> percpu,
            Faults faults,
            Steps steps,
            SlabConfig config,
            SlabWiring wiring,
            Function<Slab, Engine> engine) {
        this.machine = machine;
        this.memory = machine.memory();
        this.pages = pages.apply(this);
        this.pool = this.pages.addressOf(this.pages.pageAt(0));
        this.percpu = percpu.apply(this.pages, this);
        this.faults = faults;
        this.steps = steps;
        this.config = config;
        this.wiring = wiring;
        this.ctors = Ctors.standard();
        this.code = SlabSteps.of(steps);
        this.hotplug = new Hotplug(machine, this.pages.cpuChain(), this::cpuNotifier);
        this.memoryHotplug =
                new MemoryHotplug(
                        this.pages,
                        hotplug,
                        (t, event, node) -> NodeHotplug.callback(this, t, event, node));
        this.engine = engine.apply(this);
    }

    // ---- boot

    /** What a loader does, before anything runs: the initialised data of the kernel image. */
    public void loadImage() {
        SlabBoot.loadImage(this);
    }

    /**
     * kmem_cache_init: from DOWN to UP. One CPU, irqs off. On a kernel with early kmalloc the first
     * call does it, and every other returns at once.
     */
    public void init(Task t) {
        if (pages.early().enterKmemCacheInit()) {
            SlabBoot.init(this, t);
        }
    }

    /** hotplug_memory_notifier: irqs are on; hears of memory from now on. */
    public void registerMemoryNotifier(Task t) {
        code.registerNotifier.at(this, t, HotplugSteps.Register.Moment.LATE);
    }

    /** kmem_cache_init_late: irqs are on; makes the DMA caches if so configured. */
    public void initLate(Task t) {
        if (SlabBoot.dmaCachesAreDue(this, BootSteps.DmaMoment.Moment.LATE)) {
            code.dmaLateLock.around(this, t, () -> SlabBoot.createDmaCaches(this, t, Gfp.KERNEL));
        }
    }

    /** slab_sysfs_init: registers all caches and saved aliases; 0 or a negative errno. */
    public int sysfsInit(Task t) {
        return SysfsSlab.init(this, t);
    }

    // ---- caches

    /**
     * kmem_cache_create: a new cache, or another reference to one that fits. Sleeps.
     *
     * @param name address of a string that stays as long as the cache; 0 is refused with a warning
     * @param ctor id in {@link #ctors()}, 0 for none
     * @return 0 when out of memory or refused
     * @throws org.slubcheck.machine.KernelDeath panic when that happens and flags have PANIC
     */
    public long create(Task t, long name, long size, long align, long flags, long ctor) {
        return CacheLife.create(this, t, name, size, align, flags, ctor);
    }

    /** The same with a string literal of the caller; null stands for NULL. */
    public long create(Task t, String name, long size, long align, long flags, long ctor) {
        long address = name == null ? 0 : literal(name);
        return create(t, address, size, align, flags, ctor);
    }

    /**
     * Places a string literal in the caller's read-only data, once; 0 when that is full, which a
     * machine of {@link Geometry#micro()} reaches with a dozen names.
     */
    public long literal(String text) {
        return Names.literal(memory, wiring, text);
    }

    /**
     * kmem_cache_destroy: drops a reference; the last one frees the cache. Sleeps.
     *
     * <p>A cache that still has objects is reported. It goes from the list and from sysfs, but its
     * struct, nodes and per-CPU areas stay, so that the objects can still be freed.
     */
    public void destroy(Task t, long s) {
        CacheLife.destroy(this, t, s);
    }

    /** kmem_cache_shrink: gives empty slabs back; 0 or a negative errno. Sleeps. */
    public int shrink(Task t, long s) {
        requireMapped(s, "kmem_cache_shrink");
        return engine.shrink(t, s);
    }

    // ---- objects

    /** kmem_cache_alloc: an object, or 0. Sleeps if the flags say WAIT. */
    public long alloc(Task t, long s, int gfp) {
        return engine.alloc(t, s, gfp, -1);
    }

    /** kmem_cache_alloc_node: preferably from a node, from nowhere else with THISNODE. */
    public long allocNode(Task t, long s, int gfp, int node) {
        return engine.alloc(t, s, gfp, node);
    }

    /**
     * kmem_cache_free: any context. An object of another cache is reported and stays allocated, as
     * a pointer that is no object at all; a pointer that is no address is an oops.
     */
    public void free(Task t, long s, long object) {
        Memory m = memory.local();
        // Other pages use the same word for other things: the struct page of the head, the order of
        // a
        // free block, nothing, all below the page pool. Every cache's struct is in it.
        if (pages.slabAt(m, object) == s && s >= pool) {
            engine.free(m, t, s, object);
        } else {
            freeUnusual(t, s, object);
        }
    }

    /** An object in a tail page of its slab, or none at all. */
    private void freeUnusual(Task t, long s, long object) {
        long page = pages.headPageOf(object);
        if (page == 0 || PageStruct.slab(memory, page) != s || !PageStruct.isSlab(memory, page)) {
            Kmalloc.freeRefused(this, t, s, page, object);
            return;
        }
        engine.free(memory, t, s, object);
    }

    /** kmalloc: {@link #ZERO_SIZE_PTR} for 0, whole pages for more than a cache has; or 0. */
    public long kmalloc(Task t, long size, int gfp) {
        return Kmalloc.alloc(this, t, size, gfp, -1);
    }

    /**
     * kmem_cache_alloc_trace: an object of a cache for a user who needs so many bytes of it, at most
     * its object size. On a cache with {@link SlabFlags#KMALLOC} that tracks users the rest becomes red
     * zone.
     */
    public long kmallocFrom(Task t, long s, int gfp, long size) {
        return Kmalloc.from(this, t, s, gfp, size);
    }

    /** kmalloc_node. */
    public long kmallocNode(Task t, long size, int gfp, int node) {
        return Kmalloc.alloc(this, t, size, gfp, node);
    }

    /** kzalloc: kmalloc of zeroed memory. */
    public long kzalloc(Task t, long size, int gfp) {
        return Kmalloc.alloc(this, t, size, gfp | Gfp.ZERO, -1);
    }

    /**
     * kfree: any context; 0 and {@link #ZERO_SIZE_PTR} are ignored, a page that no kmalloc returned
     * is a BUG, a pointer that is no address an oops.
     */
    public void kfree(Task t, long p) {
        Kmalloc.free(this, t, p);
    }

    /** kzfree: clears before it frees. */
    public void kzfree(Task t, long p) {
        Kmalloc.zfree(this, t, p);
    }

    /**
     * krealloc: contents up to the smaller size are kept; 0 when out of memory, p lives on then. With
     * ZERO what is new, or spare, is cleared.
     */
    public long krealloc(Task t, long p, long size, int gfp) {
        return Kmalloc.realloc(this, t, p, size, gfp);
    }

    /** ksize: bytes that may be used, which is what was asked for or more. */
    public long ksize(Task t, long p) {
        return Kmalloc.ksize(this, t, p);
    }

    /** get_slab: the cache that serves kmalloc of a size; 0 for one that it does not have. */
    public long kmallocCache(int size, int gfp) {
        return Kmalloc.cache(this, Task.on(0), size, gfp);
    }

    @Override
    public boolean slabIsAvailable() {
        return isAvailable();
    }

    @Override
    public long zalloc(Task t, long bytes) {
        return kzalloc(t, bytes, Gfp.KERNEL);
    }

    @Override
    public void free(Task t, long address) {
        kfree(t, address);
    }

    @Override
    public long reclaim(Task t, int node) {
        return engine.reclaim(t, node);
    }

    // ---- state

    /** slab_is_available: kmalloc works. */
    public boolean isAvailable() {
        return stateOrdinal() >= SlabState.UP.ordinal();
    }

    /** slab_state. */
    public SlabState state() {
        return SlabState.values()[stateOrdinal()];
    }

    int stateOrdinal() {
        return (int) memory.readOnce(wiring.slabState());
    }

    void setState(SlabState state) {
        memory.writeOnce(wiring.slabState(), state.ordinal());
    }

    /** For a step: corrects size_index for the smallest kmalloc size of this machine. */
    public void patchSizeIndex() {
        SlabBoot.patchSizeIndex(this);
    }

    /** For a step: takes back a cache that sysfs refused; slub_lock is held for write. */
    public void undoCreate(Task t, long s) {
        CacheLife.undoCreate(this, t, s);
    }

    /** For a step: takes a cache's directory and links out of sysfs. Sleeps. */
    public void sysfsRemove(Task t, long s) {
        SysfsSlab.remove(this, t, s);
    }

    /** Caches that a worker is to release. */
    public Works works() {
        return new Works(this);
    }

    /** kmem_size: bytes of a struct kmem_cache. */
    public long kmemSize() {
        return memory.read(wiring.kmemSize());
    }

    /** Sets kmem_size to what this machine needs: from nr_node_ids, or the embedded node. */
    public void dynamicKmemSize() {
        Geometry g = geometry();
        memory.write(
                wiring.kmemSize(),
                g.numa() ? KmemCache.sizeOnNuma(g.nodes()) : KmemCache.sizeOnUma());
    }

    /** The cache of struct kmem_cache. */
    public long kmemCache() {
        return memory.read(wiring.kmemCache());
    }

    /** The cache of struct kmem_cache_node; 0 on UMA. */
    public long kmemCacheNode() {
        return memory.read(wiring.kmemCacheNode());
    }

    /** get_node: the node struct of a cache; 0 where it has none. */
    public long node(long s, int node) {
        if (!geometry().numa()) {
            return s + KmemCache.NODE;
        }
        long slot = KmemCache.nodeSlot(s, node);
        // A struct may come while the cache is in use: acquire stands for the address dependency.
        return geometry().memoryHotplug() ? memory.loadAcquire(slot) : memory.read(slot);
    }

    /**
     * cpu_to_mem: the node that a CPU is nearest to of those that slabs are made of; slub_lock is held,
     * or one CPU boots.
     */
    public int memNodeOfCpu(int cpu) {
        return geometry().memNodeOfCpu(cpu, node -> NodeHotplug.used(this, node));
    }

    /**
     * A struct kmem_cache from the cache of them, while kmem_cache_init moves the boot caches.
     * Panics when there is none.
     */
    public long allocBootStruct(Task t) {
        long s = engine.alloc(t, kmemCache(), Gfp.NOWAIT, -1);
        return SlabBoot.checked(this, s, "kmem_cache", kmemSize());
    }

    /** The name that a kmalloc cache has once the state is UP, by the one that it is made with. */
    static String kmallocName(String name, int size) {
        return name.equals(EARLY_NAME) ? "kmalloc-" + size : name;
    }

    /** The gfp_allowed_mask of early boot. */
    public int bootGfpMask() {
        return code.bootGfpMask.mask();
    }

    // ---- slub_lock

    /**
     * For a step: makes the DMA kmalloc cache of an index and lists it, but does not enter it in the
     * array. slub_lock is held for write, or there is one CPU. 0 when there is no such size.
     */
    public long createDmaCache(Task t, int index, int gfp) {
        return SlabBoot.createDmaCache(this, t, index, gfp);
    }

    /** down_write(&amp;slub_lock). Sleeps. */
    public void downWrite(Task t, String where) {
        machine.downWrite(t, wiring.slubLock(), LockClass.SLUB_LOCK, "mm/slub.c " + where);
    }

    /** up_write(&amp;slub_lock). */
    public void upWrite(Task t) {
        machine.upWrite(t, wiring.slubLock(), LockClass.SLUB_LOCK);
    }

    /** down_read(&amp;slub_lock). Sleeps. */
    public void downRead(Task t, String where) {
        machine.downRead(t, wiring.slubLock(), LockClass.SLUB_LOCK, "mm/slub.c " + where);
    }

    /** up_read(&amp;slub_lock). */
    public void upRead(Task t) {
        machine.upRead(t, wiring.slubLock(), LockClass.SLUB_LOCK);
    }

    /** down_read_trylock(&amp;slub_lock). */
    public boolean tryRead(Task t) {
        return machine.downReadTryLock(t, wiring.slubLock(), LockClass.SLUB_LOCK);
    }

    /**
     * For handlers of sysfs files: runs a walk with slub_lock held for read and returns its text, or
     * {@link EngineAttributes#RESTART} when the lock was not to be had. An active reference of the
     * file may be held.
     */
    public String underHandlerLock(Task t, Supplier<String> walk) {
        if (!code.handlerLock.take(this, t)) {
            return EngineAttributes.RESTART;
        }
        String text = walk.get();
        upRead(t);
        return text;
    }

    /**
     * The same for handlers of writes: runs what the handler does to areas, nodes or slabs of its
     * cache, and returns what that returns, or {@link Errno#ERESTARTSYS}.
     */
    public int underHandlerLock(Task t, IntSupplier work) {
        return code.fileWork.under(this, t, work);
    }

    /**
     * slub_lock for a store to a tunable, for write. Who stores through a file only tries for it, and
     * where this is false gives {@link Errno#ERESTARTSYS}: kmem_cache_destroy holds slub_lock while it
     * waits for the handlers of the files that it removes (S+Q3 10/23). Others wait; irqs are on.
     */
    public boolean storeLock(Task t, String where) {
        if (t.inHandler()) {
            return machine.downWriteTryLock(t, wiring.slubLock(), LockClass.SLUB_LOCK);
        }
        downWrite(t, where);
        return true;
    }

    /** The same for read. */
    public boolean storeLockShared(Task t, String where) {
        if (t.inHandler()) {
            return tryRead(t);
        }
        downRead(t, where);
        return true;
    }

    /** Before a handler starts again, with no lock and no reference: until slub_lock is free. */
    void awaitLock(Task t) {
        downRead(t, "restart_syscall");
        upRead(t);
    }

    /**
     * Reads /sys/kernel/slab/directory/file as a user does: the file's cache lives while it is read.
     * Null when there is no such directory any more, or no such file.
     */
    public String readAttribute(Task t, String directory, String file) {
        String text;
        do {
            long entry = Sysfs.getActive(this, t, directory);
            if (entry == 0) {
                return null;
            }
            long s = memory.read(entry + Sysfs.TARGET);
            text = SlabAttributes.handle(this, t, s, file);
            Sysfs.putActive(this, t, entry);
            if (EngineAttributes.RESTART.equals(text)) {
                awaitLock(t);
            }
        } while (EngineAttributes.RESTART.equals(text));
        return text;
    }

    /**
     * Writes 1 to /sys/kernel/slab/directory/shrink as a user does, with an active reference: 0 or a
     * negative errno, ENOENT when there is no such directory any more.
     */
    public int shrinkByUser(Task t, String directory) {
        int error;
        do {
            long entry = Sysfs.getActive(this, t, directory);
            if (entry == 0) {
                return Errno.ENOENT;
            }
            long s = memory.read(entry + Sysfs.TARGET);
            error = SlabAttributes.handleStore(this, t, s, "shrink", "1");
            Sysfs.putActive(this, t, entry);
            if (error == Errno.ERESTARTSYS) {
                awaitLock(t);
            }
        } while (error == Errno.ERESTARTSYS);
        return error;
    }

    /**
     * Writes a tunable of a cache by /sys/kernel/slab/directory/file, as a user does: the file's
     * cache lives while it is written. 0 or a negative errno, {@link Errno#ENODEV} when there is no
     * such directory any more.
     */
    public int writeAttribute(Task t, String directory, String file, String value) {
        int error;
        do {
            long entry = Sysfs.getActive(this, t, directory);
            if (entry == 0) {
                return Errno.ENODEV;
            }
            long s = memory.read(entry + Sysfs.TARGET);
            t.inHandler(true);
            error = SlabAttributes.handleStore(this, t, s, file, value);
            t.inHandler(false);
            Sysfs.putActive(this, t, entry);
            if (error == Errno.ERESTARTSYS) {
                machine.awaitUnlocked(t, wiring.slubLock(), "mm/slub.c restart_syscall");
            }
        } while (error == Errno.ERESTARTSYS);
        return error;
    }

    // ---- hotplug

    /** CPUs that come and go, and the locks over that. */
    public Hotplug hotplug() {
        return hotplug;
    }

    /** Memory that comes and goes. */
    public MemoryHotplug memoryHotplug() {
        return memoryHotplug;
    }

    /** Whether caches have a struct for a node, so that slabs may be of it; an observer's view. */
    @Observer
    public boolean peekSlabNode(int node) {
        return wiring.slabNodes() == 0 || (memory.peek(wiring.slabNodes()) >>> node & 1) != 0;
    }

    /** For a step: gives a struct kmem_cache_node back. */
    public void freeNode(Task t, long n) {
        engine.free(memory, t, kmemCacheNode(), n);
    }

    /** Read-copy-update, whose callbacks free slabs. */
    public Rcu rcu() {
        return engine.rcu();
    }

    /**
     * slab_cpuup_callback: readies the areas of a CPU that comes, and puts back what one that is gone
     * had in its queues. cpu_hotplug.lock is held for write; takes slub_lock for read.
     */
    private void cpuNotifier(Task t, Hotplug.CpuEvent event, int cpu) {
        boolean comes = event == Hotplug.CpuEvent.UP_PREPARE;
        if (!comes && event != Hotplug.CpuEvent.DEAD || !isAvailable()) {
            return;
        }
        downRead(t, "slab_cpuup_callback");
        long head = wiring.slabCaches();
        for (long at = ListHead.next(memory, head); at != head; at = ListHead.next(memory, at)) {
            long s = at - KmemCache.LIST;
            if (comes) {
                engine.cpuComes(t, s, cpu);
            } else {
                boolean irqs = machine.irqSave(t);
                engine.cpuGone(t, s, cpu);
                machine.irqRestore(t, irqs);
            }
        }
        upRead(t);
    }

    // ---- observers

    /** All caches on slab_caches, newest first; an observer's view, bounded. */
    @Observer
    public List<Long> caches() {
        return listed(wiring.slabCaches());
    }

    /** Caches that were destroyed with objects; an observer's view. */
    @Observer
    public List<Long> leakedCaches() {
        return listed(wiring.slabLeaked());
    }

    /** The saved_alias structs that wait for sysfs; an observer's view, bounded. */
    @Observer
    public List<Long> savedAliases() {
        return SysfsSlab.savedAliases(this);
    }

    @Observer
    private List<Long> listed(long head) {
        List<Long> found = new ArrayList<>();
        long entry = memory.peek(head);
        while (entry != head && isMapped(entry) && found.size() < MAX_CACHES) {
            found.add(entry - KmemCache.LIST);
            entry = memory.peek(entry);
        }
        return found;
    }

    /** The first cache of a name, or 0; an observer's view. */
    @Observer
    public long cacheByName(String name) {
        for (long s : caches()) {
            if (nameOf(s).equals(name)) {
                return s;
            }
        }
        return 0;
    }

    /** A cache's name, as printk reads it. Who asks keeps the cache and its name alive. */
    public String name(long s) {
        return Names.load(memory, KmemCache.name(memory, s));
    }

    /** A cache's name; an observer's view. */
    @Observer
    public String nameOf(long s) {
        return Names.peek(memory, memory.peek(s + KmemCache.NAME));
    }

    // ---- parts

    /** CPUs, interrupts, locks. */
    public Machine machine() {
        return machine;
    }

    /** Physical memory. */
    public Memory memory() {
        return memory;
    }

    /** The shape of the machine. */
    public Geometry geometry() {
        return machine.geometry();
    }

    /** The page allocator. */
    public PageAllocator pages() {
        return pages;
    }

    /** The per-CPU allocator. */
    public Percpu percpu() {
        return percpu;
    }

    /** Failure on demand. */
    public Faults faults() {
        return faults;
    }

    /** How it was configured. */
    public SlabConfig config() {
        return config;
    }

    /** Where its variables are. */
    public SlabWiring wiring() {
        return wiring;
    }

    /** What serves the objects. */
    public Engine engine() {
        return engine;
    }

    /** Which code stands at each step. */
    public Steps steps() {
        return steps;
    }

    /** The constructors that caches may name. */
    public Ctors ctors() {
        return ctors;
    }

    /** get_order: of the smallest block of pages that holds so many bytes. */
    int order(long bytes) {
        return Long.SIZE - Long.numberOfLeadingZeros(bytes - 1 >>> geometry().pageShift());
    }

    // ---- the memory management unit

    /**
     * True for a word-aligned address that a struct can have: all of them are in pages. Below the
     * pages is what the linker placed, where a kernel of full size has unmapped space behind NULL.
     */
    boolean isMapped(long address) {
        return pages.pageOf(address) != 0 && (address & Memory.WORD - 1) == 0;
    }

    /** Faults as the hardware does, where a bad pointer comes in from a caller. */
    void requireMapped(long address, String where) {
        if (!isMapped(address)) {
            throw machine.oops(address, where);
        }
    }
}
