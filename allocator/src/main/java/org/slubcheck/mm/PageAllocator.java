package org.slubcheck.mm;

import org.slubcheck.machine.Console;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.FsReclaim;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.LockClass;
import org.slubcheck.machine.Machine;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.machine.Poison;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;

/**
 * The page allocator of Linux 2.6.35: zones of nodes, a binary buddy system in each, zone lists
 * that fall back to other zones and nodes.
 *
 * <p>A block of order k is 2<sup>k</sup> pages, aligned to its size within the page pool. The first
 * page of a free block carries PG_buddy and its order in private; a block that is freed merges with
 * its buddy (its page frame number with bit k flipped) as long as that is free, whole and of the
 * same zone. A zone's lists and the buddy marks of its pages belong to zone-&gt;lock, which is taken
 * with irqs off; everything else about a page belongs to whoever allocated it.
 *
 * <p>Reclaim is one source, the slab allocator ({@link PageReclaim}). A request that may sleep, and
 * does not say NORETRY, asks it again and again until there is a page or nothing more comes.
 *
 * <p>What 2.6.35 has and this does not: per-CPU lists of single pages, lists by migrate type,
 * compaction.
 */
public final class PageAllocator {
    private static final String ALLOC = "mm/page_alloc.c __alloc_pages_nodemask";
    private static final int RESERVE_SHIFT = 7;

    /** Reclaim passes over what was in use lately, so once without success does not say much. */
    private static final int IDLE_RECLAIMS = 2;

    /** Others may take what is reclaimed; an end there must be. */
    private static final int MAX_RECLAIMS = 64;

    /** What a page that is free in the boot memory allocator does not carry. */
    private static final long BAD_IN_BOOTMEM = PageStruct.CHECK_AT_FREE & ~PageStruct.PG_RESERVED;

    private final Machine machine;
    private final Memory memory;
    private final PageWiring wiring;
    private final Faults faults;

    /** From the wiring: virt_to_page is on the way of every free. */
    private final long pool;

    private final long memMap;
    private final int pages;
    private final int pageShift;
    private final PageReclaim reclaim;
    private final Bootmem bootmem;
    private final EarlyPages early;
    private final Buddy buddy;
    private final boolean earlyKmalloc;

    /** The fixed page allocator. */
    public PageAllocator(Machine machine, PageWiring wiring, Faults faults, PageReclaim reclaim) {
        this(machine, wiring, faults, reclaim, Steps.mainline());
    }

    /**
     * The page allocator of one machine; cheap, all state is in memory.
     *
     * @param reclaim who can give pages back; not asked before the machine runs
     * @param steps which code stands at each step
     */
    public PageAllocator(
            Machine machine, PageWiring wiring, Faults faults, PageReclaim reclaim, Steps steps) {
        this.machine = machine;
        this.memory = machine.memory();
        this.wiring = wiring;
        this.faults = faults;
        this.reclaim = reclaim;
        this.pool = wiring.pool;
        this.memMap = wiring.memMap;
        this.pages = wiring.pages;
        this.pageShift = wiring.geometry.pageShift();
        this.buddy = new Buddy(memory, wiring);
        this.bootmem = new Bootmem(machine, wiring);
        this.early = new EarlyPages(this, bootmem, EarlySteps.of(steps));
        this.earlyKmalloc = wiring.earlyKmalloc();
    }

    /** A populated zone of a node: where its struct is and which page frames it has. */
    public record ZoneSpan(int node, Zone zone, long address, int start, int pages) {
        /** The first page frame number behind the zone. */
        int end() {
            return start + pages;
        }

        /** Pages that only an urgent request may take. */
        int reserve() {
            return pages >> RESERVE_SHIFT;
        }
    }

    // ---- boot

    /**
     * From {@link Bootmem#mapMemory} to {@link #memInit}, with gfp_allowed_mask as early boot has it.
     * Runs before anything else.
     */
    public void init(Task t) {
        memory.writeOnce(wiring.allowedMask, Gfp.BOOT_MASK);
        bootmem.mapMemory();
        bootmemInit();
        memmapInit();
        memInit(t);
    }

