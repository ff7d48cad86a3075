package org.slubcheck.mm;

import java.util.List;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.LockClass;
import org.slubcheck.machine.Machine;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.MemoryMap;
import org.slubcheck.machine.Observer;
import org.slubcheck.machine.Poison;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;

/**
 * The per-CPU allocator of Linux 2.6.36, with "percpu: allow limited allocation before slab is
 * online" (T. Heo) and its later corrections.
 *
 * <p>Memory is handed out in chunks. A chunk has a unit for each CPU, a fixed stride apart, so a
 * pointer names the copy of CPU 0 and the copy of another CPU is one addition away. The first chunk
 * is part of the kernel image and its map of PERCPU_DYNAMIC_EARLY_SLOTS entries is init data; that
 * is what allocations before slab is up live on, and they fail when either the bytes or the entries
 * are used up. Later a full map is replaced by a larger one from the slab allocator, and a full set
 * of chunks is joined by one from the page allocator. Chunks are sorted into pcpu_slot lists by how
 * much they have free.
 *
 * <p><b>Locking.</b> pcpu_alloc_mutex serialises allocation and reclaim, so that a chunk stays while
 * pcpu_lock is dropped; pcpu_lock, taken with irqs off, guards all maps and lists and is never held
 * across a call to another allocator. Until gfp_allowed_mask lets requests sleep the mutex is left
 * out: irqs are off then, only the boot CPU runs, and the kernel's might_sleep is silent until the system is running.
 *
 * <p>What differs from the kernel. Areas are whole words, because this memory cannot store less
 * than a word without touching its neighbour. A new chunk is one block of pages for all CPUs
 * instead of vmalloc space with each unit on its CPU's node. The work item that reclaims empty
 * chunks runs in the task that freed, if that may sleep, or else in the next that may.
 */
public final class Percpu {
    /** What freed areas hold on a machine built with {@code debug}. */
    public static final int FREED_BYTE = 0x5f;

    private static final int SLOT_BASE_SHIFT = 5;
    private static final String ALLOC = "mm/percpu.c pcpu_alloc";

    private final Machine machine;
    private final Memory memory;
    private final Wiring wiring;
    private final PageAllocator pages;
    private final Faults faults;
    private final int unitSize;
    private final SlabMemory slab;
    private final PercpuSteps.Source source;

    /**
     * The per-CPU allocator of one machine; cheap, all state is in memory.
     *
     * @param slab the slab allocator above; not asked before the machine runs
     * @param steps which code stands at the step of {@link PercpuSteps}
     */
    public Percpu(
            Machine machine,
            Wiring wiring,
            PageAllocator pages,
            Faults faults,
            SlabMemory slab,
            Steps steps) {
        this.machine = machine;
        this.memory = machine.memory();
        this.wiring = wiring;
        this.pages = pages;
        this.faults = faults;
        this.slab = slab;
        this.unitSize = wiring.unitSize;
        this.source = steps.get(PercpuSteps.SOURCE);
    }

    /** Where everything of the per-CPU allocator stands; immutable and shared by all forks. */
    public static final class Wiring {
        final Geometry geometry;
        final boolean debug;
        final int unitSize;
        final int maxAlign;
        final int chunkOrder;
        final int nrSlots;
        final long lock;
        final long allocMutex;
        final long reclaimWork;
        final long slots;
        final long firstChunk;
        final long earlyMap;
        final long base;

        private Wiring(MemoryMap map, Geometry geometry, boolean debug) {
            int line = Math.max(geometry.cacheLine(), Memory.WORD);
            this.geometry = geometry;
            this.debug = debug;
            this.unitSize = geometry.percpuEarlySize() + line - 1 & -line;
            this.maxAlign = Math.min(geometry.pageSize(), Integer.lowestOneBit(unitSize));
            long chunkPages =
                    ((long) unitSize * geometry.cpus() + geometry.pageSize() - 1)
                            >> geometry.pageShift();
            this.chunkOrder = 64 - Long.numberOfLeadingZeros(chunkPages - 1);
            this.nrSlots = sizeToSlotBelow(unitSize) + 2;
            this.lock = map.word("pcpu_lock");
            this.allocMutex = map.word("pcpu_alloc_mutex");
            this.reclaimWork = map.word("pcpu_reclaim_work");
            this.slots = map.reserve("pcpu_slot", (long) nrSlots * ListHead.SIZE, Memory.WORD);
            this.firstChunk = map.reserve("pcpu_first_chunk", PcpuChunk.SIZE, Memory.WORD);
            this.earlyMap = map.reserve("dmap", earlyMapBytes(), Memory.WORD);
            this.base = map.reserve("percpu", (long) unitSize * geometry.cpus(), maxAlign);
        }

