package org.slubcheck.slab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slubcheck.kernel.Census;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.FaultAttr;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.KernelDeath;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/** Creating, merging and destroying caches; sysfs and slabinfo; failures on the way. */
class SlabCacheTest {
    private static final Kernel SMALL =
            Kernel.bootChecked(
                    KernelConfig.of(Geometry.numa(2))
                            .withFaults(true)
                            .with(SlabConfig.defaults().withFailslab(true)),
                    Steps.mainline());

    private final Kernel kernel = fork();
    private final Slab slab = kernel.slab();
    private final Task t = kernel.task(0);

    private static Kernel fork() {
        return SMALL.fork();
    }

    @Test
    void likeCachesShareAndTheLastUserFrees() {
        long a = slab.create(t, "alpha", 24, 0, 0, 0);
        long b = slab.create(t, "beta", 20, 0, 0, 0);
        assertThat(b).isEqualTo(a);
        assertThat(SlabAttributes.show(slab, t, a, "aliases")).isEqualTo("1\n");
        assertThat(Sysfs.lookup(slab, t, "alpha")).isEqualTo(a);
        assertThat(Sysfs.lookup(slab, t, "beta")).isEqualTo(a);
        assertThat(Sysfs.lookup(slab, t, ":t-0000024")).isEqualTo(a);
        slab.destroy(t, a);
        assertThat(slab.caches()).contains(a);
        slab.destroy(t, b);
        assertThat(slab.caches()).doesNotContain(a);
        assertThat(Sysfs.lookup(slab, t, "alpha")).isZero();
        assertClean();
    }

    @Test
    void failslabMeetsTheCacheThatItsFileMarks() {
        long one = slab.create(t, "one", 24, 0, SlabFlags.HWCACHE_ALIGN, Ctors.STAMP);
        long other = slab.create(t, "other", 24, 0, 0, Ctors.STAMP);
        kernel.faults()
                .failslab()
                .set(FaultAttr.parse("probability=100,times=-1,cache-filter=Y,ignore-gfp-wait=N"));
        assertThat(SlabAttributes.show(slab, t, one, "failslab")).isEqualTo("0\n");
        assertThat(SlabAttributes.store(slab, t, one, "failslab", "1")).isZero();
        assertThat(SlabAttributes.show(slab, t, one, "failslab")).isEqualTo("1\n");
        assertThat(slab.alloc(t, one, Gfp.KERNEL)).isZero();
        assertThat(slab.alloc(t, one, Gfp.KERNEL | Gfp.NOFAIL)).isNotZero();
        assertThat(slab.alloc(t, other, Gfp.KERNEL)).isNotZero();
        assertThat(SlabAttributes.store(slab, t, one, "failslab", "0")).isZero();
        assertThat(slab.alloc(t, one, Gfp.KERNEL)).isNotZero();
    }

    @Test
    void aCacheWithAliasesCannotBeMarkedForFailslab() {
        long shared = slab.create(t, "alpha", 24, 0, 0, 0);
        slab.create(t, "beta", 20, 0, 0, 0);
        assertThat(SlabAttributes.store(slab, t, shared, "failslab", "1")).isEqualTo(Errno.EINVAL);
        assertThat(SlabAttributes.show(slab, t, shared, "failslab")).isEqualTo("0\n");
    }

    @Test
    void whatMayNotMergeDoesNot() {
        long plain = slab.create(t, "plain", 24, 0, 0, 0);
        assertThat(slab.create(t, "dma", 24, 0, SlabFlags.CACHE_DMA, 0)).isNotEqualTo(plain);
        assertThat(slab.create(t, "ctor", 24, 0, 0, Ctors.STAMP)).isNotEqualTo(plain);
        assertThat(slab.create(t, "rcu", 24, 0, SlabFlags.DESTROY_BY_RCU, 0)).isNotEqualTo(plain);
        assertThat(slab.create(t, "larger", 40, 0, 0, 0)).isNotEqualTo(plain);
        long node = slab.create(t, "like_node", 64, 0, SlabFlags.HWCACHE_ALIGN, 0);
        assertThat(node).isNotEqualTo(slab.kmemCacheNode());
        assertThat(Sysfs.lookup(slab, t, ":dt-0000024")).isNotZero();
        assertThat(Sysfs.lookup(slab, t, "ctor")).isNotZero();
        assertClean();
    }

    @Test
    void createAndDestroyGiveEverythingBack() {
        cycle();
        long before = kernel.pages().freePages();
        long areas = kernel.percpu().allocatedBytes();
        int caches = slab.caches().size();
        int entries = Sysfs.entries(slab).size();
        for (int i = 0; i < 10; i++) {
            cycle();
        }
        assertThat(kernel.pages().freePages()).isEqualTo(before);
        assertThat(kernel.percpu().allocatedBytes()).isEqualTo(areas);
        assertThat(slab.caches()).hasSize(caches);
        assertThat(Sysfs.entries(slab)).hasSize(entries);
        assertClean();
    }

    private void cycle() {
        long s = slab.create(t, "cycle", 200, 0, 0, Ctors.STAMP);
        long object = slab.alloc(t, s, Gfp.KERNEL);
        assertThat(kernel.memory().read(object)).isEqualTo(Ctors.STAMP_VALUE);
        slab.free(t, s, object);
        slab.destroy(t, s);
    }

