package org.slubcheck.slubq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.slubcheck.kernel.Census;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Geometry.ZonePages;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Errno;
import org.slubcheck.slab.KmemCache;

/** Cached objects go back when memory is short: in stages, cheapest first, what was used last. */
class ExpireTest {
    private static NumaRig withObjectsEverywhere() {
        NumaRig rig = NumaRig.on(2, 4, 2);
        for (int i = 0; i < 120; i++) {
            rig.alloc(i % 4, -1);
        }
        rig.freeAll(0);
        return rig;
    }

    @Test
    void theFirstLookPassesOverWhatWasUsedAndTheNextTakesTheEmptySlabs() {
        NumaRig rig = withObjectsEverywhere();
        int size = KmemCache.size(rig.kernel.memory(), rig.s);
        assertThat(rig.engine.expire(rig.task(0), rig.s, -1)).isZero();
        assertThat(rig.engine.expire(rig.task(0), rig.s, -1) % 512).as("whole pages").isZero();
        int alien = rig.inAlien(0, 1);
        int shared = rig.inShared(0);
        int queue = rig.inQueue(0);
        assertThat(List.of(alien, shared, queue)).doesNotContain(0);
        long freed = rig.engine.expire(rig.task(0), rig.s, -1);
        assertThat(freed).isEqualTo((long) Math.min(alien, rig.batch()) * size);
        assertThat(rig.inAlien(0, 1)).isEqualTo(Math.max(0, alien - rig.batch()));
        assertThat(rig.inShared(0)).isEqualTo(shared);
        assertThat(rig.inQueue(0)).isEqualTo(queue);
        rig.assertSound();
    }

    @Test
    void afterAFullExpiryEveryPageIsBack() {
        NumaRig rig = withObjectsEverywhere();
        assertThat(rig.slabs()).isPositive();
        rig.expireAll();
        assertThat(rig.slabs()).isZero();
        rig.assertSound();
    }

    @Test
    void aNodeIsExpiredAlone() {
        NumaRig rig = withObjectsEverywhere();
        for (int i = 0; i < 200; i++) {
            rig.engine.expire(rig.task(0), rig.s, 1);
        }
        assertThat(rig.inAlien(0, 1)).isZero();
        assertThat(rig.inShared(0)).as("of node 0").isPositive();
        assertThat(rig.inQueue(0)).isPositive();
        rig.assertSound();
    }

    @Test
    void sysfsTakesANodeAndShowsTheBytes() {
        NumaRig rig = withObjectsEverywhere();
        assertThat(rig.show("expire")).isEqualTo("0\n");
        assertThat(rig.store("expire", "-1")).isZero();
        assertThat(rig.store("expire", "-1\n")).isZero();
        assertThat(rig.show("expire")).isNotEqualTo("0\n").endsWith("\n");
        for (String bad : List.of("2", "-2", "x", "")) {
            assertThat(rig.store("expire", bad)).as(bad).isEqualTo(Errno.EINVAL);
        }
        rig.assertSound();
    }

    @Test
    void whoHasSlubLockIsNotWaitedFor() {
        NumaRig rig = withObjectsEverywhere();
        Task holder = rig.task(1);
        rig.kernel.slab().downWrite(holder, "test");
        assertThat(rig.engine.expireAll(rig.task(0), -1)).isZero();
        assertThat(rig.engine.expireAll(holder, -1)).isZero();
        rig.kernel.slab().upWrite(holder);
        rig.engine.expireAll(rig.task(0), -1);
        assertThat(rig.engine.expireAll(rig.task(0), -1)).isPositive();
        rig.assertSound();
    }

    /** Objects that nobody uses fill the machine; pages are wanted, and are there. */
    @Test
    void reclaimServesWhoMaySleepAndNobodyElse() {
        Geometry g = NumaRig.geometry(1, 2, 1).withPages(new ZonePages(0, 0, 96, 0, 0));
        NumaRig rig = NumaRig.on(g, NumaRig.config(), Steps.mainline());
        while (rig.alloc(0, -1) != 0) {
            assertThat(rig.kernel.reports()).isEmpty();
        }
        // Every other object goes, then the rest of each slab: all but queues are empty slabs that
        // the node keeps, or gone; so take the pages that are gone again.
        rig.freeAll(0);
        Task t = rig.task(0);
        int taken = 0;
        while (rig.kernel.pages().allocPages(t, Gfp.NOWAIT | Gfp.NOWARN, 0) != 0) {
            taken++;
        }
        assertThat(taken).isPositive();
        assertThat(rig.kernel.pages().allocPages(t, Gfp.NOWAIT, 0)).isZero();
        assertThat(rig.kernel.pages().allocPages(t, Gfp.KERNEL | Gfp.NORETRY, 0)).isZero();
        long slabs = rig.slabs();
        assertThat(rig.kernel.pages().allocPages(t, Gfp.KERNEL, 0)).isNotZero();
        assertThat(rig.slabs()).isLessThan(slabs);
        assertThat(rig.kernel.reports()).isEmpty();
    }

    @Test
    void reclaimUnderSlubLockGivesUpInsteadOfHanging() {
        Geometry g = NumaRig.geometry(2, 4, 2);
        Kernel kernel =
                Kernel.bootChecked(KernelConfig.of(g).with(NumaRig.config()), Steps.mainline());
        Task t = kernel.task(0);
        while (kernel.pages().allocPages(t, Gfp.NOWAIT | Gfp.NOWARN, 0) != 0) {
            assertThat(kernel.reports()).isEmpty();
        }
        // create holds slub_lock for write and wants pages with GFP_KERNEL.
        assertThat(kernel.slab().create(t, "test", 300, 0, 0, 0)).isZero();
        assertThat(kernel.reports()).isEmpty();
        assertThat(Census.of(kernel, new long[0])).isNotNull();
    }
}