    /** initmem_init, and struct pages that can be told from garbage if somebody will ask before memmap_init. */
    public void bootmemInit() {
        bootmem.init();
        early.clearMemmap();
    }

    /**
     * memmap_init and the rest of free_area_init: no page is free yet, and all are reserved but for
     * those that early kmalloc has taken.
     */
    public void memmapInit() {
        for (ZoneSpan span : wiring.spans) {
            for (int pfn = span.start; pfn < span.end(); pfn++) {
                long page = pageAt(pfn);
                if (!early.skips(page)) {
                    long links = PageStruct.links(span.node, span.zone);
                    PageStruct.init(memory, page, links | PageStruct.PG_RESERVED);
                }
            }
            for (int order = 0; order < wiring.geometry.maxOrder(); order++) {
                ListHead.init(memory, ZoneStruct.freeList(span.address, order));
                memory.write(ZoneStruct.nrFree(span.address, order), 0);
            }
        }
        NodePages.init(memory, wiring);
    }

    /**
     * mem_init: what the boot memory allocator has free goes to the zone lists in the largest aligned
     * blocks, lowest first. A page that is free already, or in use, is reported, and nothing goes from
     * its zone on.
     *
     * @return how many pages there are now
     */
    public long memInit(Task t) {
        early.memInit();
        return bootmem.freeAll(this, t);
    }

    /** Which pages are free: all of so many from a page frame on, or not. */
    @FunctionalInterface
    interface FreeRuns {
        /** True when all are. */
        boolean free(int pfn, int pages);
    }

    /** free_all_bootmem_core for a zone: false when a page is in no state to go, which is reported. */
    boolean freeAllBootmem(Task t, ZoneSpan span, FreeRuns runs) {
        for (int pfn = span.start; pfn < span.end(); pfn++) {
            long page = pageAt(pfn);
            if (runs.free(pfn, 1)
                    && (PageStruct.test(memory, page, BAD_IN_BOOTMEM)
                            || PageStruct.count(memory, page) != 0
                            || PageStruct.zone(memory, page) != span.zone
                            || PageStruct.node(memory, page) != span.node)) {
                badPage(t, page);
                return false;
            }
        }
        freeAll(t, span, runs);
        return true;
    }

    /** Every page of a zone on its lists, in the largest aligned blocks, lowest first. */
    void freeAll(Task t, ZoneSpan span) {
        freeAll(t, span, (pfn, pages) -> true);
    }

    private void freeAll(Task t, ZoneSpan span, FreeRuns runs) {
        boolean irqs = lock(t, span);
        int pfn = span.start;
        while (pfn < span.end()) {
            if (!runs.free(pfn, 1)) {
                pfn++;
                continue;
            }
            int order = wiring.geometry.maxOrder() - 1;
            while ((pfn & (1 << order) - 1) != 0
                    || pfn + (1 << order) > span.end()
                    || !runs.free(pfn, 1 << order)) {
                order--;
            }
            for (int i = pfn; i < pfn + (1 << order); i++) {
                PageStruct.clearFlags(memory, pageAt(i), PageStruct.PG_RESERVED);
            }
            ListHead.addTail(
                    memory,
                    PageStruct.lru(buddy.markBuddy(span, pageAt(pfn), order)),
                    ZoneStruct.freeList(span.address, order));
            pfn += 1 << order;
        }
        unlock(t, span, irqs);
    }

    /** Takes every page of a zone off its lists if all are free; false, and nothing is taken, if not. */
    boolean takeAll(Task t, ZoneSpan span) {
        boolean irqs = lock(t, span);
        long free = 0;
        for (int order = 0; order < wiring.geometry.maxOrder(); order++) {
            free += memory.read(ZoneStruct.nrFree(span.address, order)) << order;
        }
        for (int order = 0; free == span.pages && order < wiring.geometry.maxOrder(); order++) {
            long list = ZoneStruct.freeList(span.address, order);
            while (!ListHead.isEmpty(memory, list)) {
                buddy.unmarkBuddy(span, PageStruct.ofLru(ListHead.next(memory, list)), order);
            }
        }
        unlock(t, span, irqs);
        return free == span.pages;
    }

