package org.slubcheck.mm;

import java.util.BitSet;
import java.util.List;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;

/** Looks over the free lists of the page allocator without touching them. */
@Observer
final class BuddyCheck {
    private final Memory memory;
    private final Geometry geometry;
    private final long memMap;
    private final BitSet seen = new BitSet();
    private final BitSet heads = new BitSet();

    BuddyCheck(Memory memory, Geometry geometry, long memMap) {
        this.memory = memory;
        this.geometry = geometry;
        this.memMap = memMap;
    }

    /** The first inconsistency, or null. */
    String check(List<PageAllocator.ZoneSpan> spans) {
        for (PageAllocator.ZoneSpan span : spans) {
            for (int order = 0; order < geometry.maxOrder(); order++) {
                String wrong = checkList(span, order);
                if (wrong != null) {
                    return "zone "
                            + span.zone()
                            + "@"
                            + span.node()
                            + " order "
                            + order
                            + ": "
                            + wrong;
                }
            }
        }
        for (int pfn = 0; pfn < geometry.totalPages(); pfn++) {
            if ((flags(pfn) & PageStruct.PG_BUDDY) != 0 && !heads.get(pfn)) {
                return "pfn " + pfn + " has PG_buddy and is on no list";
            }
        }
        return null;
    }

    private String checkList(PageAllocator.ZoneSpan span, int order) {
        long head = ZoneStruct.freeList(span.address(), order);
        long count = 0;
        long before = head;
        long entry = memory.peek(head + ListHead.NEXT);
        while (entry != head) {
            long offset = PageStruct.ofLru(entry) - memMap;
            int pfn = (int) (offset / PageStruct.SIZE);
            if (offset < 0 || offset % PageStruct.SIZE != 0 || pfn >= geometry.totalPages()) {
                return "entry 0x" + Long.toHexString(entry) + " is no page";
            }
            if (memory.peek(entry + ListHead.PREV) != before) {
                return "pfn " + pfn + " has a wrong prev";
            }
            String wrong = checkBlock(span, pfn, order);
            if (wrong != null) {
                return "pfn " + pfn + " " + wrong;
            }
            count++;
            before = entry;
            entry = memory.peek(entry + ListHead.NEXT);
        }
        if (memory.peek(head + ListHead.PREV) != before) {
            return "the head has a wrong prev";
        }
        long nrFree = memory.peek(ZoneStruct.nrFree(span.address(), order));
        return nrFree == count ? null : "nr_free is " + nrFree + " and the list has " + count;
    }

    private String checkBlock(PageAllocator.ZoneSpan span, int pfn, int order) {
        int pages = 1 << order;
        if (pfn < span.start() || pfn + pages > span.end()) {
            return "is outside the zone";
        }
        if ((pfn & pages - 1) != 0) {
            return "is not aligned";
        }
        if ((flags(pfn) & PageStruct.PG_BUDDY) == 0) {
            return "lacks PG_buddy";
        }
        if (memory.peek(page(pfn) + PageStruct.PRIVATE) != order) {
            return "has another order in private";
        }
        heads.set(pfn);
        for (int i = pfn; i < pfn + pages; i++) {
            if (seen.get(i)) {
                return "overlaps another free block";
            }
            seen.set(i);
            if (memory.peekInt(page(i) + PageStruct.COUNT) != 0) {
                return "is referenced";
            }
        }
        int buddy = pfn ^ pages;
        boolean apart =
                order < geometry.maxOrder() - 1
                        && buddy >= span.start()
                        && buddy + pages <= span.end()
                        && (flags(buddy) & PageStruct.PG_BUDDY) != 0
                        && memory.peek(page(buddy) + PageStruct.PRIVATE) == order;
        return apart ? "is not merged with its buddy" : null;
    }

    private long page(int pfn) {
        return memMap + (long) pfn * PageStruct.SIZE;
    }

    private long flags(int pfn) {
        return memory.peek(page(pfn) + PageStruct.FLAGS);
    }
}
