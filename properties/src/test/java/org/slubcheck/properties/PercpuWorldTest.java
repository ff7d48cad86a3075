package org.slubcheck.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Steps;
import org.slubcheck.mm.PcpuChunk;
import org.slubcheck.mm.PercpuSizes;
import org.slubcheck.mm.PercpuSteps;

/** A kernel may die for want of per-CPU memory, and only then. */
class PercpuWorldTest {
    private static final Shape SMALL = new Shape(0, 1, 512, 0, false, true, true);
    private static final int SLOTS = 128;

    /** Bytes of an area; the reserve ends after some more areas in each boot. */
    private static final int AREA = 64;

    /** So many areas leave no room for the caches that are made before slab is up. */
    private static final int ENDS_EARLY = 125;

    private static final int FREE_SIZE = PcpuChunk.LAYOUT.offset("free_size");

    private static final String FOUND_BEFORE = "found before the kernel died";

    private static final String SAID_BEFORE = "BUG: said before the kernel died";

    private static final String DIES = "Creation of kmalloc slab";

    private static Rig rig(Steps steps) {
        KernelConfig config =
                KernelConfig.of(SMALL.geometry().withPercpuEarlySlots(SLOTS))
                        .withDebugPercpu(true)
                        .withPercpu(new PercpuSizes(0, 0));
        return Rig.off("small", config, steps);
    }

    private static PercpuWorld booted(Rig rig, int areas) {
        PercpuWorld world = new PercpuWorld(rig);
        world.bootTo(Kernel.Stage.MM);
        world.allocateEarly(Collections.nCopies(areas, AREA));
        world.bootTo(Kernel.Stage.SLAB_UP);
        return world;
    }

    /** One run of false-alarms met a boot that died among its DMA caches, when slab was up; 3 s. */
    @Test
    void aBootIsRightWhereverTheReserveEnds() {
        List<Boolean> warned = new ArrayList<>();
        for (int areas = 0; areas < SLOTS; areas++) {
            Rig rig = rig(Steps.mainline());
            assertThat(booted(rig, areas).wrong()).as("%d areas", areas).isEmpty();
            if (rig.dead()) {
                List<String> reports = rig.kernel().reports();
                assertThat(reports.get(reports.size() - 1)).startsWith("Kernel panic");
                warned.add(reports.size() > 1);
                if (reports.size() == 1) {
                    assertThat(reports.get(0)).contains("dma-kmalloc");
                }
            }
        }
        assertThat(warned).hasSizeLessThan(SLOTS).contains(true, false);
    }

    @Test
    void whoSaysThatItEndedMustBeRight() {
        for (boolean says : new boolean[] {true, false}) {
            AtomicReference<Console> console = new AtomicReference<>();
            PercpuSteps.Source early =
                    (percpu, t, bytes, align) -> {
                        if (!percpu.slab().slabIsAvailable()) {
                            return percpu.fromChunks(t, bytes, align);
                        }
                        if (says) {
                            console.get()
                                    .printk(
                                            Console.Level.WARNING,
                                            "PERCPU: allocation failed, size=%d align=%d,"
                                                    + " failed to allocate new chunk",
                                            bytes,
                                            align);
                        }
                        return 0;
                    };
            Rig rig = rig(Steps.mainline().with(PercpuSteps.SOURCE, early));
            console.set(rig.kernel().console());
            assertThat(booted(rig, 0).wrong()).anyMatch(wrong -> wrong.contains(DIES));
        }
    }

    /** As with P01: nobody asks whether slab is up, and what it cannot give looks like want of memory. */
    @Test
    void aReserveThatEndsBeforeSlabIsUpMustBeWarnedOf() {
        Rig rig = rig(Steps.mainline().with(PercpuSteps.MEM_GUARD, available -> true));
        PercpuWorld world = booted(rig, ENDS_EARLY);
        assertThat(rig.dead()).isTrue();
        assertThat(world.wrong()).anyMatch(wrong -> wrong.startsWith("Kernel panic"));
    }

    /** Want of memory excuses the panic and nothing that was found before it. */
    @Test
    void anExcusedDeathHidesNothingElse() {
        Rig rig = rig(Steps.mainline());
        rig.require(false, FOUND_BEFORE);
        rig.kernel().console().report(Console.Level.ERR, SAID_BEFORE);
        PercpuWorld world = booted(rig, ENDS_EARLY);
        assertThat(rig.dead()).isTrue();
        assertThat(world.wrong()).containsExactlyInAnyOrder(FOUND_BEFORE, SAID_BEFORE);

        Memory memory = rig.kernel().memory();
        memory.writeInt(rig.kernel().percpuWiring().firstChunk() + FREE_SIZE, 1);
        assertThat(world.wrong())
                .hasSize(3)
                .contains(FOUND_BEFORE, SAID_BEFORE)
                .anyMatch(wrong -> wrong.contains("has free_size 1 and "));
    }
}
