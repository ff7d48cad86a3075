package org.slubcheck.kernel;

import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slub.Freelist;
import org.slubcheck.slub.KmemCacheCpu;
import org.slubcheck.slub.Slub;
import org.slubcheck.slubbase.DebugView;

/**
 * Slabs whose free objects are threaded, and a slab for each CPU: frozen, on no list, and nobody
 * else's. What is not on page-&gt;freelist is in use, and counted so.
 */
@Observer
final class CpuSlabsView implements EngineView {
    private final Kernel kernel;
    private final Slub slub;
    private final Memory m;

    CpuSlabsView(Kernel kernel, Slub slub) {
        this.kernel = kernel;
        this.slub = slub;
        this.m = kernel.memory();
    }

    @Override
    public int objects(long page) {
        return Freelist.peekObjects(m, page);
    }

    @Override
    public BitSet free(long s, String name, long page, Consumer<String> wrong) {
        BitSet free = new BitSet();
        int objects = objects(page);
        String where = name + ": the freelist of page#" + number(page);
        walk(s, page, m.peek(page + PageStruct.FREELIST), where, free::set, wrong);
        int inuse = Freelist.peekInuse(m, page);
        if (inuse != objects - free.cardinality()) {
            wrong.accept(
                    String.format(
                            "%s page#%d: inuse is %d but %d of %d objects are free",
                            name, number(page), inuse, free.cardinality(), objects));
        }
        return free;
    }

    /** Goes along a freelist of a slab as far as it makes sense. */
    private void walk(
            long s, long page, long first, String where, IntConsumer each, Consumer<String> wrong) {
        long start = kernel.pages().addressOf(page);
        int size = m.peekInt(s + KmemCache.SIZE);
        int objects = objects(page);
        int found = 0;
        long at = first;
        while (at != 0) {
            long offset = at - start;
            if (offset < 0 || offset >= (long) objects * size || offset % size != 0) {
                wrong.accept(
                        String.format("%s leads to 0x%x, which is none of its objects", where, at));
                return;
            }
            if (found++ == objects) {
                wrong.accept(where + " does not end");
                return;
            }
            each.accept((int) (offset / size));
            at = m.peek(at + Freelist.peekOffset(m, s));
        }
    }

    @Override
    public Home home(long s, long page) {
        if ((m.peek(page + PageStruct.FLAGS) & PageStruct.PG_ACTIVE) != 0) {
            return Home.NONE;
        }
        return m.peek(page + PageStruct.FREELIST) == 0 ? Home.FULL : Home.PARTIAL;
    }

    @Override
    public long tail(long s, long page, long start) {
        return (long) objects(page) * m.peekInt(s + KmemCache.SIZE);
    }

    @Override
    public int pointerBytes(long s) {
        return Freelist.peekOffset(m, s) == 0 ? 0 : Memory.WORD;
    }

    @Override
    public void cpus(long s, String name, Found found, Consumer<String> wrong) {
        long areas = m.peek(s + KmemCache.CPU);
        BitSet frozen = new BitSet();
        for (int cpu = 0; cpu < kernel.geometry().cpus(); cpu++) {
            long c = kernel.percpu().perCpuPtr(areas, cpu);
            long page = m.peek(c + KmemCacheCpu.PAGE);
            String who = name + " cpu#" + cpu;
            if (page == 0) {
                if (slub.peekFreelist(c) != 0) {
                    wrong.accept(who + ": there is a freelist but no slab");
                }
            } else if (!kernel.pages().isPage(page)
                    || m.peek(page + PageStruct.SLAB) != s
                    || (m.peek(page + PageStruct.FLAGS) & PageStruct.PG_SLAB) == 0) {
                wrong.accept(String.format("%s: 0x%x is no slab of the cache", who, page));
            } else {
                slab(s, c, page, who, cpu, found, wrong);
                if (frozen.get(number(page))) {
                    wrong.accept(who + ": page#" + number(page) + " is another CPU's slab, too");
                }
                frozen.set(number(page));
            }
            kept(s, c, who, frozen, wrong);
        }
        frozenElsewhere(s, name, frozen, wrong);
    }

    /** The slabs that a CPU keeps behind its own: as good as that, and nobody else's. */
    private void kept(long s, long c, String who, BitSet frozen, Consumer<String> wrong) {
        long page = slub.peekPartial(c);
        while (page != 0) {
            if (!kernel.pages().isPage(page) || m.peek(page + PageStruct.SLAB) != s) {
                wrong.accept(String.format("%s: it keeps 0x%x, no slab of the cache", who, page));
                return;
            }
            if (home(s, page) != Home.NONE) {
                wrong.accept(who + ": it keeps page#" + number(page) + ", which is not frozen");
            }
            if (frozen.get(number(page))) {
                wrong.accept(who + ": it keeps page#" + number(page) + ", which is in use");
                return;
            }
            frozen.set(number(page));
            page = slub.peekNextPartial(page);
        }
    }

    private void slab(
            long s, long c, long page, String who, int cpu, Found found, Consumer<String> wrong) {
        if (home(s, page) != Home.NONE) {
            wrong.accept(who + ": page#" + number(page) + " is its slab but not frozen");
        }
        int node = m.peekInt(c + KmemCacheCpu.NODE);
        if (node >= 0 && node != kernel.pages().nodeOf(page)) {
            wrong.accept(
                    String.format(
                            "%s: node is %d but page#%d is of node %d",
                            who, node, number(page), kernel.pages().nodeOf(page)));
        }
        long start = kernel.pages().addressOf(page);
        int size = m.peekInt(s + KmemCache.SIZE);
        String place = "the freelist of cpu#" + cpu;
        walk(
                s,
                page,
                slub.peekFreelist(c),
                who + ": the freelist",
                i -> found.at(start + (long) i * size, DebugView.State.FREE, place),
                wrong);
    }

    /** Slabs that are frozen although they are no CPU's would never be seen again. */
    private void frozenElsewhere(long s, String name, BitSet known, Consumer<String> wrong) {
        for (long i = 0; i < kernel.pages().pages(); i++) {
            long page = kernel.pages().pageAt(i);
            long flags = m.peek(page + PageStruct.FLAGS);
            if ((flags & PageStruct.PG_SLAB) != 0
                    && (flags & PageStruct.PG_TAIL) == 0
                    && (flags & PageStruct.PG_ACTIVE) != 0
                    && m.peek(page + PageStruct.SLAB) == s
                    && !known.get(number(page))) {
                wrong.accept(name + ": page#" + number(page) + " is frozen but no CPU's slab");
            }
        }
    }

    private int number(long page) {
        return (int) ((page - kernel.pagesWiring().memMap()) / PageStruct.SIZE);
    }

    @Override
    public List<Long> blocks(long s) {
        return List.of();
    }
}