        /** Reserves the first chunk and what describes it. */
        public static Wiring design(MemoryMap map, Geometry geometry) {
            return design(map, geometry, false);
        }

        /**
         * The same.
         *
         * @param debug fills free areas with {@link #FREED_BYTE} and lets {@link #check} look, so that
         *     a write to a freed area shows also on a memory without an address shadow
         */
        public static Wiring design(MemoryMap map, Geometry geometry, boolean debug) {
            return new Wiring(map, geometry, debug);
        }

        /** The address of CPU 0's unit of the first chunk. */
        public long base() {
            return base;
        }

        /** The address of pcpu_lock. */
        public long lock() {
            return lock;
        }

        /** The address of pcpu_alloc_mutex. */
        public long allocMutex() {
            return allocMutex;
        }

        /** The address of the first chunk's struct. */
        public long firstChunk() {
            return firstChunk;
        }

        /** Bytes of the first chunk's map in init data. */
        long earlyMapBytes() {
            return (long) geometry.percpuEarlySlots() * PcpuChunk.ENTRY;
        }

        /** pcpu_size_to_slot. */
        int sizeToSlot(int size) {
            return size == unitSize ? nrSlots - 1 : sizeToSlotBelow(size);
        }

        /** pcpu_chunk_slot: a chunk without room for a word is in slot 0. */
        int slotFor(int freeSize, int contigHint) {
            return freeSize < Memory.WORD || contigHint < Memory.WORD ? 0 : sizeToSlot(freeSize);
        }

        /** The head of a list of pcpu_slot. */
        long slot(int i) {
            return slots + (long) i * ListHead.SIZE;
        }

        private static int sizeToSlotBelow(int size) {
            return Math.max(32 - Integer.numberOfLeadingZeros(size) - SLOT_BASE_SHIFT + 2, 1);
        }
    }

    // ---- boot

    /** pcpu_setup_first_chunk. Runs before anything allocates. */
    public void init(Task t) {
        memory.writeOnce(wiring.reclaimWork, 0);
        boolean irqs = lock(t);
        for (int i = 0; i < wiring.nrSlots; i++) {
            ListHead.init(memory, wiring.slot(i));
        }
        PcpuChunk.init(
                memory,
                wiring.firstChunk,
                wiring.base,
                unitSize,
                wiring.earlyMap,
                wiring.geometry.percpuEarlySlots(),
                0);
        relocate(wiring.firstChunk, -1);
        close(wiring.base, unitSize);
        unlock(t, irqs);
    }

    /**
     * percpu_init_late: slab is up; moves the first chunk's map out of init data, which is then
     * thrown away. A map that was replaced meanwhile, because it was full, stays as it is.
     */
    public void initLate(Task t) {
        long bytes = wiring.earlyMapBytes();
        long map = memAlloc(t, bytes);
        if (map == 0) {
            throw machine.bug("mm/percpu.c percpu_init_late");
        }
        boolean irqs = lock(t);
        boolean stillEarly = PcpuChunk.map(memory, wiring.firstChunk) == wiring.earlyMap;
        if (stillEarly) {
            memory.copy(map, wiring.earlyMap, bytes);
            memory.write(wiring.firstChunk + PcpuChunk.MAP, map);
        }
        unlock(t, irqs);
        if (!stillEarly) {
            slab.free(t, map);
        }
        memory.poison(wiring.earlyMap, bytes, Poison.FREE_PAGE);
    }

    // ---- allocation

    /**
     * __alloc_percpu: an area on every CPU, zeroed. May sleep once slab is up.
     *
     * @param size bytes, at most a unit; rounded up to words
     * @param align a power of two, at most a page
     * @return the pointer, that is the address of CPU 0's copy, or 0
     */
    public long alloc(Task t, int size, int align) {
        int bytes = size + Memory.WORD - 1 & -Memory.WORD;
        int alignment = Math.max(align, Memory.WORD);
        if (size <= 0
                || bytes > unitSize
                || alignment > wiring.maxAlign
                || Integer.bitCount(align) != 1) {
            machine.console()
                    .warn(
                            ALLOC,
                            "illegal size ("
                                    + size
                                    + ") or align ("
                                    + align
                                    + ") for percpu allocation");
            return 0;
        }
        if (faults.shouldFail(Faults.Kind.PERCPU)) {
            return 0;
        }
        return source.area(this, t, bytes, alignment);
    }

