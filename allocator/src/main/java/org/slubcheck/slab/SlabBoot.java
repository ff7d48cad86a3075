package org.slubcheck.slab;

import org.slubcheck.machine.Console;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.ListHead;

/**
 * kmem_cache_init: how an allocator comes up whose own structs are slab objects.
 *
 * <p>As "slub: Dynamically size kmalloc cache allocations" (S+Q3 11/23, C. Lameter, Aug 2010):
 *
 * <ol>
 *   <li>kmem_size from the number of nodes.
 *   <li>NUMA: two temporary structs in a block from the page allocator; kmem_cache_node opens in
 *       state DOWN, taking its own node structs out of its first slabs by hand. UMA: one, with its
 *       node embedded.
 *   <li>PARTIAL: kmem_cache opens; both structs move into objects of it, the pages learn their new
 *       owner, the block is given back.
 *   <li>The kmalloc caches, then UP, their names, and the DMA caches.
 * </ol>
 *
 * <p>One CPU, irqs off; so no lock. GFP_KERNEL within is defused by gfp_allowed_mask.
 */
final class SlabBoot {
    /** MAX_NUMNODES of the kernel image, which dimensions the static struct. */
    private static final int MAX_NUMNODES = 64;

    /** The index of sizes 8, 16, … 192, before a large minimum alignment patches it. */
    private static final int[] SIZE_INDEX = {
        3, 4, 5, 5, 6, 6, 6, 6, 1, 1, 1, 1, 7, 7, 7, 7, 2, 2, 2, 2, 2, 2, 2, 2
    };

    private SlabBoot() {}

    static void init(Slab k, Task t) {
        k.memoryHotplug().bootPoint(t, 1);
        k.code.kmemSize.at(k, t, SlabSteps.KmemSize.Moment.FIRST);
        int caches = k.geometry().numa() ? initNuma(k, t) : initUma(k, t);
        k.code.sizeIndex.at(k, BootSteps.SizeIndex.Moment.FIRST);
        caches += createKmallocCaches(k, t);
        k.memoryHotplug().bootPoint(t, 5);
        k.setState(SlabState.UP);
        k.code.kmallocNames.name(k, t, () -> nameKmallocCaches(k, t));
        k.code.sizeIndex.at(k, BootSteps.SizeIndex.Moment.LAST);
        k.code.kmemSize.at(k, t, SlabSteps.KmemSize.Moment.LAST);
        if (dmaCachesAreDue(k, BootSteps.DmaMoment.Moment.INIT)) {
            k.code.dmaCache.atBoot(k, t);
        }
        Geometry g = k.geometry();
        k.machine()
                .console()
                .printk(
                        Console.Level.INFO,
                        "SLUB: Genslabs=%d, HWalign=%d, Order=0-%d, MinObjects=0, CPUs=%d,"
                                + " Nodes=%d",
                        caches,
                        g.cacheLine(),
                        Math.min(3, g.maxOrder() - 1),
                        g.cpus(),
                        g.nodes());
    }

    /** What a loader does: the initialised data of the kernel image. */
    static void loadImage(Slab k) {
        Memory m = k.memory();
        SlabWiring w = k.wiring();
        ListHead.init(m, w.slabCaches());
        ListHead.init(m, w.slabLeaked());
        m.write(
                w.kmemSize(),
                k.geometry().numa() ? KmemCache.sizeOnNuma(MAX_NUMNODES) : KmemCache.sizeOnUma());
        for (int i = 0; i < SIZE_INDEX.length; i++) {
            m.writeByte(w.sizeIndex() + i, SIZE_INDEX[i]);
        }
        k.setState(SlabState.DOWN);
        NodeHotplug.init(k);
    }

