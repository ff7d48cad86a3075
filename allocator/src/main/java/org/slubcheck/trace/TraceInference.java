package org.slubcheck.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.slubcheck.mm.Gfp;

/**
 * Makes operations of events, by what a trace does not say:
 *
 * <ul>
 *   <li>a free of a pointer that the trace never allocated is of an object from before the
 *       recording: it is counted as foreign and skipped. A free of NULL is one of these;
 *   <li>an allocation at a live pointer means that the free was not traced (bulk frees and frees
 *       after a grace period emit none): the old object is freed first, on the same CPU, and an
 *       implied free is counted;
 *   <li>an allocation that returned NULL failed and makes no operation.
 * </ul>
 *
 * <p>The counts come from the events alone and are the oracle for a replay. Memory is bounded by the
 * objects that live at once. Not for several threads at once.
 */
public final class TraceInference {
    private final IntFunction<String> names;
    private final SlotMap live = new SlotMap();
    private final Slots slots = new Slots();
    private final List<CacheCounts> caches = new ArrayList<>();
    private final CacheCounts[] kmalloc = new CacheCounts[KmallocSizes.CLASSES];
    private CacheCounts large;
    private CacheCounts zero;
    private CacheCounts[] ofName = new CacheCounts[64];
    private CacheCounts nameless;

    private long events;
    private long allocs;
    private long frees;
    private long foreign;
    private long nullFrees;
    private long implied;
    private long failed;
    private long crossCpu;
    private long mismatched;

    /**
     * Begins a trace.
     *
     * @param names from a number in {@link EventBatch#name} to the cache's name
     */
    public TraceInference(IntFunction<String> names) {
        this.names = names;
    }

    /** Replaces the operations in the batch by those of the events. */
    public void infer(EventBatch from, OpBatch to) {
        to.count = 0;
        int size = from.size;
        events += size;
        for (int i = 0; i < size; i++) {
            if (EventBatch.isAlloc(from.kind[i])) {
                alloc(from, i, to);
            } else {
                free(from, i, to);
            }
        }
    }

    private void alloc(EventBatch from, int i, OpBatch to) {
        allocs++;
        long ptr = from.ptr[i];
        if (ptr == 0) {
            failed++;
            return;
        }
        int cpu = from.cpu[i];
        CacheCounts cache = cacheOf(from, i);
        int slot = slots.take(cache.index, cpu);
        int old = live.put(ptr, slot);
        if (old >= 0) {
            implied++;
            release(old, cpu, false, to);
        }
        cache.allocs++;
        int n = to.count++;
        to.op[n] = from.kind[i] == EventBatch.KMALLOC ? OpBatch.KMALLOC : OpBatch.ALLOC;
        to.kfree[n] = false;
        to.cpu[n] = cpu;
        to.slot[n] = slot;
        to.turn[n] = slots.turnOf(slot);
        to.cache[n] = cache.index;
        to.size[n] = from.bytesReq[i];
        to.gfp[n] = from.gfp[i];
        to.node[n] = from.node[i];
    }

    private void free(EventBatch from, int i, OpBatch to) {
        frees++;
        int slot = from.ptr[i] == 0 ? -1 : live.remove(from.ptr[i]);
        if (slot < 0) {
            foreign++;
            nullFrees += from.ptr[i] == 0 ? 1 : 0;
            return;
        }
        int cpu = from.cpu[i];
        if (slots.cpuOf(slot) != cpu) {
            crossCpu++;
        }
        boolean kfree = from.kind[i] == EventBatch.KFREE;
        int name = from.name[i];
        if (!kfree && name >= 0 && caches.get(slots.cacheOf(slot)).name != name) {
            mismatched++;
        }
        release(slot, cpu, kfree, to);
    }

    private void release(int slot, int cpu, boolean kfree, OpBatch to) {
        CacheCounts cache = caches.get(slots.cacheOf(slot));
        cache.frees++;
        int n = to.count++;
        to.op[n] = OpBatch.FREE;
        // What came from kmalloc has no cache that a caller could name.
        to.kfree[n] = kfree || cache.type != TracedCache.Type.CACHE;
        to.cpu[n] = cpu;
        to.slot[n] = slot;
        to.turn[n] = slots.turnOf(slot);
        to.cache[n] = cache.index;
        to.size[n] = 0;
        to.gfp[n] = 0;
        to.node[n] = -1;
        slots.giveBack(slot);
    }

