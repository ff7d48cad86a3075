package org.slubcheck.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SlubLayoutTest {
    private static final SlabLimits TWO_CPUS = SlabLimits.of(4096, 64, 2);

    static List<CacheRow> sample() {
        return Samples.rows().stream().filter(row -> !row.name().equals("vm_area_struct")).toList();
    }

    @ParameterizedTest
    @MethodSource("sample")
    void everyCacheOfTheRealKernelComesOutEqual(CacheRow row) {
        ObjectLayout layout =
                SlubLayout.calculateSizes(
                        row.objectSize(), row.align(), row.flags(), row.ctor(), TWO_CPUS);
        assertThat(layout.size()).isEqualTo(row.slabSize());
        assertThat(layout.order()).isEqualTo(row.order());
        assertThat(layout.objects()).isEqualTo(row.objects());
        assertThat(layout.align()).isEqualTo(row.align());
    }

    @Test
    void theSampleIsWhole() {
        assertThat(sample()).hasSize(38);
        assertThat(Samples.rows()).hasSize(39);
    }

    @ParameterizedTest
    @CsvSource({
        // flags, ctor, inuse, offset, size of an object of 20 bytes
        "0,     false, 24, 0,  24",
        "0,     true,  24, 24, 32",
        "80000, false, 24, 24, 32", // RCU
        "800,   false, 24, 24, 32", // poison
        "400,   false, 24, 0,  32", // red zone: rounding left room behind the object
        "10000, false, 24, 0,  72", // two tracks of 24 bytes
        "10c00, false, 24, 24, 88",
    })
    void flagsAddWhatTheKernelAdds(String flags, boolean ctor, int inuse, int offset, int size) {
        ObjectLayout layout =
                SlubLayout.calculateSizes(20, 0, Long.parseLong(flags, 16), ctor, TWO_CPUS);
        assertThat(layout.inuse()).isEqualTo(inuse);
        assertThat(layout.offset()).isEqualTo(offset);
        assertThat(layout.size()).isEqualTo(size);
    }

    @Test
    void aRedZoneGetsAWordOfItsOwnWhenRoundingLeftNone() {
        assertThat(layout(24, LayoutFlags.RED_ZONE).inuse()).isEqualTo(32);
        assertThat(layout(24, LayoutFlags.RED_ZONE).size()).isEqualTo(40);
    }

    @Test
    void smallObjectsShareACacheLineUnlessTheyWouldStraddleTwo() {
        assertThat(layout(16, LayoutFlags.HWCACHE_ALIGN).align()).isEqualTo(16);
        assertThat(layout(17, LayoutFlags.HWCACHE_ALIGN).align()).isEqualTo(32);
        assertThat(layout(33, LayoutFlags.HWCACHE_ALIGN).align()).isEqualTo(64);
        assertThat(layout(1000, LayoutFlags.HWCACHE_ALIGN).align()).isEqualTo(64);
        assertThat(layout(1000, 0).align()).isEqualTo(8);
    }

    @Test
    void moreCpusWantLargerSlabs() {
        assertThat(SlubLayout.calculateOrder(256, SlabLimits.of(4096, 64, 1))).isEqualTo(0);
        assertThat(SlubLayout.calculateOrder(256, SlabLimits.of(4096, 64, 8))).isEqualTo(1);
        assertThat(SlubLayout.calculateOrder(256, SlabLimits.of(4096, 64, 64))).isEqualTo(1);
        assertThat(SlubLayout.calculateOrder(256, SlabLimits.of(4096, 64, 4096))).isEqualTo(2);
    }

    @Test
    void aHugeObjectGetsTheSmallestOrderThatHoldsItAndBeyondTheLastOrderNone() {
        assertThat(layout(40_000, 0).order()).isEqualTo(4);
        assertThat(layout(4 << 20, 0).order()).isEqualTo(10);
        ObjectLayout none = layout((4 << 20) + 1, 0);
        assertThat(none.fits()).isFalse();
        assertThat(none.objects()).isZero();
    }

    @Test
    void aMachineWithFewBuddyOrdersStaysWithinThem() {
        SlabLimits micro = SlabLimits.of(256, 16, 2, 2);
        for (int size = 1; size <= 512; size++) {
            ObjectLayout layout = SlubLayout.calculateSizes(size, 0, 0, false, micro);
            assertThat(layout.order()).isBetween(0, 1);
            assertThat(layout.objects()).isPositive();
        }
        assertThat(SlubLayout.calculateSizes(513, 0, 0, false, micro).fits()).isFalse();
    }

    @Test
    void aForcedMinimumOrderAndANumberOfObjectsAreKept() {
        SlabLimits limits = new SlabLimits(4096, 64, 2, 1, 3, 60, 11);
        assertThat(SlubLayout.calculateOrder(64, limits)).isEqualTo(1);
        assertThat(SlubLayout.calculateOrder(256, limits)).isEqualTo(2);
        assertThat(SlubLayout.minOrder(5000, limits)).isEqualTo(1);
    }

    @Test
    void nonsenseIsRefusedInOneClearSentence() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> layout(0, 0))
                .withMessageContaining("object size must be 1..");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SlubLayout.calculateSizes(8, 24, 0, false, TWO_CPUS))
                .withMessage("align must be 0 or a power of two, not 24");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SlabLimits.of(4096, 64, 0))
                .withMessageContaining("cpus must be 1..");
    }

    @Test
    void everyLayoutHoldsItsObjectsAndWastesNoMoreThanItMay() {
        for (int size = 1; size <= 9000; size++) {
            ObjectLayout layout = layout(size, size % 2 == 0 ? LayoutFlags.HWCACHE_ALIGN : 0);
            long slab = 4096L << layout.order();
            assertThat(layout.size()).isGreaterThanOrEqualTo(size);
            assertThat(layout.size() % layout.align()).isZero();
            assertThat((long) layout.objects() * layout.size()).isLessThanOrEqualTo(slab);
            assertThat((long) (layout.objects() + 1) * layout.size()).isGreaterThan(slab);
            assertThat(layout.order()).isLessThanOrEqualTo(3);
        }
    }

    private static ObjectLayout layout(int size, long flags) {
        return SlubLayout.calculateSizes(size, 0, flags, false, TWO_CPUS);
    }
}
