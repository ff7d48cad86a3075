package org.slubcheck.trace;

import java.util.Arrays;
import org.slubcheck.mm.Gfp;

/** What the runner and the replay share: the target, the slots and the caches of the trace. */
final class ReplayBooks {
    final ReplayTarget target;
    final ReplaySlots slots = new ReplaySlots();

    /** The machine's cache for each of the trace; read by the runner's threads, written while nothing runs. */
    private long[] cacheAddress = new long[64];

    private int caches;

    ReplayBooks(ReplayTarget target) {
        this.target = target;
    }

    int caches() {
        return caches;
    }

    long address(int cache) {
        return cacheAddress[cache];
    }

    void add(long address) {
        if (caches == cacheAddress.length) {
            cacheAddress = Arrays.copyOf(cacheAddress, 2 * caches);
        }
        cacheAddress[caches++] = address;
    }

    int cpuOf(OpBatch batch, int i) {
        return batch.cpu[i] % target.cpus();
    }

    /** Makes an object and returns its address; 0 if the machine refuses. */
    long allocate(OpBatch batch, int i, int cpu) {
        // Slab memory is neither of these; the kernel would call it a bug to ask for it.
        int gfp = batch.gfp[i] & Gfp.ALL & ~(Gfp.HIGHMEM | Gfp.DMA32);
        int node = batch.node[i] < 0 ? -1 : batch.node[i] % target.nodes();
        if (batch.op[i] == OpBatch.KMALLOC) {
            return target.kmalloc(cpu, batch.size[i], gfp, node);
        }
        return target.alloc(cpu, cacheAddress[batch.cache[i]], gfp, node);
    }

    /** Gives an object back. */
    void release(OpBatch batch, int i, int cpu, long object) {
        if (object == 0) {
            return;
        }
        if (batch.kfree[i]) {
            target.kfree(cpu, object);
        } else {
            target.free(cpu, cacheAddress[batch.cache[i]], object);
        }
    }
}
