package org.slubcheck.mm;

import java.util.List;
import org.slubcheck.machine.Machine;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.machine.Poison;
import org.slubcheck.machine.Task;

/**
 * The boot memory allocator (mm/bootmem.c of 2.6.36): a bit for each page of a node, from when the
 * page tables are there until free_all_bootmem.
 *
 * <pre>
 *   init_memory_mapping   all pages can be accessed
 *   init_bootmem          the maps, in the first pages of their nodes
 *   free_all_bootmem      pages whose bit is clear go to the page allocator, the maps with them
 *   free_initmem          the structs bootmem_data are gone
 * </pre>
 *
 * <p>One CPU, irqs off; no locks. Pages stand for bytes: nobody here asks for less than one. Memory
 * that {@link MemoryHotplug} brings is reserved in the map and never handed out.
 */
public final class Bootmem {
    private final Machine machine;
    private final Memory memory;
    private final PageWiring wiring;

    Bootmem(Machine machine, PageWiring wiring) {
        this.machine = machine;
        this.memory = machine.memory();
        this.wiring = wiring;
    }

    /**
     * What a processor makes of physical memory before there are page tables for it: an access is an
     * oops. Only checked memory has such a thing.
     */
    public void unmap() {
        memory.poison(wiring.memMap, memMapBytes(), Poison.UNMAPPED);
        memory.poison(wiring.pool, poolBytes(), Poison.UNMAPPED);
    }

    /** init_memory_mapping: page tables for what has none yet. */
    public void mapMemory() {
        if (memory.read(wiring.maxPfnMapped) == 0) {
            memory.unpoison(wiring.memMap, memMapBytes(), "mem_map");
            memory.unpoison(wiring.pool, poolBytes(), "pages");
            memory.write(wiring.maxPfnMapped, wiring.pages);
        }
    }

    /** initmem_init: the map of each node that has memory, with its own pages reserved in it. */
    public void init() {
        for (int node = 0; node < wiring.geometry.nodes(); node++) {
            List<PageAllocator.ZoneSpan> present = present(node);
            long bdata = wiring.bdata(node);
            if (present.isEmpty()) {
                BootmemData.init(memory, bdata, 0, 0, 0);
                continue;
            }
            int min = present.get(0).start();
            int low = present.get(present.size() - 1).end();
            BootmemData.init(memory, bdata, min, low, address(min));
            for (PageAllocator.ZoneSpan span : present) {
                BootmemData.mark(memory, bdata, span.start(), span.pages(), false);
            }
            BootmemData.mark(memory, bdata, min, mapPages(low - min), true);
        }
    }

    /** True once free_all_bootmem has begun. */
    boolean isOver() {
        return memory.read(wiring.afterBootmem) != 0;
    }

    /**
     * alloc_bootmem_core: the first block of a zone that is free, aligned to its size.
     *
     * @return its first page frame, or -1
     */
    int alloc(PageAllocator.ZoneSpan span, int order) {
        long bdata = wiring.bdata(span.node());
        if (BootmemData.map(memory, bdata) == 0 || NodePages.isLate(wiring.geometry, span)) {
            return -1;
        }
        int size = 1 << order;
        int low =
                Math.max(
                        span.start(),
                        BootmemData.min(memory, bdata) + BootmemData.hint(memory, bdata));
        for (int pfn = low + size - 1 & -size; pfn + size <= span.end(); pfn += size) {
            if (BootmemData.allFree(memory, bdata, pfn, size)) {
                BootmemData.mark(memory, bdata, pfn, size, true);
                return pfn;
            }
        }
        return -1;
    }

    /**
     * free_bootmem_node.
     *
     * @throws org.slubcheck.machine.KernelDeath BUG for pages that are not taken
     */
    void free(int node, int pfn, int order) {
        long bdata = wiring.bdata(node);
        for (int i = 0; i < 1 << order; i++) {
            if (BootmemData.allFree(memory, bdata, pfn + i, 1)) {
                throw machine.bug("mm/bootmem.c __free");
            }
        }
        BootmemData.mark(memory, bdata, pfn, 1 << order, false);
        BootmemData.setHint(memory, bdata, 0);
    }