    // ---- allocation

    /** alloc_pages: from the node of the task's CPU on; see {@link #allocPagesNode}. */
    public long allocPages(Task t, int gfp, int order) {
        return allocPagesNode(t, -1, gfp, order);
    }

    /**
     * alloc_pages_node: a block of 2<sup>order</sup> pages, from the node or, without THISNODE, from
     * the next nearest that has one; the first page has _count 1. Sleeps if the masked flags have
     * WAIT.
     *
     * @param node -1 for the node of the task's CPU
     * @return the struct page of the first page, or 0
     * @throws org.slubcheck.machine.KernelDeath BUG for a forbidden combination of zone bits, panic
     *     when a NOFAIL request cannot be served
     */
    public long allocPagesNode(Task t, int node, int gfp, int order) {
        Zone highest = gfpZone(gfp);
        int masked = gfp & allowedMask();
        if ((masked & Gfp.WAIT) != 0) {
            machine.mightSleep(t, ALLOC);
        }
        if (mayReclaim(t, masked)) {
            FsReclaim.mayRun(machine, t);
        }
        boolean mayFail = (masked & Gfp.NOFAIL) == 0;
        if (mayFail && faults.shouldFail(Faults.Kind.PAGE)) {
            machine.console().printk(Console.Level.NOTICE, Faults.FORCED);
            return 0;
        }
        if (order >= wiring.geometry.maxOrder()) {
            if ((masked & Gfp.NOWARN) == 0) {
                machine.console()
                        .warnOnce("mm/page_alloc.c __alloc_pages_slowpath", "order " + order);
            }
            return 0;
        }
        int home = node < 0 ? wiring.geometry.nodeOfCpu(t.cpu()) : node;
        ZoneSpan[] zonelist = wiring.zonelists[home][highest.ordinal()];
        boolean thisNode = (masked & Gfp.THISNODE) != 0;
        if (earlyKmalloc && early.active()) {
            long page = early.alloc(home, highest, thisNode, order);
            if (page != 0) {
                prepare(page, masked | Gfp.COMP, order);
            }
            return page;
        }
        long page = fromZones(t, zonelist, thisNode ? home : -1, order, divisor(masked));
        if (page == 0 && mayReclaim(t, masked)) {
            page = reclaimFor(t, zonelist, thisNode ? home : -1, order, divisor(masked));
        }
        if (page == 0 && !mayFail) {
            page = fromZones(t, zonelist, thisNode ? home : -1, order, 0);
            if (page == 0) {
                throw machine.panic("Out of memory and no killable processes...");
            }
        }
        if (page == 0) {
            if ((masked & Gfp.NOWARN) == 0) {
                machine.console()
                        .printk(
                                Console.Level.WARNING,
                                "CPU#%d: page allocation failure. order:%d, mode:0x%x",
                                t.cpu(),
                                order,
                                masked);
            }
            return 0;
        }
        prepare(page, masked, order);
        return page;
    }

    /** __get_free_pages: as {@link #allocPages}, but the address of the memory. Not for HIGHMEM. */
    public long getFreePages(Task t, int gfp, int order) {
        if ((gfp & Gfp.HIGHMEM) != 0) {
            throw machine.bug("mm/page_alloc.c __get_free_pages");
        }
        long page = allocPages(t, gfp, order);
        return page == 0 ? 0 : addressOf(page);
    }

    /** The first zone on the list, of one node if it is not -1, that has a block to spare. */
    private long fromZones(Task t, ZoneSpan[] zonelist, int onlyNode, int order, int divisor) {
        for (ZoneSpan span : zonelist) {
            if (onlyNode < 0 || span.node == onlyNode) {
                boolean irqs = lock(t, span);
                int reserve = divisor == 0 ? 0 : span.reserve() / divisor;
                long page =
                        buddy.watermarkOk(span, order, reserve)
                                ? buddy.removeSmallest(span, order)
                                : 0;
                unlock(t, span, irqs);
                if (page != 0) {
                    return page;
                }
            }
        }
        return 0;
    }