    private static int initNuma(Slab k, Task t) {
        Memory m = k.memory();
        SlabWiring w = k.wiring();
        long size = CacheLife.align(k.kmemSize(), k.geometry().cacheLine());
        int order = k.order(2 * size);
        long temp = bootPages(k, t, order);
        long tempNode = temp + size;
        m.write(w.kmemCache(), temp);
        m.write(w.kmemCacheNode(), tempNode);
        open(k, t, tempNode, "kmem_cache_node", KmemCacheNode.LAYOUT.size());
        k.code.registerNotifier.at(k, t, HotplugSteps.Register.Moment.DOWN);
        k.memoryHotplug().bootPoint(t, 2);
        k.setState(SlabState.PARTIAL);
        k.memoryHotplug().bootPoint(t, 3);
        open(k, t, temp, "kmem_cache", k.kmemSize());
        long real = k.code.moveBootCache.move(k, t, temp);
        m.write(w.kmemCache(), real);
        freeBlock(k, t, BootSteps.FreeBlock.Moment.MOVED, temp, order);
        // The node structs are objects of their own, so no list head has moved.
        long realNode = k.code.moveBootCache.move(k, t, tempNode);
        m.write(w.kmemCacheNode(), realNode);
        fixup(k, t, tempNode, realNode);
        fixup(k, t, temp, real);
        k.memoryHotplug().bootPoint(t, 4);
        freeBlock(k, t, BootSteps.FreeBlock.Moment.FIXED, temp, order);
        return 2;
    }

    private static int initUma(Slab k, Task t) {
        Memory m = k.memory();
        SlabWiring w = k.wiring();
        int order = k.order(k.kmemSize());
        long temp = bootPages(k, t, order);
        m.write(w.kmemCache(), temp);
        m.write(w.kmemCacheNode(), 0);
        k.code.registerNotifier.at(k, t, HotplugSteps.Register.Moment.DOWN);
        k.memoryHotplug().bootPoint(t, 2);
        k.setState(SlabState.PARTIAL);
        k.memoryHotplug().bootPoint(t, 3);
        open(k, t, temp, "kmem_cache", k.kmemSize());
        long real = k.code.moveBootCache.move(k, t, temp);
        m.write(w.kmemCache(), real);
        freeBlock(k, t, BootSteps.FreeBlock.Moment.MOVED, temp, order);
        k.code.moveLists.move(k, t, temp, real);
        fixup(k, t, temp, real);
        k.memoryHotplug().bootPoint(t, 4);
        freeBlock(k, t, BootSteps.FreeBlock.Moment.FIXED, temp, order);
        return 1;
    }

    private static void freeBlock(
            Slab k, Task t, BootSteps.FreeBlock.Moment moment, long block, int order) {
        k.code.freeBlock.at(k, t, moment, () -> k.pages().freePagesAt(t, block, order));
    }

    private static long bootPages(Slab k, Task t, int order) {
        long block = k.pages().getFreePages(t, Gfp.NOWAIT, order);
        return checked(k, block, "kmem_cache", k.kmemSize());
    }

    private static void open(Slab k, Task t, long s, String name, long size) {
        CacheLife.open(
                k, t, s, k.literal(name), size, 0, SlabFlags.HWCACHE_ALIGN | SlabFlags.PANIC, 0);
    }

    /** kmem_cache_bootstrap_fixup. */
    private static void fixup(Slab k, Task t, long temp, long real) {
        ListHead.add(k.memory(), real + KmemCache.LIST, k.wiring().slabCaches());
        k.code.bootRefcount.set(k, t, real);
        k.code.fixupOwner.fixup(k, t, temp, real);
    }

    /** Panics for want of memory. */
    static long checked(Slab k, long s, String name, long size) {
        if (!k.code.checkKmallocStruct.usable(s)) {
            throw k.machine()
                    .panic("Creation of kmalloc slab " + name + " size=" + size + " failed.");
        }
        return s;
    }

    /** Sizes that the smallest cache serves, and the odd ones that do not exist. */
    static void patchSizeIndex(Slab k) {
        int min = k.geometry().kmallocMin();
        int low = Integer.numberOfTrailingZeros(min);
        for (int size = 8; size < min && size <= 192; size += 8) {
            setIndex(k, size, low);
        }
        if (min == 64) {
            for (int size = 64 + 8; size <= 96; size += 8) {
                setIndex(k, size, 7);
            }
        } else if (min >= 128) {
            for (int size = 128 + 8; size <= 192; size += 8) {
                setIndex(k, size, Math.max(8, low));
            }
        }
    }

    private static void setIndex(Slab k, int size, int index) {
        k.memory().writeByte(k.wiring().sizeIndex() + (size - 1 >> 3), index);
    }

