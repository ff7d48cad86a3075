package org.slubcheck.slubq;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.mm.PageAllocator;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.Slab;
import org.slubcheck.slubbase.FreeObjects;

/** Free objects as bits of the slab's {@link FreeMap}. */
final class MapObjects implements FreeObjects {
    private static final int MOST_OBJECTS = 1 << 15;

    private final Memory m;
    private final PageAllocator pages;

    MapObjects(Slab slab) {
        this.m = slab.memory();
        this.pages = slab.pages();
    }

    @Override
    public int objects(long page) {
        return FreeMap.objects(m, page);
    }

    @Override
    public void init(long s, long page, int objects) {
        FreeMap.setObjects(m, page, objects);
        if (!FreeMap.inPageStruct(objects)) {
            PageStruct.setFreelist(
                    m, page, pages.addressOf(page) + (long) objects * KmemCache.size(m, s));
        }
        FreeMap.fill(m, page);
    }

    @Override
    public long takeFirst(long s, long page) {
        FreeMap.testAndClear(m, FreeMap.address(m, page), 0);
        return pages.addressOf(page);
    }

    @Override
    public int inuse(long page) {
        return FreeMap.inuse(m, page);
    }

    @Override
    public boolean unused(long page) {
        return FreeMap.isFull(m, page);
    }

    @Override
    public int racyAvailable(long page) {
        return FreeMap.racyAvailable(m, page);
    }

    @Override
    public boolean isFree(long page, long object) {
        long offset = object - pages.addressOf(page);
        return FreeMap.test(m, page, (int) (offset / KmemCache.size(m, PageStruct.slab(m, page))));
    }

    @Override
    public long tail(long page) {
        int objects = FreeMap.objects(m, page);
        return FreeMap.inPageStruct(objects)
                ? pages.addressOf(page)
                        + (long) objects * KmemCache.size(m, PageStruct.slab(m, page))
                : FreeMap.address(m, page) + FreeMap.bytes(objects);
    }

    @Override
    public void unpoison(long page) {
        int objects = FreeMap.objects(m, page);
        if (!FreeMap.inPageStruct(objects)) {
            m.unpoison(FreeMap.address(m, page), FreeMap.bytes(objects), "map of free objects");
        }
    }

    @Override
    @Observer
    public String describe(long page) {
        int objects = FreeMap.peekObjects(m, page);
        int free = 0;
        for (int i = 0; i < Math.min(objects, MOST_OBJECTS); i++) {
            free += FreeMap.peek(m, page, i) ? 1 : 0;
        }
        return "objects=" + objects + " new=" + free;
    }
}
