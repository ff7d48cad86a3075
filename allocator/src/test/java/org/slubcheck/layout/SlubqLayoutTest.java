package org.slubcheck.layout;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlubqLayoutTest {
    private static final SlabLimits TWO_CPUS = SlabLimits.of(4096, 64, 2);

    @ParameterizedTest
    @CsvSource({
        // size, objects, bytes of the map in the slab
        "8,  504, 64",
        "16, 254, 32",
        "24, 169, 24",
        "56, 72,  16", // SLUB has 73: the map costs one
        "64, 64,  0", // fits the word of the page struct
        "96, 42,  0",
    })
    void aMapOfMoreThanAWordIsPaidForByObjects(int size, int objects, int map) {
        assertThat(SlubqLayout.objects(0, size, TWO_CPUS)).isEqualTo(objects);
        assertThat(SlubqLayout.mapBytes(objects)).isEqualTo(map);
    }

    @Test
    void objectsAndMapAlwaysFitTheSlabAndNeverOverlap() {
        for (int order = 0; order <= 3; order++) {
            for (int size = 8; size <= 4096; size += 8) {
                int objects = SlubqLayout.objects(order, size, TWO_CPUS);
                long used = (long) objects * size + SlubqLayout.mapBytes(objects);
                assertThat(used).isLessThanOrEqualTo(4096L << order);
                assertThat(objects).isPositive();
            }
        }
    }

    @Test
    void noFlagBringsAFreePointer() {
        long flags = LayoutFlags.DESTROY_BY_RCU | LayoutFlags.POISON;
        ObjectLayout layout = SlubqLayout.calculateSizes(20, 0, flags, TWO_CPUS);
        assertThat(layout.offset()).isEqualTo(ObjectLayout.NO_POINTER);
        assertThat(layout.size()).isEqualTo(24);
        assertThat(SlubLayout.calculateSizes(20, 0, flags, false, TWO_CPUS).size()).isEqualTo(32);
    }

    @Test
    void debugMetadataStaysBehindTheObject() {
        long flags = LayoutFlags.RED_ZONE | LayoutFlags.STORE_USER;
        ObjectLayout layout = SlubqLayout.calculateSizes(24, 0, flags, TWO_CPUS);
        assertThat(layout.inuse()).isEqualTo(32);
        assertThat(layout.size()).isEqualTo(32 + 48 + 8);
    }

    @Test
    void noMoreObjectsAreWantedThanTheWordHas() {
        SlabLimits many = new SlabLimits(4096, 64, 4096, 0, 3, 200, 11);
        assertThat(SlubqLayout.calculateOrder(64, many)).isEqualTo(0);
        assertThat(SlubLayout.calculateOrder(64, many)).isEqualTo(2);
    }

    @Test
    void anObjectThatNoOrderHoldsIsRefused() {
        assertThat(SlubqLayout.calculateSizes(8 << 20, 0, 0, TWO_CPUS).fits()).isFalse();
    }
}