    private CacheCounts cacheOf(EventBatch from, int i) {
        int req = from.bytesReq[i];
        if (from.kind[i] == EventBatch.KMALLOC) {
            return kmallocOf(req, from.gfp[i], from.bytesAlloc[i]);
        }
        int name = from.name[i];
        if (name < 0) {
            nameless = variant(nameless, -1, req, from.bytesAlloc[i]);
            return nameless.sized(req);
        }
        if (name >= ofName.length) {
            ofName = Arrays.copyOf(ofName, Math.max(name + 1, 2 * name));
        }
        ofName[name] = variant(ofName[name], name, req, from.bytesAlloc[i]);
        return ofName[name].sized(req);
    }

    /**
     * The caches of one name, chained: one as a rule; a cache that grew by a merge, or was destroyed
     * and created anew with another size, is another one.
     */
    private CacheCounts variant(CacheCounts first, int name, int size, int bytesAlloc) {
        if (first != null && first.sized(size) != null) {
            return first;
        }
        String text = name < 0 ? "size-" + size : names.apply(name);
        if (name >= 0 && first != null) {
            text += "@" + size;
        }
        CacheCounts made = add(text, TracedCache.Type.CACHE, size, bytesAlloc);
        made.name = name;
        made.next = first;
        return made;
    }

    private CacheCounts kmallocOf(int size, int gfp, int bytesAlloc) {
        if (size == 0) {
            if (zero == null) {
                zero = add("kmalloc-0", TracedCache.Type.ZERO, 0, 0);
            }
            return zero;
        }
        int index = KmallocSizes.index(size);
        if (index == 0) {
            if (large == null) {
                large = add("kmalloc-large", TracedCache.Type.LARGE, 0, 0);
            }
            return large;
        }
        boolean dma = (gfp & Gfp.DMA) != 0;
        int key = dma ? index + KmallocSizes.CLASSES / 2 : index;
        if (kmalloc[key] == null) {
            int bytes = KmallocSizes.size(index);
            kmalloc[key] =
                    dma
                            ? add(
                                    "dma-kmalloc-" + bytes,
                                    TracedCache.Type.DMA_KMALLOC,
                                    bytes,
                                    bytesAlloc)
                            : add("kmalloc-" + bytes, TracedCache.Type.KMALLOC, bytes, bytesAlloc);
        }
        return kmalloc[key];
    }

    private CacheCounts add(String name, TracedCache.Type type, int size, int bytesAlloc) {
        CacheCounts cache = new CacheCounts(caches.size(), name, type, size, bytesAlloc);
        caches.add(cache);
        return cache;
    }

    /** How many caches the trace has used so far: the indices in {@link OpBatch#cache}. */
    public int caches() {
        return caches.size();
    }

    /** A cache and its counts up to here. */
    public TracedCache cache(int index) {
        return caches.get(index).toRecord();
    }

    /** Objects of a cache that live up to here. */
    public long live(int index) {
        return caches.get(index).allocs - caches.get(index).frees;
    }

    /** Slots that the operations so far use: 0 up to here. */
    public int slots() {
        return slots.made();
    }

    /** The counts up to here. */
    public TraceTotals totals() {
        return new TraceTotals(
                events,
                allocs,
                frees,
                foreign,
                nullFrees,
                implied,
                failed,
                crossCpu,
                mismatched,
                live.size(),
                slots.made());
    }

    private static final class CacheCounts {
        private final int index;
        private final String text;
        private final TracedCache.Type type;
        private final int size;
        private final int bytesAlloc;
        private int name = -1;
        private CacheCounts next;
        private long allocs;
        private long frees;

        CacheCounts(int index, String text, TracedCache.Type type, int size, int bytesAlloc) {
            this.index = index;
            this.text = text;
            this.type = type;
            this.size = size;
            this.bytesAlloc = bytesAlloc;
        }

        /** The cache of this chain with the size, or null. */
        CacheCounts sized(int wanted) {
            CacheCounts cache = this;
            while (cache != null && cache.size != wanted) {
                cache = cache.next;
            }
            return cache;
        }

        TracedCache toRecord() {
            return new TracedCache(text, type, size, bytesAlloc, allocs, frees);
        }
    }
}
