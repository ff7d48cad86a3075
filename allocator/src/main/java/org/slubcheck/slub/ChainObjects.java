package org.slubcheck.slub;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.mm.PageAllocator;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.Slab;
import org.slubcheck.slubbase.FreeObjects;

/** Free objects as the list of {@link Freelist}. */
final class ChainObjects implements FreeObjects {
    private final Memory m;
    private final PageAllocator pages;

    ChainObjects(Slab slab) {
        this.m = slab.memory();
        this.pages = slab.pages();
    }

    @Override
    public int objects(long page) {
        return Freelist.objects(m, page);
    }

    @Override
    public void init(long s, long page, int objects) {
        long start = pages.addressOf(page);
        int size = KmemCache.size(m, s);
        for (int i = 0; i < objects; i++) {
            long object = start + (long) i * size;
            Freelist.setNext(m, s, object, i + 1 < objects ? object + size : 0);
        }
        PageStruct.setFreelist(m, page, start);
        Freelist.setCounts(m, page, 0, objects);
    }

    @Override
    public long takeFirst(long s, long page) {
        long object = PageStruct.freelist(m, page);
        PageStruct.setFreelist(m, page, Freelist.next(m, s, object));
        Freelist.setCounts(m, page, Freelist.inuse(m, page) + 1, Freelist.objects(m, page));
        return object;
    }

    @Override
    public int inuse(long page) {
        return Freelist.inuse(m, page);
    }

    @Override
    public boolean unused(long page) {
        return Freelist.inuse(m, page) == 0;
    }

    @Override
    public int racyAvailable(long page) {
        return Freelist.racyAvailable(m, page);
    }

    @Override
    public boolean isFree(long page, long object) {
        long s = PageStruct.slab(m, page);
        int left = Freelist.objects(m, page);
        long at = PageStruct.freelist(m, page);
        while (at != 0 && at != object && left > 0) {
            at = Freelist.next(m, s, at);
            left--;
        }
        return at == object;
    }

    @Override
    public long tail(long page) {
        long size = KmemCache.size(m, PageStruct.slab(m, page));
        return pages.addressOf(page) + Freelist.objects(m, page) * size;
    }

    @Override
    public void unpoison(long page) {
        // Nothing of the slab is the allocator's but free pointers, which it reads as metadata.
    }

    @Override
    @Observer
    public String describe(long page) {
        return "objects=" + Freelist.peekObjects(m, page) + " used=" + Freelist.peekInuse(m, page);
    }
}
