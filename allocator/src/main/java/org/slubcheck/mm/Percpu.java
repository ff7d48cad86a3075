package org.slubcheck.mm;

import java.util.List;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.LockClass;
import org.slubcheck.machine.Machine;
import org.slubcheck.machine.Memory;
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

    private static final String ALLOC = "mm/percpu.c pcpu_alloc";

    private final Machine machine;
    private final Memory memory;
    private final PercpuWiring wiring;
    private final PageAllocator pages;
    private final Faults faults;
    private final int unitSize;
    private final SlabMemory slab;
    private final PercpuSteps code;

    /**
     * The per-CPU allocator of one machine; cheap, all state is in memory.
     *
     * @param slab the slab allocator above; not asked before the machine runs
     * @param steps which code stands at each step
     */
    public Percpu(
            Machine machine,
            PercpuWiring wiring,
            PageAllocator pages,
            Faults faults,
            SlabMemory slab,
            Steps steps) {
        this.code = PercpuSteps.of(steps);
        this.machine = machine;
        this.memory = machine.memory();
        this.wiring = wiring;
        this.pages = pages;
        this.faults = faults;
        this.slab = slab;
        this.unitSize = wiring.unitSize;
    }

    // ---- boot

    /**
     * pcpu_setup_first_chunk. Runs before anything allocates.
     *
     * @throws org.slubcheck.machine.KernelDeath BUG when the chunk is too small for early boot
     */
    public void init(Task t) {
        if (wiring.dynSize < wiring.geometry.percpuEarlySize()) {
            machine.console()
                    .printk(
                            Console.Level.EMERG,
                            "PERCPU: failed to initialize, ai->dyn_size <"
                                    + " PERCPU_DYNAMIC_EARLY_SIZE");
            throw machine.bug("mm/percpu.c pcpu_setup_first_chunk");
        }
        int slots = wiring.geometry.percpuEarlySlots();
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
                code.earlySlots.mapAlloc(slots),
                0);
        if (wiring.reservedChunk != 0) {
            PcpuChunk.reserveHead(memory, wiring.firstChunk, wiring.reservedSize);
            PcpuChunk.init(
                    memory,
                    wiring.reservedChunk,
                    wiring.base,
                    wiring.reservedSize,
                    wiring.earlyReservedMap,
                    slots,
                    0);
        }
        relocate(wiring.firstChunk, -1);
        close(wiring.base, unitSize);
        unlock(t, irqs);
    }

    /**
     * percpu_init_late: slab is up; moves the maps of the first chunks out of init data, which is
     * about to be thrown away. A map that was replaced meanwhile, because it was full, stays as it is.
     *
     * @throws org.slubcheck.machine.KernelDeath BUG when there is no memory for a map
     */
    public void initLate(Task t) {
        long[] targets = code.targetChunks.chunks(wiring.firstChunk, wiring.reservedChunk);
        for (int i = 0; targets[i] != 0; i++) {
            replaceEarlyMap(t, targets[i]);
        }
    }

    private void replaceEarlyMap(Task t, long chunk) {
        long bytes = wiring.earlyMapBytes();
        long map = memAlloc(t, bytes);
        if (map == 0) {
            throw machine.bug("mm/percpu.c percpu_init_late");
        }
        boolean irqs = lock(t);
        long old = PcpuChunk.map(memory, chunk);
        boolean replaces = code.lateMap.replaces(wiring.isEarlyMap(old));
        if (replaces) {
            memory.copy(map, old, bytes);
            memory.write(chunk + PcpuChunk.MAP, map);
        }
        unlock(t, irqs);
        if (!replaces) {
            slab.free(t, map);
        }
    }

    /**
     * free_initmem, as far as it takes the early maps: whoever reads them now reads garbage. Returns
     * their bytes.
     */
    public long freeInitmem() {
        long bytes = wiring.earlyMapBytes();
        memory.poison(wiring.earlyMap, bytes, Poison.FREE_PAGE);
        if (wiring.reservedChunk == 0) {
            return bytes;
        }
        memory.poison(wiring.earlyReservedMap, bytes, Poison.FREE_PAGE);
        return 2 * bytes;
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
        return alloc(t, size, align, 0);
    }

    /**
     * __alloc_reserved_percpu: the same out of what is reserved for modules, and from nowhere else;
     * on a machine where nothing is reserved, an area like any other.
     */
    public long allocReserved(Task t, int size, int align) {
        return alloc(t, size, align, wiring.reservedChunk);
    }

    /** pcpu_alloc: from one chunk alone if that is not 0. */
    private long alloc(Task t, int size, int align, long only) {
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
        return only == 0
                ? code.source.area(this, t, bytes, alignment)
                : serialised(t, bytes, alignment, only);
    }

    /** The mainline of {@link PercpuSteps#SOURCE}. */
    public long fromChunks(Task t, int bytes, int alignment) {
        return serialised(t, bytes, alignment, 0);
    }

    private long serialised(Task t, int bytes, int alignment, long only) {
        boolean sleeps = slab.slabIsAvailable() && maySleepYet();
        if (sleeps) {
            machine.mutexLock(t, wiring.allocMutex, LockClass.PCPU_ALLOC_MUTEX, ALLOC);
            reclaimSurplus(t);
        }
        long pointer = allocSerialised(t, bytes, alignment, only);
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
    private long allocSerialised(Task t, int size, int align, long only) {
        while (true) {
            boolean irqs = lock(t);
            long found = only == 0 ? search(size, align) : take(only, -1, size, align);
            unlock(t, irqs);
            if (found > 0) {
                open(found, size);
                return found;
            }
            // What is missing comes from other allocators, so without the lock; then look again.
            boolean got = found < 0 ? extendMap(t, -found) : only == 0 && addChunk(t);
            if (!got) {
                machine.console()
                        .printk(
                                Console.Level.WARNING,
                                "PERCPU: allocation failed, size=%d align=%d, %s",
                                size,
                                align,
                                whyNot(found < 0, only != 0));
                return 0;
            }
        }
    }

    private static String whyNot(boolean mapFull, boolean reserved) {
        if (reserved) {
            return mapFull
                    ? "failed to extend area map of reserved chunk"
                    : "alloc from reserved chunk failed";
        }
        return mapFull ? "failed to extend area map" : "failed to allocate new chunk";
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
                long found = take(chunk, slot, size, align);
                if (found != 0) {
                    return found;
                }
                chunk = next;
            }
        }
        return 0;
    }

    /** Under the lock, an area out of one chunk, as {@link #search} returns it. */
    private long take(long chunk, int slot, int size, int align) {
        if (PcpuChunk.contigHint(memory, chunk) < size) {
            return 0;
        }
        if (PcpuChunk.needToExtend(memory, chunk) != 0) {
            return -chunk;
        }
        int offset = PcpuChunk.allocArea(memory, chunk, size, align);
        relocate(chunk, slot);
        return offset < 0 ? 0 : PcpuChunk.base(memory, chunk) + offset;
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
        copyMap(chunk, map, PercpuSteps.MapCopy.Moment.BEFORE_LOCK);
        irqs = lock(t);
        boolean grows = PcpuChunk.mapAlloc(memory, chunk) < entries;
        long old = PcpuChunk.map(memory, chunk);
        if (grows) {
            copyMap(chunk, map, PercpuSteps.MapCopy.Moment.UNDER_LOCK);
            memory.writeInt(chunk + PcpuChunk.MAP_ALLOC, entries);
            memory.write(chunk + PcpuChunk.MAP, map);
        }
        unlock(t, irqs);
        // Freed without the lock, as all that belongs to another allocator.
        slab.free(t, grows ? code.oldMap.toFree(old, wiring.isEarlyMap(old)) : map);
        return true;
    }

    private void copyMap(long chunk, long map, PercpuSteps.MapCopy.Moment moment) {
        if (code.mapCopy.copies(moment)) {
            memory.copy(
                    map,
                    PcpuChunk.map(memory, chunk),
                    (long) PcpuChunk.mapAlloc(memory, chunk) * PcpuChunk.ENTRY);
        }
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
        if (!code.memGuard.passes(slab.slabIsAvailable())) {
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
        if (pointer >= wiring.base && pointer < wiring.base + wiring.reservedSize) {
            return wiring.reservedChunk;
        }
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

    /** pcpu_chunk_relocate: the reserved chunk is on no list; before is -1 for one not yet on one. */
    private void relocate(long chunk, int before) {
        if (chunk == wiring.reservedChunk) {
            return;
        }
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