    private static int createKmallocCaches(Slab k, Task t) {
        Geometry g = k.geometry();
        if (has96(g)) {
            createKmallocCache(k, t, 1, "kmalloc-96", 96);
        }
        if (has192(g)) {
            createKmallocCache(k, t, 2, "kmalloc-192", 192);
        }
        for (int i = low(k); i < k.wiring().kmallocSlots(); i++) {
            createKmallocCache(k, t, i, Slab.EARLY_NAME, 1 << i);
        }
        return kmallocCaches(g);
    }

    /** How many kmalloc caches a machine has, those for DMA not counted. */
    static int kmallocCaches(Geometry g) {
        int powers = SlabWiring.kmallocSlots(g) - Integer.numberOfTrailingZeros(g.kmallocMin());
        return powers + (has96(g) ? 1 : 0) + (has192(g) ? 1 : 0);
    }

    private static boolean has96(Geometry g) {
        return g.kmallocMin() <= 32 && g.kmallocMax() > 96;
    }

    private static boolean has192(Geometry g) {
        return g.kmallocMin() <= 64 && g.kmallocMax() > 192;
    }

    private static void createKmallocCache(Slab k, Task t, int index, String name, int size) {
        k.memory()
                .write(
                        k.wiring().kmallocSlot(index),
                        createKmallocCache(k, t, k.literal(name), size, 0));
    }

    /** create_kmalloc_cache: panics when it cannot. */
    private static long createKmallocCache(Slab k, Task t, long name, int size, long flags) {
        String text = Names.load(k.memory(), name);
        long s = checked(k, k.engine().alloc(t, k.kmemCache(), Gfp.NOWAIT, -1), text, size);
        long debug = k.code.kmallocDebug.flags(k, text, size);
        if (!CacheLife.open(k, t, s, name, size, k.geometry().kmallocMin(), flags | debug, 0)) {
            throw k.machine()
                    .panic("Creation of kmalloc slab " + text + " size=" + size + " failed.");
        }
        ListHead.add(k.memory(), s + KmemCache.LIST, k.wiring().slabCaches());
        return s;
    }

    /** Provides the proper names, now that kasprintf can. */
    private static void nameKmallocCaches(Slab k, Task t) {
        Memory m = k.memory();
        for (int i = low(k); i < k.wiring().kmallocSlots(); i++) {
            long name = name(k, t, Gfp.NOWAIT, Slab.kmallocName(Slab.EARLY_NAME, 1 << i));
            m.write(m.read(k.wiring().kmallocSlot(i)) + KmemCache.NAME, name);
        }
    }

    /** True on a machine with ZONE_DMA at the moment when it makes its DMA caches. */
    static boolean dmaCachesAreDue(Slab k, BootSteps.DmaMoment.Moment moment) {
        return k.wiring().kmallocDmaCaches() != 0 && k.code.dmaMoment.due(k, moment);
    }

    /** A DMA cache for each kmalloc cache that there is. */
    static void createDmaCaches(Slab k, Task t, int gfp) {
        for (int i = 0; i < k.wiring().kmallocSlots(); i++) {
            long s = createDmaCache(k, t, i, gfp);
            if (s != 0) {
                k.memory().write(k.wiring().kmallocDmaSlot(i), s);
            }
        }
    }

    /** A DMA cache as large as what the index stands for, not yet in the array; 0 for none. */
    static long createDmaCache(Slab k, Task t, int index, int gfp) {
        long source = k.code.dmaSource.source(k, index);
        if (source == 0 || KmemCache.size(k.memory(), source) == 0) {
            return 0;
        }
        int size = KmemCache.objsize(k.memory(), source);
        long name = name(k, t, gfp, "dma-kmalloc-" + size);
        return createKmallocCache(k, t, name, size, SlabFlags.CACHE_DMA);
    }

    private static long name(Slab k, Task t, int gfp, String text) {
        long name = Names.kasprintf(k, t, gfp, text);
        if (!k.code.checkName.usable(name)) {
            throw k.machine().bug("mm/slub.c kmem_cache_init");
        }
        return name;
    }

    private static int low(Slab k) {
        return Integer.numberOfTrailingZeros(k.geometry().kmallocMin());
    }
}