    /** The mainline of {@link PercpuSteps#SOURCE}. */
    public long fromChunks(Task t, int bytes, int alignment) {
        boolean sleeps = slab.slabIsAvailable() && maySleepYet();
        if (sleeps) {
            machine.mutexLock(t, wiring.allocMutex, LockClass.PCPU_ALLOC_MUTEX, ALLOC);
            reclaimSurplus(t);
        }
        long pointer = allocSerialised(t, bytes, alignment);
        if (sleeps) {
            machine.mutexUnlock(t, wiring.allocMutex, LockClass.PCPU_ALLOC_MUTEX);
        }
        return pointer;
    }

    /** For steps: the allocator that maps and further chunks come from. */
    public SlabMemory slab() {
        return slab;
    }

    /** For steps: CPUs that have a copy of each area. */
    public int cpus() {
        return wiring.geometry.cpus();
    }

    /** False until irqs are on: slab is up before they are, and makes its DMA caches then. */
    private boolean maySleepYet() {
        return (pages.allowedMask() & Gfp.WAIT) != 0;
    }

    /** The part that pcpu_alloc_mutex serialises. */
    private long allocSerialised(Task t, int size, int align) {
        while (true) {
            boolean irqs = lock(t);
            long found = search(size, align);
            unlock(t, irqs);
            if (found > 0) {
                open(found, size);
                return found;
            }
            // What is missing comes from other allocators, so without the lock; then look again.
            boolean got = found < 0 ? extendMap(t, -found) : addChunk(t);
            if (!got) {
                machine.console()
                        .printk(
                                Console.Level.WARNING,
                                "PERCPU: allocation failed, size=%d align=%d, %s",
                                size,
                                align,
                                found < 0
                                        ? "failed to extend area map"
                                        : "failed to allocate new chunk");
                return 0;
            }
        }
    }

    /**
     * Under the lock, looks through the chunks, fullest first.
     *
     * @return the area's pointer; 0 when no chunk has room; the negative address of a chunk that may
     *     have room but whose map is full
     */
    private long search(int size, int align) {
        for (int slot = wiring.sizeToSlot(size); slot < wiring.nrSlots; slot++) {
            long head = wiring.slot(slot);
            long chunk = ListHead.next(memory, head);
            while (chunk != head) {
                long next = ListHead.next(memory, chunk);
                if (PcpuChunk.contigHint(memory, chunk) >= size) {
                    if (PcpuChunk.needToExtend(memory, chunk) != 0) {
                        return -chunk;
                    }
                    int offset = PcpuChunk.allocArea(memory, chunk, size, align);
                    relocate(chunk, slot);
                    if (offset >= 0) {
                        return PcpuChunk.base(memory, chunk) + offset;
                    }
                }
                chunk = next;
            }
        }
        return 0;
    }

    /** pcpu_extend_area_map: false when there is no memory for a larger map. */
    private boolean extendMap(Task t, long chunk) {
        boolean irqs = lock(t);
        int entries = PcpuChunk.needToExtend(memory, chunk);
        unlock(t, irqs);
        if (entries == 0) {
            return true;
        }
        long map = memAlloc(t, (long) entries * PcpuChunk.ENTRY);
        if (map == 0) {
            return false;
        }
        irqs = lock(t);
        long unused = map;
        if (PcpuChunk.mapAlloc(memory, chunk) < entries) {
            unused = PcpuChunk.map(memory, chunk);
            memory.copy(map, unused, (long) PcpuChunk.mapAlloc(memory, chunk) * PcpuChunk.ENTRY);
            memory.writeInt(chunk + PcpuChunk.MAP_ALLOC, entries);
            memory.write(chunk + PcpuChunk.MAP, map);
        }
        unlock(t, irqs);
        if (unused != wiring.earlyMap) {
            slab.free(t, unused);
        }
        return true;
    }

