package org.slubcheck.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.slubcheck.mm.Gfp;

class TraceInferenceTest {
    private final TraceInference inference = new TraceInference(id -> "cache" + id);
    private final EventBatch events = new EventBatch(16);
    private final OpBatch ops = new OpBatch(16);

    @Test
    void anAllocationAtALivePointerFreesTheOldObjectFirstOnTheSameCpu() {
        alloc(0, 0xa, 1);
        alloc(1, 0xa, 2);
        assertThat(infer())
                .containsExactly(
                        "alloc cpu0 slot0 turn0 cache0",
                        "free cpu1 slot0 turn0 cache0",
                        "alloc cpu1 slot1 turn0 cache1");
        assertThat(inference.totals().implied()).isEqualTo(1);
        assertThat(inference.totals().live()).isEqualTo(1);
        assertThat(inference.cache(0).live()).isZero();
        assertThat(inference.cache(1).live()).isEqualTo(1);
    }

    @Test
    void foreignAndNullFreesMakeNoOperation() {
        free(0, 0xa, EventBatch.KFREE);
        free(0, 0, EventBatch.KFREE);
        assertThat(infer()).isEmpty();
        assertThat(inference.totals().foreign()).isEqualTo(2);
        assertThat(inference.totals().nullFrees()).isEqualTo(1);
    }

    @Test
    void aFailedAllocationIsNoObject() {
        alloc(0, 0, 1);
        assertThat(infer()).isEmpty();
        assertThat(inference.totals().failed()).isEqualTo(1);
        assertThat(inference.totals().allocs()).isEqualTo(1);
        assertThat(inference.totals().live()).isZero();
    }

    @Test
    void aSlotIsUsedAgainInItsNextTurn() {
        alloc(0, 0xa, 1);
        free(1, 0xa, EventBatch.CACHE_FREE);
        alloc(0, 0xb, 1);
        assertThat(infer())
                .containsExactly(
                        "alloc cpu0 slot0 turn0 cache0",
                        "free cpu1 slot0 turn0 cache0",
                        "alloc cpu0 slot0 turn1 cache0");
        assertThat(inference.totals().crossCpu()).isEqualTo(1);
        assertThat(inference.totals().peak()).isEqualTo(1);
    }

    @Test
    void cachesOfOneNameAndSeveralSizesAreSeveral() {
        alloc(0, 0xa, 1);
        alloc(0, 0xb, 1);
        events.bytesReq[1] = 999;
        alloc(0, 0xc, 1);
        infer();
        assertThat(inference.caches()).isEqualTo(2);
        assertThat(inference.cache(0).name()).isEqualTo("cache1");
        assertThat(inference.cache(0).live()).isEqualTo(2);
        assertThat(inference.cache(1).name()).isEqualTo("cache1@999");
    }

    @Test
    void aFreeByAnotherNameIsCountedAndGoesToTheCacheOfTheAllocation() {
        alloc(0, 0xa, 1);
        free(0, 0xa, EventBatch.CACHE_FREE);
        events.name[1] = 7;
        assertThat(infer()).last().isEqualTo("free cpu0 slot0 turn0 cache0");
        assertThat(inference.totals().mismatched()).isEqualTo(1);
    }

    @Test
    void kmallocSizesAreThoseOf2636() {
        int[] sizes = {1, 8, 9, 64, 65, 96, 97, 128, 129, 192, 193, 4097, 8192};
        int[] caches = {8, 8, 16, 64, 96, 96, 128, 128, 192, 192, 256, 8192, 8192};
        for (int i = 0; i < sizes.length; i++) {
            assertThat(KmallocSizes.size(KmallocSizes.index(sizes[i]))).isEqualTo(caches[i]);
        }
        assertThat(KmallocSizes.index(0)).isZero();
        assertThat(KmallocSizes.index(8193)).isZero();
        for (int size : new int[] {0, 100, 9000}) {
            alloc(0, 0x100 + size, -1);
            events.kind[events.size - 1] = EventBatch.KMALLOC;
            events.bytesReq[events.size - 1] = size;
        }
        infer();
        assertThat(List.of(inference.cache(0).type(), inference.cache(1).type()))
                .containsExactly(TracedCache.Type.ZERO, TracedCache.Type.KMALLOC);
        assertThat(inference.cache(2).type()).isEqualTo(TracedCache.Type.LARGE);
    }