    /** True for a request that runs reclaim if there is no page. */
    public static boolean mayReclaim(Task t, int gfp) {
        return (gfp & (Gfp.WAIT | Gfp.NORETRY)) == Gfp.WAIT && !t.atomic();
    }

    /** do_try_to_free_pages: reclaims until the zones have a block, or nothing comes any more. */
    private long reclaimFor(Task t, ZoneSpan[] zonelist, int onlyNode, int order, int divisor) {
        int idle = 0;
        for (int i = 0; i < MAX_RECLAIMS && idle < IDLE_RECLAIMS; i++) {
            idle = reclaimOnce(t, onlyNode) == 0 ? idle + 1 : 0;
            long page = fromZones(t, zonelist, onlyNode, order, divisor);
            if (page != 0) {
                return page;
            }
        }
        return 0;
    }

    /** __perform_reclaim. */
    private long reclaimOnce(Task t, int node) {
        FsReclaim.acquire(machine, t);
        long reclaimed = reclaim.reclaim(t, node);
        FsReclaim.release(machine, t);
        return reclaimed;
    }

    /**
     * balance_pgdat, once: what kswapd does for a node before memory is short there. The bytes. Irqs
     * are on and no lock is held. Sleeps.
     */
    public long balancePgdat(Task t, int node) {
        return reclaimOnce(t, node);
    }

    /** What the reserve of a zone is divided by for a request. */
    private static int divisor(int gfp) {
        return (gfp & Gfp.HIGH) != 0 ? 2 : 1;
    }

    /** prep_new_page: the block is private now. */
    private void prepare(long page, int gfp, int order) {
        memory.write(page + PageStruct.PRIVATE, 0);
        memory.writeInt(page + PageStruct.COUNT, 1);
        long address = addressOf(page);
        long bytes = (long) wiring.geometry.pageSize() << order;
        memory.unpoison(address, bytes, "pages");
        if ((gfp & Gfp.ZERO) != 0) {
            memory.fill(address, bytes, 0);
        }
        if (order > 0 && (gfp & Gfp.COMP) != 0) {
            PageStruct.prepareCompound(memory, page, order);
        }
    }

    // ---- freeing

    /**
     * __free_pages: drops a reference to a block of this order; the last one gives it back. Any
     * context.
     *
     * <p>A block that is free already, or whose pages are still marked as used (a lock, PG_slab,
     * mapcount, mapping), or a compound page of another order, is reported as a bad page and leaks.
     */
    public void freePages(Task t, long page, int order) {
        if (!isPage(page) || order < 0 || order >= wiring.geometry.maxOrder()) {
            machine.report("BUG: freeing what is no block of pages: page:" + hex(page));
            return;
        }
        int pfn = pfnOf(page);
        ZoneSpan span = spanOf(page);
        if ((pfn & (1 << order) - 1) != 0
                || pfn + (1 << order) > span.end()
                || memory.readOnceInt(page + PageStruct.COUNT) <= 0) {
            badPage(t, page);
            return;
        }
        if (memory.fetchAddInt(page + PageStruct.COUNT, -1) != 1) {
            return;
        }
        if (!readyToFree(t, page, order)) {
            return;
        }
        memory.poison(
                addressOf(page), (long) wiring.geometry.pageSize() << order, Poison.FREE_PAGE);
        if (earlyKmalloc && early.active()) {
            early.free(page, order);
            return;
        }
        boolean irqs = lock(t, span);
        buddy.merge(span, pfn, order);
        unlock(t, span, irqs);
    }

    /**
     * get_page: one more reference to the block that a page is in, so that its memory stays where it
     * is. The caller has something that keeps the block from being freed, such as an object in it.
     */
    public void getPage(long page) {
        memory.fetchAddInt(PageStruct.head(memory, page) + PageStruct.COUNT, 1);
    }

