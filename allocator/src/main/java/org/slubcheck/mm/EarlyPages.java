package org.slubcheck.mm;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;

/**
 * Early kmalloc and kfree ("[PATCH] Early kmalloc/kfree", B. Picco, 8 July 2005): a kernel with
 * CONFIG_EARLY_KMALLOC calls kmem_cache_init twice, first as soon as there are page tables and boot
 * memory. Until mem_init the pages of slabs are boot memory; nothing of a page tells later that it was,
 * so they are given back to the page allocator like any others.
 *
 * <pre>
 *   slab_init  NEVER   kmem_cache_init   EARLY   mem_init   OVER   kmem_cache_init, which returns
 *              NEVER              mem_init and then kmem_cache_init    OVER
 * </pre>
 *
 * <p>What differs from the patch. The switch is here, not in the slab allocator: SLUB turns to the
 * page allocator for the block of its boot structs and for large kmallocs, too. memmap_init skips
 * every page that was taken, since SLUB marks the first page of a slab alone. And what the patch left
 * open is closed: see {@link EarlySteps}.
 *
 * <p>One CPU, irqs off; no locks.
 */
public final class EarlyPages {
    private final PageAllocator pages;
    private final Bootmem bootmem;
    private final Memory memory;
    private final PageWiring wiring;
    private final EarlySteps code;

    EarlyPages(PageAllocator pages, Bootmem bootmem, EarlySteps code) {
        this.pages = pages;
        this.bootmem = bootmem;
        this.memory = pages.machine().memory();
        this.wiring = pages.wiring();
        this.code = code;
    }

    /** early_kmalloc_init: true for a call of kmem_cache_init that has to do something. */
    public boolean enterKmemCacheInit() {
        if (!wiring.earlyKmalloc()) {
            return true;
        }
        int before = mode();
        memory.write(wiring.slabInit, code.mode.next(before, bootmem.isOver()));
        return before == EarlySteps.NEVER;
    }

    /** in_early_kmalloc; only asked of a kernel that has it. */
    boolean active() {
        return mode() == EarlySteps.EARLY;
    }

    /** mem_init is about to give the page allocator its pages. */
    void memInit() {
        if (wiring.earlyKmalloc() && active() && code.end.atMemInit()) {
            memory.write(wiring.slabInit, EarlySteps.OVER);
        }
    }

    /** The struct pages are valid from here on, and nobody has written one. */
    void clearMemmap() {
        if (wiring.earlyKmalloc() && code.memmapClear.clears()) {
            memory.fill(wiring.memMap, (long) wiring.pages * PageStruct.SIZE, 0);
        }
    }

    /** Whether memmap_init leaves a page as it is. */
    boolean skips(long page) {
        return wiring.earlyKmalloc() && code.memmapGuard.skips(isTaken(page));
    }

    /** Blocks are compound, so each of their pages leads to the first, which has a reference. */
    private boolean isTaken(long page) {
        return PageStruct.isTail(memory, page) || PageStruct.count(memory, page) > 0;
    }

    /**
     * early_alloc_pages: a block from the node, or from the next nearest.
     *
     * @param only whether no other node will do
     * @return the first struct page, as the page allocator takes one off its lists; 0 for none
     */
    long alloc(int node, Zone asked, boolean only, int order) {
        Zone highest = code.limit.highest(asked);
        for (int from : code.nodes.from(wiring.geometry, node)) {
            for (int zone = highest.ordinal(); zone >= 0 && (from == node || !only); zone--) {
                PageAllocator.ZoneSpan span = wiring.spanOf[from][zone];
                int pfn = span == null ? -1 : bootmem.alloc(span, order);
                if (pfn >= 0) {
                    return take(span, pfn, order);
                }
            }
        }
        return 0;
    }

    private long take(PageAllocator.ZoneSpan span, int pfn, int order) {
        for (int i = 0; i < 1 << order; i++) {
            long page = pages.pageAt(pfn + i);
            reset(page, PageStruct.links(span.node(), span.zone()));
            if (i > 0) {
                memory.writeInt(page + PageStruct.COUNT, code.tailCount.count());
            }
        }
        return pages.pageAt(pfn);
    }

    /** early_free_pages: the last reference is gone; leaves the state that memmap_init makes. */
    void free(long page, int order) {
        int pfn = (int) ((page - wiring.memMap) / PageStruct.SIZE);
        int node = PageStruct.node(memory, page);
        bootmem.free(node, pfn, order);
        for (int i = 0; i < 1 << order; i++) {
            long each = pages.pageAt(pfn + i);
            reset(
                    each,
                    PageStruct.links(node, PageStruct.zone(memory, each)) | PageStruct.PG_RESERVED);
        }
    }

    private void reset(long page, long flags) {
        PageStruct.init(memory, page, flags);
    }

    private int mode() {
        return (int) memory.read(wiring.slabInit);
    }

    /** Whether pages are boot memory now; an observer's view. */
    @Observer
    public boolean peekActive() {
        return wiring.earlyKmalloc() && memory.peek(wiring.slabInit) == EarlySteps.EARLY;
    }
}