    @Test
    void theSlotMapIsAMap() {
        Random random = new Random(1);
        SlotMap map = new SlotMap();
        Map<Long, Integer> model = new HashMap<>();
        for (int i = 0; i < 300_000; i++) {
            // Few distinct keys, many collisions of their low bits.
            long key = 1 + random.nextInt(6000) * 0x1000L;
            if (random.nextInt(5) < 3) {
                Integer old = model.put(key, i);
                assertThat(map.put(key, i)).isEqualTo(old == null ? -1 : old);
            } else {
                Integer old = model.remove(key);
                assertThat(map.remove(key)).isEqualTo(old == null ? -1 : old);
            }
        }
        assertThat(map.size()).isEqualTo(model.size());
        model.forEach((key, slot) -> assertThat(map.get(key)).isEqualTo(slot));
        assertThat(map.get(99)).isEqualTo(-1);
    }

    @Test
    void flagsAreReadAsASet() {
        int kernel = Gfp.WAIT | Gfp.IO | Gfp.FS;
        assertThat(TraceGfp.parse("GFP_KERNEL") & Gfp.ALL).isEqualTo(kernel);
        assertThat(TraceGfp.parse("GFP_ATOMIC|GFP_ZERO") & Gfp.ALL).isEqualTo(Gfp.HIGH | Gfp.ZERO);
        assertThat(TraceGfp.parse("GFP_NOWAIT") & Gfp.ALL).isZero();
        assertThat(TraceGfp.parse("GFP_KERNEL_ACCOUNT|__GFP_ZERO") & Gfp.ALL)
                .isEqualTo(kernel | Gfp.ZERO);
        assertThat(TraceGfp.parse("GFP_KERNEL|GFP_DMA") & Gfp.DMA).isEqualTo(Gfp.DMA);
        assertThat(TraceGfp.parse("0")).isZero();
        assertThat(TraceGfp.parse("GFP_KERNEL|0x8000000") & TraceGfp.UNKNOWN).isNotZero();
    }

    @Test
    void thereIsALimitToNamesAndItIsSaid() {
        ByteNames names = new ByteNames();
        byte[] bytes = new byte[4];
        for (int i = 0; i < ByteNames.LIMIT; i++) {
            bytes[0] = (byte) i;
            bytes[1] = (byte) (i >> 8);
            assertThat(names.intern(bytes, 0, 4)).isEqualTo(i);
        }
        bytes[2] = 1;
        assertThat(names.intern(bytes, 0, 4)).isEqualTo(-1);
        bytes[2] = 0;
        assertThat(names.intern(bytes, 0, 4)).isEqualTo(ByteNames.LIMIT - 1);
    }

    private void alloc(int cpu, long ptr, int name) {
        int i = events.size++;
        events.kind[i] = EventBatch.CACHE_ALLOC;
        events.cpu[i] = cpu;
        events.ptr[i] = ptr;
        events.name[i] = name;
        events.bytesReq[i] = 100 + name;
        events.bytesAlloc[i] = 128;
        events.node[i] = -1;
    }

    private void free(int cpu, long ptr, byte kind) {
        int i = events.size++;
        events.kind[i] = kind;
        events.cpu[i] = cpu;
        events.ptr[i] = ptr;
        events.name[i] = -1;
    }

    private List<String> infer() {
        inference.infer(events, ops);
        List<String> text = new ArrayList<>();
        for (int i = 0; i < ops.count; i++) {
            text.add(
                    (ops.op[i] == OpBatch.FREE ? "free" : "alloc")
                            + " cpu"
                            + ops.cpu[i]
                            + " slot"
                            + ops.slot[i]
                            + " turn"
                            + ops.turn[i]
                            + " cache"
                            + ops.cache[i]);
        }
        return text;
    }
}
