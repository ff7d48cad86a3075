package org.slubcheck.mm;

import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.MemoryMap;

/**
 * Where everything of the per-CPU allocator stands; immutable and shared by all forks.
 *
 * <pre>
 *   unit of a CPU:   | reserved | dynamic          |   dynamic: PERCPU_DYNAMIC_EARLY_SIZE or more
 *   described by       smap       dmap                 the one map only where there is a reserve
 * </pre>
 */
public final class PercpuWiring {
    private static final int SLOT_BASE_SHIFT = 5;

    final Geometry geometry;
    final boolean debug;
    final int reservedSize;
    final int dynSize;
    final int unitSize;
    final int maxAlign;
    final int chunkOrder;
    final int nrSlots;
    final long lock;
    final long allocMutex;
    final long reclaimWork;
    final long slots;
    final long firstChunk;

    /** 0 where nothing is reserved for modules. */
    final long reservedChunk;

    final long earlyMap;
    final long earlyReservedMap;
    final long base;

    private PercpuWiring(MemoryMap map, Geometry geometry, boolean debug, PercpuSizes sizes) {
        int line = Math.max(geometry.cacheLine(), Memory.WORD);
        this.geometry = geometry;
        this.debug = debug;
        this.reservedSize = roundUp(sizes.reservedSize(), line);
        this.dynSize = sizes.dynSize();
        // PCPU_MIN_UNIT_SIZE: whatever was asked for, there is a unit to complain about.
        this.unitSize = reservedSize + Math.max(roundUp(dynSize, line), line);
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
        boolean reserves = reservedSize > 0;
        this.reservedChunk =
                reserves ? map.reserve("pcpu_reserved_chunk", PcpuChunk.SIZE, Memory.WORD) : 0;
        this.earlyReservedMap = reserves ? map.reserve("smap", earlyMapBytes(), Memory.WORD) : 0;
        this.base = map.reserve("percpu", (long) unitSize * geometry.cpus(), maxAlign);
    }

    /** Reserves the first chunk and what describes it. */
    public static PercpuWiring design(MemoryMap map, Geometry geometry) {
        return design(map, geometry, false);
    }

    /**
     * The same.
     *
     * @param debug fills free areas with {@link Percpu#FREED_BYTE} and lets {@link Percpu#check}
     *     look, so that a write to a freed area shows also on a memory without an address shadow
     */
    public static PercpuWiring design(MemoryMap map, Geometry geometry, boolean debug) {
        PercpuSizes early = new PercpuSizes(geometry.percpuEarlySize(), 0);
        return design(map, geometry, debug, early);
    }

    /**
     * The same.
     *
     * @param sizes as pcpu_build_alloc_info has settled them
     */
    public static PercpuWiring design(
            MemoryMap map, Geometry geometry, boolean debug, PercpuSizes sizes) {
        return new PercpuWiring(map, geometry, debug, sizes);
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

    /** The address of the reserved chunk's struct; 0 for none. */
    public long reservedChunk() {
        return reservedChunk;
    }

    /** The address of the first chunk's map in init data. */
    public long earlyMap() {
        return earlyMap;
    }

    /** Bytes of a CPU's unit. */
    public int unitSize() {
        return unitSize;
    }

    /** Bytes of it that are reserved for modules; they come first. */
    public int reservedSize() {
        return reservedSize;
    }

    /** Bytes of a map in init data. */
    long earlyMapBytes() {
        return (long) geometry.percpuEarlySlots() * PcpuChunk.ENTRY;
    }

    /** True for a map that is init data, which no kfree knows. */
    public boolean isEarlyMap(long map) {
        return map == earlyMap || map == earlyReservedMap;
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

    private static int roundUp(int bytes, int line) {
        return bytes + line - 1 & -line;
    }
}