    /** alloc_pcpu_chunk: false when there is no memory for another chunk. */
    private boolean addChunk(Task t) {
        if (wiring.chunkOrder >= wiring.geometry.maxOrder() && slab.slabIsAvailable()) {
            // No block of pages is large enough for all CPUs: this machine has one chunk for ever.
            return false;
        }
        long chunk = memAlloc(t, PcpuChunk.SIZE);
        if (chunk == 0) {
            return false;
        }
        long map = memAlloc(t, (long) PcpuChunk.DFL_MAP_ALLOC * PcpuChunk.ENTRY);
        long page =
                map == 0
                        ? 0
                        : pages.allocPages(
                                t, Gfp.KERNEL | Gfp.HIGHMEM | Gfp.COLD, wiring.chunkOrder);
        if (page == 0) {
            slab.free(t, map);
            slab.free(t, chunk);
            return false;
        }
        long base = pages.addressOf(page);
        close(base, unitSize);
        boolean irqs = lock(t);
        PcpuChunk.init(memory, chunk, base, unitSize, map, PcpuChunk.DFL_MAP_ALLOC, page);
        relocate(chunk, -1);
        unlock(t, irqs);
        return true;
    }

    /** pcpu_mem_alloc: zeroed memory of the slab allocator, which must be up. */
    private long memAlloc(Task t, long bytes) {
        if (!slab.slabIsAvailable()) {
            machine.console()
                    .warnOnce(
                            "mm/percpu.c pcpu_mem_alloc",
                            "the early reserve of percpu is used up and slab is not up");
            return 0;
        }
        return slab.zalloc(t, bytes);
    }

    // ---- freeing

    /**
     * free_percpu: gives an area back on all CPUs; 0 is ignored. Any context; when that leaves more
     * than one chunk empty and the task may sleep, takes pcpu_alloc_mutex and gives chunks back.
     *
     * <p>What is no allocated area is reported, and nothing changes.
     */
    public void free(Task t, long pointer) {
        if (pointer == 0) {
            return;
        }
        boolean irqs = lock(t);
        long chunk = chunkOf(pointer);
        int offset = chunk == 0 ? 0 : (int) (pointer - PcpuChunk.base(memory, chunk));
        int size = chunk == 0 ? 0 : PcpuChunk.areaAt(memory, chunk, offset);
        if (size != 0) {
            close(pointer, size);
            int before = slotOf(chunk);
            PcpuChunk.freeArea(memory, chunk, offset);
            relocate(chunk, before);
            if (PcpuChunk.freeSize(memory, chunk) == unitSize && surplusChunk() != 0) {
                memory.writeOnce(wiring.reclaimWork, 1);
            }
        }
        unlock(t, irqs);
        if (size == 0) {
            machine.report(
                    String.format(
                            "kernel BUG at mm/percpu.c pcpu_free_area!\n"
                                    + "free_percpu of %016x, which is %s",
                            pointer, chunk == 0 ? "in no chunk" : "no allocated area"));
            return;
        }
        if (!t.atomic() && slab.slabIsAvailable()) {
            reclaim(t);
        }
    }

    /** The work item pcpu_reclaim, when it is pending; may sleep. */
    public void reclaim(Task t) {
        if (memory.readOnce(wiring.reclaimWork) != 0) {
            machine.mutexLock(
                    t, wiring.allocMutex, LockClass.PCPU_ALLOC_MUTEX, "mm/percpu.c pcpu_reclaim");
            reclaimSurplus(t);
            machine.mutexUnlock(t, wiring.allocMutex, LockClass.PCPU_ALLOC_MUTEX);
        }
    }

    /** Gives back all empty chunks but one; under pcpu_alloc_mutex. */
    private void reclaimSurplus(Task t) {
        if (memory.readOnce(wiring.reclaimWork) == 0) {
            return;
        }
        memory.writeOnce(wiring.reclaimWork, 0);
        while (true) {
            boolean irqs = lock(t);
            long chunk = surplusChunk();
            long map = 0;
            long page = 0;
            if (chunk != 0) {
                ListHead.del(memory, chunk);
                map = PcpuChunk.map(memory, chunk);
                page = PcpuChunk.data(memory, chunk);
            }
            unlock(t, irqs);
            if (chunk == 0) {
                return;
            }
            pages.freePages(t, page, wiring.chunkOrder);
            slab.free(t, map);
            slab.free(t, chunk);
        }
    }

    /** An empty chunk that another empty one makes unnecessary, never the first; or 0. */
    private long surplusChunk() {
        long head = wiring.slot(wiring.nrSlots - 1);
        long last = ListHead.prev(memory, head);
        if (last == head || ListHead.next(memory, head) == last) {
            return 0;
        }
        return last == wiring.firstChunk ? ListHead.prev(memory, last) : last;
    }

