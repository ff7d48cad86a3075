package org.slubcheck.kernel;

import java.util.LinkedHashMap;
import java.util.Map;
import org.slubcheck.machine.Memory;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.mm.PcpuChunk;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.Sysfs;

/** The slab objects that the kernel itself holds: its structs, names and sysfs entries. */
final class OwnObjects {
    /** struct saved_alias: cache, name, next. */
    private static final int ALIAS_NEXT = 16;

    private static final int BOUND = 1 << 16;

    private final Kernel kernel;
    private final Memory m;
    private final Map<Long, String> found = new LinkedHashMap<>();

    private OwnObjects(Kernel kernel) {
        this.kernel = kernel;
        this.m = kernel.memory();
    }

    /** What each is, by its address. */
    static Map<Long, String> of(Kernel kernel) {
        OwnObjects own = new OwnObjects(kernel);
        kernel.slab().caches().forEach(own::cache);
        kernel.slab().leakedCaches().forEach(own::cache);
        for (Sysfs.Entry entry : Sysfs.entries(kernel.slab())) {
            own.add(entry.address(), "a sysfs_dirent");
            own.add(entry.nameAddress(), "the name of a sysfs_dirent");
        }
        long saved = own.m.peek(kernel.slab().wiring().aliasList());
        for (int i = 0; saved != 0 && own.isSlabObject(saved) && i < BOUND; i++) {
            own.add(saved, "a saved_alias");
            saved = own.m.peek(saved + ALIAS_NEXT);
        }
        for (long chunk : kernel.percpu().chunks()) {
            own.add(chunk, "a pcpu_chunk");
            own.add(own.m.peek(chunk + PcpuChunk.LAYOUT.offset("map")), "a pcpu map");
        }
        return own.found;
    }

    private void cache(long s) {
        String name = kernel.slab().nameOf(s);
        add(s, "struct kmem_cache of " + name);
        add(m.peek(s + KmemCache.NAME), "the name of " + name);
        for (long block : SharedQueues.blocks(kernel, s)) {
            add(block, "the shared queue of " + name);
        }
        if (kernel.geometry().numa()) {
            for (int node = 0; node < kernel.geometry().nodes(); node++) {
                add(Nodes.of(kernel, s, node), "a kmem_cache_node of " + name);
            }
        }
    }

    /** Literals and the early per-CPU map are part of the kernel image, not slab objects. */
    private void add(long address, String what) {
        if (isSlabObject(address)) {
            found.put(address, what);
        }
    }

    private boolean isSlabObject(long address) {
        long page = kernel.pages().pageOf(address);
        if (page == 0) {
            return false;
        }
        return (m.peek(PageStruct.head(m, page) + PageStruct.FLAGS) & PageStruct.PG_SLAB) != 0;
    }
}
