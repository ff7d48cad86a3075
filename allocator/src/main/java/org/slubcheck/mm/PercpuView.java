package org.slubcheck.mm;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;

/** Looks over the chunks of the per-CPU allocator without touching them. */
@Observer
final class PercpuView {
    private static final int MOST_CHUNKS = 1 << 16;

    private final Memory memory;
    private final PercpuWiring wiring;

    PercpuView(Memory memory, PercpuWiring wiring) {
        this.memory = memory;
        this.wiring = wiring;
    }

    /** Addresses of the chunk structs on the lists, fullest first. */
    private List<Long> listedChunks() {
        List<Long> chunks = new ArrayList<>();
        for (int slot = 0; slot < wiring.nrSlots; slot++) {
            long head = wiring.slot(slot);
            for (long chunk = memory.peek(head);
                    chunk != head && mapped(chunk) && chunks.size() < MOST_CHUNKS;
                    chunk = memory.peek(chunk)) {
                chunks.add(chunk);
            }
        }
        return chunks;
    }

    /** The same, and the reserved chunk, which is on no list. */
    List<Long> chunks() {
        List<Long> chunks = new ArrayList<>(listedChunks());
        if (wiring.reservedChunk != 0) {
            chunks.add(wiring.reservedChunk);
        }
        return chunks;
    }

    /** How many entries of a chunk's map stand for what another chunk has. */
    private int foreign(long chunk) {
        return chunk == wiring.firstChunk && wiring.reservedSize > 0 ? 1 : 0;
    }

    /** All allocated areas, as far as the maps make sense. */
    List<Percpu.Area> areas() {
        List<Percpu.Area> areas = new ArrayList<>();
        for (long chunk : chunks()) {
            long at = memory.peek(chunk + PcpuChunk.BASE_ADDR);
            long map = memory.peek(chunk + PcpuChunk.MAP);
            int entries = Math.min(used(chunk), memory.peekInt(chunk + PcpuChunk.MAP_ALLOC));
            for (int i = 0; i < entries && mapped(map & -Memory.WORD); i++) {
                int length = memory.peekInt(map);
                map += PcpuChunk.ENTRY;
                if (length < 0 && i >= foreign(chunk)) {
                    areas.add(new Percpu.Area(at, -length));
                }
                at += Math.abs(length);
            }
        }
        return areas;
    }

    /** The first page of each chunk that is not part of the kernel image. */
    List<Long> chunkPages() {
        List<Long> pages = new ArrayList<>();
        for (long chunk : chunks()) {
            long page = memory.peek(chunk + PcpuChunk.DATA);
            if (page != 0) {
                pages.add(page);
            }
        }
        return pages;
    }

    private boolean mapped(long address) {
        return address > 0
                && address <= memory.size() - PcpuChunk.SIZE
                && (address & Memory.WORD - 1) == 0;
    }

    boolean isAllocated(long pointer) {
        return areas().stream().anyMatch(area -> area.pointer() == pointer);
    }

    long allocatedBytes() {
        long bytes = 0;
        for (long chunk : chunks()) {
            int has =
                    chunk == wiring.reservedChunk
                            ? wiring.reservedSize
                            : wiring.unitSize - (foreign(chunk) == 0 ? 0 : wiring.reservedSize);
            bytes += has - memory.peekInt(chunk + PcpuChunk.FREE_SIZE);
        }
        return bytes;
    }

    /** The first inconsistency, or null. */
    String check() {
        for (int slot = 0; slot < wiring.nrSlots; slot++) {
            long head = wiring.slot(slot);
            long before = head;
            for (long chunk = memory.peek(head); chunk != head; chunk = memory.peek(chunk)) {
                if (memory.peek(chunk + ListHead.PREV) != before) {
                    return name(chunk) + " has a wrong prev";
                }
                String wrong = checkChunk(chunk, slot);
                if (wrong != null) {
                    return name(chunk) + " " + wrong;
                }
                before = chunk;
            }
            if (memory.peek(head + ListHead.PREV) != before) {
                return "pcpu_slot[" + slot + "] has a wrong prev";
            }
        }
        if (!chunks().contains(wiring.firstChunk)) {
            return "the first chunk is on no list";
        }
        if (wiring.reservedChunk != 0) {
            String wrong = checkChunk(wiring.reservedChunk, -1);
            return wrong == null ? null : name(wiring.reservedChunk) + " " + wrong;
        }
        return null;
    }

    /** A slot of -1 for a chunk that is in none. */
    private String checkChunk(long chunk, int slot) {
        int unit = slot < 0 ? wiring.reservedSize : wiring.unitSize;
        int used = used(chunk);
        int mapAlloc = memory.peekInt(chunk + PcpuChunk.MAP_ALLOC);
        if (used < 1 || used > mapAlloc) {
            return "uses " + used + " of " + mapAlloc + " map entries";
        }
        int sum = 0;
        int free = 0;
        int widest = 0;
        boolean afterFree = false;
        for (int i = 0; i < used; i++) {
            int length = entry(chunk, i);
            if (length == 0 || length % Memory.WORD != 0) {
                return "map[" + i + "] is " + length;
            }
            if (length > 0) {
                if (afterFree) {
                    return "map[" + i + "] is free and so is the block before it";
                }
                free += length;
                widest = Math.max(widest, length);
            }
            afterFree = length > 0;
            sum += Math.abs(length);
        }
        int freeSize = memory.peekInt(chunk + PcpuChunk.FREE_SIZE);
        int hint = memory.peekInt(chunk + PcpuChunk.CONTIG_HINT);
        if (sum != unit) {
            return "maps " + sum + " bytes of a unit of " + unit;
        }
        if (freeSize != free) {
            return "has free_size " + freeSize + " and " + free + " bytes free";
        }
        if (hint < widest || hint > unit) {
            return "has contig_hint " + hint + " and a free block of " + widest;
        }
        if (slot >= 0 && slot != wiring.slotFor(freeSize, hint)) {
            return "is in pcpu_slot[" + slot + "]";
        }
        return wiring.debug ? checkContents(chunk) : null;
    }

    /** Looks whether free areas still hold what was put there when they became free. */
    private String checkContents(long chunk) {
        int offset = 0;
        for (int i = 0; i < used(chunk); i++) {
            int end = offset + Math.abs(entry(chunk, i));
            for (; entry(chunk, i) > 0 && offset < end; offset++) {
                for (int cpu = 0; cpu < wiring.geometry.cpus(); cpu++) {
                    long unit =
                            memory.peek(chunk + PcpuChunk.BASE_ADDR) + (long) cpu * wiring.unitSize;
                    if (memory.peekByte(unit + offset) != Percpu.FREED_BYTE) {
                        return "offset "
                                + offset
                                + " was written to while free, by way of CPU#"
                                + cpu;
                    }
                }
            }
            offset = end;
        }
        return null;
    }

    private int used(long chunk) {
        return memory.peekInt(chunk + PcpuChunk.MAP_USED);
    }

    private int entry(long chunk, int i) {
        return memory.peekInt(memory.peek(chunk + PcpuChunk.MAP) + (long) PcpuChunk.ENTRY * i);
    }

    private static String name(long chunk) {
        return "pcpu_chunk 0x" + Long.toHexString(chunk);
    }
}
