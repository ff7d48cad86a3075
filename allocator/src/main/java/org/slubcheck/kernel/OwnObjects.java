package org.slubcheck.kernel;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.machine.Memory;
import org.slubcheck.mm.PcpuChunk;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.Sysfs;

/**
 * The memory that the kernel itself holds: its structs, its names, its sysfs entries and what the
 * per-CPU allocator keeps. One entry for each owner, so that two owners of one object count twice.
 *
 * <p>All of it came from kmalloc: objects, or whole pages where the largest kmalloc cache is too
 * small. A cache's name counts where it is in such memory. Literals and the early per-CPU map are part of
 * the kernel image; kobj.name is the name of the sysfs entry, which owns it; the name of an alias is
 * its creator's.
 */
final class OwnObjects {
    private static final int MAP = PcpuChunk.LAYOUT.offset("map");

    private final Kernel kernel;
    private final Memory m;
    private final List<Owned> found = new ArrayList<>();

    /**
     * An object and one of its owners.
     *
     * @param what what it serves as, to be followed by the owner's name if it has one
     */
    record Owned(long address, String what, String owner) {
        /** What it is, as a sentence names it. */
        String describe() {
            return owner.isEmpty() ? what : what + " of " + owner;
        }
    }

    private OwnObjects(Kernel kernel) {
        this.kernel = kernel;
        this.m = kernel.memory();
    }

    /** Every pair of an object and an owner. */
    static List<Owned> of(Kernel kernel) {
        OwnObjects own = new OwnObjects(kernel);
        kernel.slab().caches().forEach(own::cache);
        kernel.slab().leakedCaches().forEach(own::cache);
        for (Sysfs.Entry entry : Sysfs.entries(kernel.slab())) {
            own.add(entry.address(), "a sysfs_dirent", "");
            own.add(entry.nameAddress(), "the name of a sysfs_dirent", "");
        }
        for (long saved : kernel.slab().savedAliases()) {
            own.add(saved, "a saved_alias", "");
        }
        for (long chunk : kernel.percpu().chunks()) {
            own.add(chunk, "a pcpu_chunk", "");
            own.add(own.m.peek(chunk + MAP), "a pcpu map", "");
        }
        return own.found;
    }

    private void cache(long s) {
        String name = kernel.slab().nameOf(s);
        add(s, "struct kmem_cache", name);
        add(m.peek(s + KmemCache.NAME), "the name", name);
        for (long block : EngineView.of(kernel).blocks(s)) {
            add(block, "the shared queue", name);
        }
        if (kernel.geometry().numa()) {
            for (int node = 0; node < kernel.geometry().nodes(); node++) {
                add(Nodes.of(kernel, s, node), "a kmem_cache_node", name);
            }
        }
    }

    private void add(long address, String what, String owner) {
        if (kernel.pages().pageOf(address) != 0) {
            found.add(new Owned(address, what, owner));
        }
    }
}