    /** put_page: gives a reference of {@link #getPage} back. Any context. */
    public void putPage(Task t, long page) {
        long head = PageStruct.head(memory, page);
        freePages(t, head, PageStruct.compoundOrder(memory, head));
    }

    /** free_pages: the block at an address; 0 is ignored. */
    public void freePagesAt(Task t, long address, int order) {
        if (address == 0) {
            return;
        }
        long page = pageOf(address);
        if (page == 0) {
            machine.report("BUG: freeing what is no block of pages: address:" + hex(address));
            return;
        }
        freePages(t, page, order);
    }

    /** free_pages_check of every page and destroy_compound_page; the block is private. */
    private boolean readyToFree(Task t, long page, int order) {
        long head = PageStruct.flags(memory, page);
        boolean compound = (head & (PageStruct.PG_HEAD | PageStruct.PG_TAIL)) != 0;
        boolean good =
                !compound
                        || (head & PageStruct.PG_TAIL) == 0
                                && PageStruct.compoundOrder(memory, page) == order;
        for (int i = 0; i < 1 << order; i++) {
            long each = page + (long) i * PageStruct.SIZE;
            boolean tail = PageStruct.isTail(memory, each);
            boolean tailFits =
                    i == 0
                            || tail == compound
                                    && (!tail || PageStruct.firstPage(memory, each) == page);
            if (!good || !tailFits || !isClean(each)) {
                badPage(t, each);
                return false;
            }
        }
        for (int i = 0; compound && i < 1 << order; i++) {
            PageStruct.clearFlags(
                    memory,
                    page + (long) i * PageStruct.SIZE,
                    PageStruct.PG_HEAD | PageStruct.PG_TAIL);
        }
        return true;
    }

    /** True when a page carries nothing that says that somebody still uses it. */
    private boolean isClean(long page) {
        return !PageStruct.test(memory, page, PageStruct.CHECK_AT_FREE)
                && PageStruct.count(memory, page) == 0
                && memory.readInt(page + PageStruct.MAPCOUNT) == -1
                && memory.read(page + PageStruct.MAPPING) == 0;
    }

    private boolean lock(Task t, ZoneSpan span) {
        return machine.spinLockIrqSave(t, ZoneStruct.lock(span.address), LockClass.ZONE_LOCK);
    }

    private void unlock(Task t, ZoneSpan span, boolean irqs) {
        machine.spinUnlockIrqRestore(t, ZoneStruct.lock(span.address), LockClass.ZONE_LOCK, irqs);
    }

    /** bad_page. */
    private void badPage(Task t, long page) {
        machine.report(
                "BUG: Bad page state in process CPU#"
                        + t.cpu()
                        + "  pfn:"
                        + String.format("%05x", pfnOf(page))
                        + "\n"
                        + PageStruct.dump(memory, page));
    }

    // ---- gfp

    /** gfp_allowed_mask. */
    public int allowedMask() {
        return (int) memory.readOnce(wiring.allowedMask);
    }

    /** Sets gfp_allowed_mask; done once, when irqs have been turned on. */
    public void setAllowedMask(int mask) {
        memory.writeOnce(wiring.allowedMask, mask);
    }

    /** gfp_zone on this kernel: a zone that the machine does not have stands for NORMAL. */
    private Zone gfpZone(int gfp) {
        Zone zone = Gfp.zone(gfp);
        if (zone == null) {
            throw machine.bug("include/linux/gfp.h gfp_zone(" + Gfp.toString(gfp) + ")");
        }
        Geometry.ZonePages pages = wiring.geometry.pages();
        boolean missing =
                zone == Zone.DMA && pages.dma() == 0
                        || zone == Zone.DMA32 && pages.dma32() == 0
                        || zone == Zone.HIGHMEM && pages.highmem() == 0;
        return missing ? Zone.NORMAL : zone;
    }

    // ---- addresses

    /** virt_to_page: 0 when the address is outside the page pool. */
    public long pageOf(long address) {
        // What is below the pool is far above it without a sign.
        long pfn = address - pool >>> pageShift;
        return pfn >= pages ? 0 : memMap + pfn * PageStruct.SIZE;
    }

