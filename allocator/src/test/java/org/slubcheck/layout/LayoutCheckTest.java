package org.slubcheck.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LayoutCheckTest {
    private final List<LayoutCheck.Result> differing = new ArrayList<>();

    @Test
    void theSampleAgreesAndTheOneNewerRowIsNamedWithItsRule() {
        LayoutCheck check = check(HostMachine.ofCpus(2), Samples.rows());
        assertThat(check.summary()).isEqualTo("layout: rows=39 equal=38 differ=0 newer=1");
        assertThat(differing).hasSize(1);
        LayoutCheck.Result result = differing.get(0);
        assertThat(result.row().name()).isEqualTo("vm_area_struct");
        assertThat(result.newer()).containsExactly(NewerRule.FREEPTR_IN_OBJECT);
        assertThat(result.describe())
                .contains("slab_size=192 order=0 objects=21")
                .contains("slab_size=256 order=0 objects=16")
                .contains("newer rule freeptr-in-object, since 6.12");
    }

    @Test
    void everyTamperedRowIsSeen() {
        for (CacheRow row : Samples.rows()) {
            for (CacheRow wrong :
                    List.of(
                            with(row, row.slabSize() + 8, row.objects(), row.order()),
                            with(row, row.slabSize(), row.objects() + 1, row.order()),
                            with(row, row.slabSize(), row.objects(), row.order() + 1))) {
                LayoutCheck check = check(HostMachine.ofCpus(2), List.of(wrong));
                assertThat(check.differ()).as(wrong.toString()).isEqualTo(1);
            }
        }
        assertThat(differing).allMatch(result -> result.describe().contains("no rule explains it"));
    }

    @Test
    void aRowIsExplainedByTheRuleThatMadeIt() {
        HostMachine machine = new HostMachine(4096, 64, 128, 4);
        NewerLayout newer = new NewerLayout(machine);
        long debug = LayoutFlags.RED_ZONE | LayoutFlags.STORE_USER;
        for (NewerRule rule : NewerRule.values()) {
            boolean found = false;
            for (int size = 8; size <= 32768 && !found; size += 40) {
                for (long flags :
                        new long[] {0, debug, LayoutFlags.STORE_USER, LayoutFlags.DESTROY_BY_RCU}) {
                    CacheRow asked =
                            new CacheRow("kmalloc-x", size, 8, 1, 1, 0, false, flags, false, false);
                    if (!rule.appliesTo(asked)) {
                        continue;
                    }
                    ObjectLayout made = newer.layout(asked, Set.of(rule));
                    CacheRow row = with(asked, made.size(), made.objects(), made.order());
                    List<NewerRule> said = explain(machine, row);
                    found |= said.equals(List.of(rule));
                }
            }
            assertThat(found).as(rule + " explains some row that it made").isTrue();
        }
    }

    @Test
    void aKernelHasOneSortOfTrack() {
        assertThat(RuleSets.all())
                .doesNotHaveDuplicates()
                .noneMatch(
                        set ->
                                set.containsAll(
                                        List.of(NewerRule.TRACK_HANDLE, NewerRule.TRACK_ADDRESSES)))
                .hasSize(96);
        HostMachine machine = HostMachine.ofCpus(2);
        CacheRow first = tracked("first", 64, machine, NewerRule.TRACK_HANDLE);
        CacheRow second = tracked("second", 128, machine, NewerRule.TRACK_HANDLE);
        CacheRow odd = tracked("odd", 192, machine, NewerRule.TRACK_ADDRESSES);
        assertThat(check(machine, List.of(odd)).newer()).isEqualTo(1);
        differing.clear();
        LayoutCheck together = check(machine, List.of(odd, first, second));
        assertThat(together.newer()).isEqualTo(2);
        assertThat(together.differ()).isEqualTo(1);
        assertThat(differing)
                .filteredOn(result -> !result.explained())
                .singleElement()
                .satisfies(result -> assertThat(result.row().name()).isEqualTo("odd"));
    }

    @Test
    void aRuleThatWouldChangeTheRowsThatAreEqualExplainsNothing() {
        HostMachine machine = HostMachine.ofCpus(2);
        NewerLayout newer = new NewerLayout(machine);
        List<CacheRow> old = new ArrayList<>();
        CacheRow odd = null;
        for (int size = 512; size <= 1 << 16; size += 8) {
            CacheRow asked = new CacheRow("x" + size, size, 8, 1, 1, 0, false, 0, false, false);
            ObjectLayout byOld = newer.layout(asked, Set.of());
            ObjectLayout byWaste = newer.layout(asked, Set.of(NewerRule.ORDER_BY_WASTE));
            if (!byOld.equals(byWaste)) {
                if (odd == null) {
                    odd = with(asked, byWaste.size(), byWaste.objects(), byWaste.order());
                } else {
                    old.add(with(asked, byOld.size(), byOld.objects(), byOld.order()));
                }
            }
        }
        assertThat(old).hasSizeGreaterThan(1);
        assertThat(check(machine, List.of(odd)).newer()).isEqualTo(1);
        old.add(odd);
        LayoutCheck together = check(machine, old);
        assertThat(together.newer()).isZero();
        assertThat(together.differ()).isEqualTo(1);
    }

    @Test
    void aCacheNeedNotPutItsFreePointerInside() {
        HostMachine machine = HostMachine.ofCpus(2);
        NewerLayout newer = new NewerLayout(machine);
        CacheRow asked =
                new CacheRow(
                        "y", 192, 64, 1, 1, 0, false, LayoutFlags.DESTROY_BY_RCU, false, false);
        ObjectLayout inside = newer.layout(asked, Set.of(NewerRule.FREEPTR_IN_OBJECT));
        ObjectLayout outside = newer.layout(asked, Set.of());
        LayoutCheck check =
                check(
                        machine,
                        List.of(
                                with(asked, inside.size(), inside.objects(), inside.order()),
                                with(asked, outside.size(), outside.objects(), outside.order())));
        assertThat(check.equal()).isEqualTo(1);
        assertThat(check.newer()).isEqualTo(1);
    }

    private static CacheRow tracked(String name, int size, HostMachine machine, NewerRule rule) {
        CacheRow asked =
                new CacheRow(name, size, 8, 1, 1, 0, false, LayoutFlags.STORE_USER, false, false);
        ObjectLayout made = new NewerLayout(machine).layout(asked, Set.of(rule));
        return with(asked, made.size(), made.objects(), made.order());
    }

    @Test
    void aRuleDoesNotExplainACacheThatItCannotApplyTo() {
        // The size of a cache with the pointer inside, but the cache has a constructor.
        CacheRow row =
                new CacheRow(
                        "x",
                        192,
                        64,
                        192,
                        21,
                        0,
                        true,
                        LayoutFlags.DESTROY_BY_RCU | LayoutFlags.HWCACHE_ALIGN,
                        false,
                        false);
        assertThat(check(HostMachine.ofCpus(2), List.of(row)).differ()).isEqualTo(1);
    }

    @Test
    void withoutAnyNewerRuleTheNewerComputationIsTheOldOne() {
        NewerLayout newer = new NewerLayout(HostMachine.ofCpus(2));
        for (CacheRow row : Samples.rows()) {
            assertThat(newer.layout(row, Set.of()))
                    .isEqualTo(
                            SlubLayout.calculateSizes(
                                    row.objectSize(),
                                    row.align(),
                                    row.flags(),
                                    row.ctor(),
                                    SlabLimits.of(4096, 64, 2)));
        }
    }

    private List<NewerRule> explain(HostMachine machine, CacheRow row) {
        differing.clear();
        check(machine, List.of(row));
        return differing.isEmpty() ? List.of() : differing.get(0).newer();
    }

    private LayoutCheck check(HostMachine machine, List<CacheRow> rows) {
        LayoutCheck check = new LayoutCheck(machine, differing::add);
        rows.forEach(check);
        check.finish();
        assertThat(check.equal() + check.newer() + check.differ()).isEqualTo(check.rows());
        return check;
    }

    private static CacheRow with(CacheRow row, int slabSize, int objects, int order) {
        return new CacheRow(
                row.name(),
                row.objectSize(),
                row.align(),
                slabSize,
                objects,
                order,
                row.ctor(),
                row.flags(),
                row.dma(),
                row.reclaim());
    }
}