    /**
     * free_all_bootmem: what is free goes to the page allocator; what somebody has stays his. Without
     * a map there is nothing to give.
     *
     * @return pages that went; 0 also where one of them is in no state to go, which is reported
     */
    long freeAll(PageAllocator pages, Task t) {
        if (!anyMap()) {
            return 0;
        }
        memory.write(wiring.afterBootmem, 1);
        long freed = 0;
        for (int node = 0; node < wiring.geometry.nodes(); node++) {
            long bdata = wiring.bdata(node);
            if (BootmemData.map(memory, bdata) == 0) {
                continue;
            }
            List<PageAllocator.ZoneSpan> present = present(node);
            int min = present.get(0).start();
            int low = present.get(present.size() - 1).end();
            // The map's own pages go with the others. It says that they are taken to the last: what
            // it
            // lives in it never hands out.
            BootmemData.mark(memory, bdata, min, mapPages(low - min), false);
            for (PageAllocator.ZoneSpan span : present) {
                if (!pages.freeAllBootmem(
                        t, span, (pfn, size) -> BootmemData.allFree(memory, bdata, pfn, size))) {
                    return 0;
                }
            }
            BootmemData.mark(memory, bdata, min, mapPages(low - min), true);
            freed += poisonFree(bdata, min, low);
        }
        return freed;
    }

    private boolean anyMap() {
        boolean any = false;
        for (int node = 0; node < wiring.geometry.nodes(); node++) {
            any |= BootmemData.map(memory, wiring.bdata(node)) != 0;
        }
        return any;
    }

    /** Nobody may touch free pages any more, and those of the map last; returns how many they are. */
    private long poisonFree(long bdata, int min, int low) {
        long map = BootmemData.map(memory, bdata);
        int own = mapPages(low - min);
        long freed = own;
        for (int pfn = min + own; pfn < low; pfn++) {
            if (BootmemData.allFree(memory, bdata, pfn, 1)) {
                memory.poison(address(pfn), wiring.geometry.pageSize(), Poison.FREE_PAGE);
                freed++;
            }
        }
        memory.poison(map, (long) own * wiring.geometry.pageSize(), Poison.FREE_PAGE);
        return freed;
    }

    /**
     * free_initmem, as far as it takes the structs: whoever reads them now reads garbage. Returns their
     * bytes.
     */
    public long freeInitmem() {
        long bytes = (long) wiring.geometry.nodes() * BootmemData.LAYOUT.size();
        memory.poison(wiring.bdata(0), bytes, Poison.FREE_PAGE);
        return bytes;
    }

    /** Whether a page is the boot memory allocator's own: free in its map; an observer's view. */
    @Observer
    public boolean peekOwns(long page) {
        int pfn = (int) ((page - wiring.memMap) / PageStruct.SIZE);
        for (int node = 0;
                node < wiring.geometry.nodes() && memory.peek(wiring.afterBootmem) == 0;
                node++) {
            List<PageAllocator.ZoneSpan> present = present(node);
            if (!present.isEmpty()) {
                int min = present.get(0).start();
                int low = present.get(present.size() - 1).end();
                if (pfn >= min && pfn < low) {
                    return pfn < min + mapPages(low - min)
                            || BootmemData.peekFree(memory, wiring.bdata(node), pfn);
                }
            }
        }
        return false;
    }

    /** The zones of a node whose memory is there when the machine is switched on, lowest first. */
    private List<PageAllocator.ZoneSpan> present(int node) {
        return wiring.spans.stream()
                .filter(span -> span.node() == node && !NodePages.isLate(wiring.geometry, span))
                .toList();
    }

    private int mapPages(int pages) {
        long bytes = BootmemData.mapBytes(pages);
        return (int) (bytes + wiring.geometry.pageSize() - 1 >> wiring.geometry.pageShift());
    }

    private long address(int pfn) {
        return wiring.pool + ((long) pfn << wiring.geometry.pageShift());
    }

    private long memMapBytes() {
        return (long) wiring.pages * PageStruct.SIZE;
    }

    private long poolBytes() {
        return (long) wiring.pages << wiring.geometry.pageShift();
    }
}