    /**
     * The cache of the slab whose first page an address is in; on every other page it is no address
     * of a cache, and -1 outside of the page pool.
     */
    public long slabAt(Memory m, long address) {
        long pfn = address - pool >>> pageShift;
        return pfn >= pages ? -1 : PageStruct.slab(m, memMap + pfn * PageStruct.SIZE);
    }

    /** virt_to_head_page: 0 when the address is outside the page pool. */
    public long headPageOf(long address) {
        long page = pageOf(address);
        return page == 0 ? 0 : PageStruct.head(memory, page);
    }

    /** page_address. */
    public long addressOf(long page) {
        return pool + ((long) pfnOf(page) << pageShift);
    }

    /** page_to_nid. */
    public int nodeOf(long page) {
        return PageStruct.node(memory, page);
    }

    /** page_zonenum. */
    public Zone zoneOf(long page) {
        return PageStruct.zone(memory, page);
    }

    /** True when an address is that of a struct page. */
    public boolean isPage(long page) {
        long offset = page - wiring.memMap;
        return offset >= 0
                && offset < (long) wiring.pages * PageStruct.SIZE
                && offset % PageStruct.SIZE == 0;
    }

    private int pfnOf(long page) {
        return (int) ((page - memMap) / PageStruct.SIZE);
    }

    private ZoneSpan spanOf(long page) {
        return wiring.spanOf[nodeOf(page)][zoneOf(page).ordinal()];
    }

    // ---- observers

    /** How many pages there are: the length of mem_map. */
    public long pages() {
        return wiring.pages;
    }

    /** The i-th struct page of mem_map. */
    public long pageAt(long i) {
        return wiring.memMap + i * PageStruct.SIZE;
    }

    /** Free pages of all zones; an observer's view. */
    @Observer
    public long freePages() {
        return wiring.spans.stream().mapToLong(this::freePagesOf).sum();
    }

    /** Free pages of a node; an observer's view. */
    @Observer
    public long freePagesOfNode(int node) {
        return wiring.spans.stream()
                .filter(span -> span.node == node)
                .mapToLong(this::freePagesOf)
                .sum();
    }

    /** Free pages of a zone of all nodes; an observer's view. */
    @Observer
    public long freePages(Zone zone) {
        return wiring.spans.stream()
                .filter(span -> span.zone == zone)
                .mapToLong(this::freePagesOf)
                .sum();
    }

    /** Free pages of a zone; an observer's view. */
    @Observer
    public long freePagesOf(ZoneSpan span) {
        long free = 0;
        for (int order = 0; order < wiring.geometry.maxOrder(); order++) {
            free += memory.peek(ZoneStruct.nrFree(span.address, order)) << order;
        }
        return free;
    }

    /**
     * The first inconsistency of the free lists, or null: links, marks, orders, alignment, counts,
     * no page in two blocks, no buddies left apart. An observer's view.
     */
    @Observer
    public String check() {
        if (memory.peek(wiring.afterBootmem) == 0) {
            return null;
        }
        return new BuddyCheck(memory, wiring.geometry, wiring.memMap).check(wiring.spans);
    }

    /** The boot memory allocator. */
    public Bootmem bootmem() {
        return bootmem;
    }

    /** Early kmalloc. */
    public EarlyPages early() {
        return early;
    }

    /** The wiring, for what else belongs to pages. */
    PageWiring wiring() {
        return wiring;
    }

    /** The address of the chain of who is told of CPUs. */
    public long cpuChain() {
        return wiring.cpuChain;
    }

    /** True when the memory of a page is not there now; an observer's view. */
    @Observer
    public boolean isAbsent(long page) {
        ZoneSpan span = spanOf(page);
        return NodePages.isLate(wiring.geometry, span)
                && (memory.peek(wiring.absent) >>> span.node & 1) != 0;
    }

    /** Fault injection. */
    public Faults faults() {
        return faults;
    }

    /** The machine that this runs on. */
    public Machine machine() {
        return machine;
    }

    private static String hex(long value) {
        return String.format("%016x", value);
    }
}
