package org.slubcheck.mm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The check of the chunk maps sees what is wrong with them, thing by thing. */
class PercpuCheckTest {
    private final MmMachine k = MmMachine.bare(MmMachine.smallReserve());
    private final long chunk = k.percpuWiring.firstChunk();
    private final long map = k.memory.read(chunk + PcpuChunk.MAP);

    @BeforeEach
    void allocateThree() {
        k.percpu.alloc(k.task, 64, 8);
        k.percpu.alloc(k.task, 32, 8);
        k.percpu.alloc(k.task, 32, 8);
        assertThat(k.percpu.check()).isNull();
    }

    @Test
    void sum() {
        k.memory.writeInt(map, -72);
        assertFound("maps 2056 bytes of a unit of 2048");
    }

    @Test
    void freeSize() {
        k.memory.writeInt(chunk + PcpuChunk.FREE_SIZE, 8);
        assertFound("has free_size 8 and 1920 bytes free");
    }

    @Test
    void hint() {
        k.memory.writeInt(chunk + PcpuChunk.CONTIG_HINT, 1912);
        assertFound("has contig_hint 1912 and a free block of 1920");
    }

    @Test
    void mapUsed() {
        k.memory.writeInt(chunk + PcpuChunk.MAP_USED, 65);
        assertFound("uses 65 of 64 map entries");
    }

    @Test
    void oddLength() {
        k.memory.writeInt(map, -63);
        assertFound("map[0] is -63");
    }

    @Test
    void freeNeighbours() {
        k.memory.writeInt(map + 8, 32);
        k.memory.fill(k.percpuWiring.base() + 96, 32, Percpu.FREED_BYTE);
        k.memory.fill(k.percpu.perCpuPtr(k.percpuWiring.base() + 96, 1), 32, Percpu.FREED_BYTE);
        assertFound("map[3] is free and so is the block before it");
    }

    @Test
    void wrongSlot() {
        ListHead.move(k.memory, chunk, k.percpuWiring.slot(0));
        assertFound("is in pcpu_slot[0]");
    }

    @Test
    void lostChunk() {
        ListHead.del(k.memory, chunk);
        assertFound("the first chunk is on no list");
    }

    @Test
    void brokenLinks() {
        k.memory.write(chunk + ListHead.PREV, 64);
        assertFound("has a wrong prev");
    }

    private void assertFound(String what) {
        assertThat(k.percpu.check()).contains(what);
    }
}