    @Test
    void aBusyCacheIsReportedAndItsObjectsCanStillBeFreed() {
        long s = slab.create(t, "busy", 200, 0, 0, Ctors.STAMP);
        long object = slab.alloc(t, s, Gfp.KERNEL);
        slab.destroy(t, s);
        assertThat(kernel.reports())
                .anyMatch(
                        r ->
                                r.equals(
                                        "SLUB busy: kmem_cache_destroy called for cache that still"
                                                + " has objects."));
        assertThat(slab.caches()).doesNotContain(s);
        assertThat(slab.leakedCaches()).containsExactly(s);
        assertThat(Sysfs.lookup(slab, t, "busy")).isZero();
        assertThat(Census.of(kernel, new long[] {object})).isEmpty();
        slab.kfree(t, object);
        assertThat(Census.of(kernel, new long[0])).isEmpty();
    }

    @Test
    void aTakenNameIsRefusedWithAWarning() {
        long first = slab.create(t, "twice", 24, 0, 0, Ctors.STAMP);
        assertThat(first).isNotZero();
        assertThat(slab.create(t, "twice", 24, 0, 0, Ctors.STAMP)).isZero();
        assertThat(kernel.reports())
                .anyMatch(
                        r ->
                                r.contains(
                                        "sysfs: cannot create duplicate filename"
                                                + " '/kernel/slab/twice'"));
        assertClean();
        assertThatThrownBy(() -> slab.create(t, "twice", 24, 0, SlabFlags.PANIC, Ctors.STAMP))
                .isInstanceOf(KernelDeath.class)
                .hasMessageContaining("Cannot create slabcache twice");
    }

    @ParameterizedTest
    @EnumSource(Faults.Kind.class)
    void everyFailureOfCreateIsUndone(Faults.Kind kind) {
        int failures = 0;
        for (int shape = 0; shape < 3; shape++) {
            for (int k = 1; k <= 12; k++) {
                Kernel fork = fork();
                Slab under = fork.slab();
                Task task = fork.task(0);
                long twin = shape == 2 ? under.create(task, "twin", 24, 0, 0, 0) : 0;
                fork.faults().failAt(kind, k);
                long s = under.create(task, "victim", 24, 0, 0, shape == 1 ? Ctors.STAMP : 0);
                fork.faults().failAt(kind, 0);
                String as = kind + " #" + k + " shape " + shape;
                assertThat(Census.of(fork, new long[0])).as(as).isEmpty();
                failures += s == 0 ? 1 : 0;
                if (twin != 0) {
                    assertThat(KmemCache.refcount(fork.memory(), twin))
                            .as(as)
                            .isEqualTo(s == 0 ? 1 : 2);
                }
                // Whatever failed, the next create works: no lock, name or entry is left.
                long next = under.create(task, "victim", 40, 0, 0, Ctors.STAMP);
                assertThat(next == 0).as(as).isEqualTo(shape == 1 && s != 0);
                assertThat(Census.of(fork, new long[0])).as(as).isEmpty();
            }
        }
        // A page that is not there is made do with: a smaller slab, another node, what is queued.
        if (kind != Faults.Kind.PAGE) {
            assertThat(failures).as(kind + " never made a create fail").isPositive();
        }
    }

    @Test
    void slabinfoReadsAsThekernels() {
        long s = slab.create(t, "info", 24, 0, 0, Ctors.STAMP);
        slab.alloc(t, s, Gfp.KERNEL);
        String[] lines = SlabInfo.show(slab, t).split("\n");
        assertThat(lines[0]).isEqualTo("slabinfo - version: 2.1");
        assertThat(lines[1]).startsWith("# name            <active_objs> <num_objs> <objsize>");
        assertThat(lines).hasSize(2 + slab.caches().size());
        assertThat(lines[2])
                .matches(
                        "info +\\d+ +\\d+ +24 +\\d+ +\\d+ : tunables +\\d+ +\\d+ +0 : slabdata"
                                + " +1 +1 +0");
    }

    @Test
    void attributesShowTheCache() {
        long s = slab.create(t, "attr", 24, 0, SlabFlags.RECLAIM_ACCOUNT, 0);
        for (String name : SlabAttributes.names(slab)) {
            assertThat(SlabAttributes.show(slab, t, s, name)).as(name).isNotNull();
        }
        assertThat(SlabAttributes.show(slab, t, s, "object_size")).isEqualTo("24\n");
        assertThat(SlabAttributes.show(slab, t, s, "reclaim_account")).isEqualTo("1\n");
        assertThat(SlabAttributes.show(slab, t, s, "poison")).isEqualTo("0\n");
        slab.alloc(t, s, Gfp.KERNEL);
        assertThat(SlabAttributes.show(slab, t, s, "slabs")).isEqualTo("1 N0=1\n");
        assertThat(SlabAttributes.store(slab, t, s, "order", "1")).isEqualTo(Errno.EIO);
        assertThat(SlabAttributes.store(slab, t, s, "no_such", "1")).isEqualTo(Errno.ENOENT);
        assertThat(SlabAttributes.store(slab, t, s, "shrink", "x")).isEqualTo(Errno.EINVAL);
        assertThat(SlabAttributes.store(slab, t, s, "shrink", "1")).isZero();
    }

    private void assertClean() {
        assertThat(Census.of(kernel, new long[0])).isEmpty();
    }
}