    /** pcpu_chunk_addr_search. Asks the chunks and not the page, as a wild pointer may be anywhere. */
    private long chunkOf(long pointer) {
        for (int slot = 0; slot < wiring.nrSlots; slot++) {
            long head = wiring.slot(slot);
            for (long chunk = ListHead.next(memory, head);
                    chunk != head;
                    chunk = ListHead.next(memory, chunk)) {
                long offset = pointer - PcpuChunk.base(memory, chunk);
                if (offset >= 0 && offset < unitSize) {
                    return chunk;
                }
            }
        }
        return 0;
    }

    // ---- chunks

    /** pcpu_chunk_slot. */
    private int slotOf(long chunk) {
        return wiring.slotFor(
                PcpuChunk.freeSize(memory, chunk), PcpuChunk.contigHint(memory, chunk));
    }

    /** pcpu_chunk_relocate: puts a chunk where it belongs; before is -1 for one on no list. */
    private void relocate(long chunk, int before) {
        int now = slotOf(chunk);
        if (before < now) {
            ListHead.move(memory, chunk, wiring.slot(now));
        } else if (before > now) {
            ListHead.moveTail(memory, chunk, wiring.slot(now));
        }
    }

    /** Makes an area usable on all CPUs and zeroes it; nobody else knows it yet. */
    private void open(long pointer, int size) {
        for (int cpu = 0; cpu < wiring.geometry.cpus(); cpu++) {
            long address = perCpuPtr(pointer, cpu);
            memory.unpoison(address, size, "percpu");
            memory.fill(address, size, 0);
        }
    }

    /** Makes an area unusable on all CPUs; nobody else uses it any more. */
    private void close(long pointer, int size) {
        for (int cpu = 0; cpu < wiring.geometry.cpus(); cpu++) {
            long address = perCpuPtr(pointer, cpu);
            if (wiring.debug) {
                memory.fill(address, size, FREED_BYTE);
            }
            memory.poison(address, size, Poison.FREE_PERCPU);
        }
    }

    private boolean lock(Task t) {
        return machine.spinLockIrqSave(t, wiring.lock, LockClass.PCPU_LOCK);
    }

    private void unlock(Task t, boolean irqs) {
        machine.spinUnlockIrqRestore(t, wiring.lock, LockClass.PCPU_LOCK, irqs);
    }

    // ---- addresses

    /** per_cpu_ptr: the address of a CPU's copy. */
    public long perCpuPtr(long pointer, int cpu) {
        return pointer + (long) cpu * unitSize;
    }

    /**
     * this_cpu_ptr: the address of the copy of the task's CPU. The task must be pinned to it (rule A
     * of S+Q3 15/23); if not, that is reported.
     */
    public long thisCpuPtr(Task t, long pointer) {
        machine.checkPinned(t, "this_cpu_ptr");
        return pointer + (long) t.cpu() * unitSize;
    }

    /** Bytes from a CPU's copy to the next CPU's. */
    public int unitSize() {
        return unitSize;
    }

    // ---- observers

    /** True when a pointer is that of an allocated area; an observer's view. */
    @Observer
    public boolean isAllocated(long pointer) {
        return view().isAllocated(pointer);
    }

    /**
     * An allocated area.
     *
     * @param pointer the address of CPU 0's copy
     * @param bytes its size on each CPU
     */
    public record Area(long pointer, int bytes) {}

    /** All allocated areas; an observer's view, bounded. */
    @Observer
    public List<Area> areas() {
        return view().areas();
    }

    /** The same as an image of this machine's memory shows them. */
    @Observer
    public List<Area> areas(Memory image) {
        return new PercpuView(image, wiring).areas();
    }

    /** The first pages of the blocks that chunks stand in; an observer's view. */
    @Observer
    public List<Long> chunkPages() {
        return view().chunkPages();
    }

    /** The order of these blocks. */
    public int chunkOrder() {
        return wiring.chunkOrder;
    }

    /** Bytes allocated on each CPU, in whole words; an observer's view. */
    @Observer
    public long allocatedBytes() {
        return view().allocatedBytes();
    }

    /** Addresses of all chunk structs; an observer's view. */
    @Observer
    public List<Long> chunks() {
        return view().chunks();
    }

    /**
     * The first inconsistency, or null: lists, sums, hints, slots, and on a machine built with
     * {@code debug} a free area that was written to. An observer's view.
     */
    @Observer
    public String check() {
        return view().check();
    }

    @Observer
    private PercpuView view() {
        return new PercpuView(memory, wiring);
    }
}
