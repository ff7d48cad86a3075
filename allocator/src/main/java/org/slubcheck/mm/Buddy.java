package org.slubcheck.mm;

import org.slubcheck.machine.Memory;
import org.slubcheck.mm.PageAllocator.ZoneSpan;

/**
 * The binary buddy system of a zone. Everything here needs zone-&gt;lock, or a machine that is alone
 * with its boot.
 */
final class Buddy {
    private final Memory memory;
    private final long memMap;
    private final int maxOrder;

    Buddy(Memory memory, PageWiring wiring) {
        this.memory = memory;
        this.memMap = wiring.memMap;
        this.maxOrder = wiring.geometry.maxOrder();
    }

    private long pageAt(long pfn) {
        return memMap + pfn * PageStruct.SIZE;
    }

    /**
     * zone_watermark_ok: the zone keeps its reserve, and of the larger blocks, which alone can serve a
     * larger request, a part that halves with each order.
     */
    boolean watermarkOk(ZoneSpan span, int order, int reserve) {
        if (reserve == 0) {
            return true;
        }
        long free = 0;
        for (int o = 0; o < maxOrder; o++) {
            free += memory.read(ZoneStruct.nrFree(span.address(), o)) << o;
        }
        free -= (1L << order) - 1;
        long keep = reserve;
        for (int o = 0; o < order && free > keep; o++) {
            free -= memory.read(ZoneStruct.nrFree(span.address(), o)) << o;
            keep >>= 1;
        }
        return free > keep;
    }

    /** Takes the smallest block that is large enough and gives its upper halves back. */
    long removeSmallest(ZoneSpan span, int order) {
        for (int o = order; o < maxOrder; o++) {
            long list = ZoneStruct.freeList(span.address(), o);
            if (!ListHead.isEmpty(memory, list)) {
                long page = PageStruct.ofLru(ListHead.next(memory, list));
                unmarkBuddy(span, page, o);
                while (o > order) {
                    o--;
                    long upper = page + ((long) PageStruct.SIZE << o);
                    ListHead.add(
                            memory,
                            PageStruct.lru(markBuddy(span, upper, o)),
                            ZoneStruct.freeList(span.address(), o));
                }
                return page;
            }
        }
        return 0;
    }

    /** __free_one_page: merges with free buddies and puts the result on its list. */
    void merge(ZoneSpan span, int pfn, int order) {
        int start = pfn;
        int size = order;
        while (size < maxOrder - 1) {
            int buddy = start ^ 1 << size;
            if (buddy < span.start()
                    || buddy + (1 << size) > span.end()
                    || !PageStruct.isBuddy(memory, pageAt(buddy))
                    || PageStruct.buddyOrder(memory, pageAt(buddy)) != size) {
                break;
            }
            unmarkBuddy(span, pageAt(buddy), size);
            start &= buddy;
            size++;
        }
        ListHead.add(
                memory,
                PageStruct.lru(markBuddy(span, pageAt(start), size)),
                ZoneStruct.freeList(span.address(), size));
    }

    /** Marks the head of a free block and counts it; the caller puts it on the list. */
    long markBuddy(ZoneSpan span, long page, int order) {
        memory.write(page + PageStruct.PRIVATE, order);
        PageStruct.setFlags(memory, page, PageStruct.PG_BUDDY);
        long nrFree = ZoneStruct.nrFree(span.address(), order);
        memory.write(nrFree, memory.read(nrFree) + 1);
        return page;
    }

    /** Takes a free block off its list, without its mark. */
    void unmarkBuddy(ZoneSpan span, long page, int order) {
        ListHead.del(memory, PageStruct.lru(page));
        PageStruct.clearFlags(memory, page, PageStruct.PG_BUDDY);
        memory.write(page + PageStruct.PRIVATE, 0);
        long nrFree = ZoneStruct.nrFree(span.address(), order);
        memory.write(nrFree, memory.read(nrFree) - 1);
    }
}
