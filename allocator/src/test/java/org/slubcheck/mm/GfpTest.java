package org.slubcheck.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.KernelDeath;

class GfpTest {
    @ParameterizedTest
    @CsvSource({
        "0x0, NORMAL", "0x1, DMA", "0x2, HIGHMEM", "0x3,", "0x4, DMA32", "0x5,", "0x6,", "0x7,",
        "0x8, NORMAL", "0x9, DMA", "0xa, MOVABLE", "0xb,", "0xc, DMA32", "0xd,", "0xe,", "0xf,",
    })
    void theZoneTableIsTheKernels(String bits, Zone zone) {
        int gfp = Integer.decode(bits);
        assertThat(Gfp.zone(gfp)).isEqualTo(zone);
        assertThat(Gfp.zone(gfp | Gfp.KERNEL | Gfp.COMP | Gfp.ZERO)).isEqualTo(zone);
    }

    @Test
    void everyForbiddenCombinationIsABug() {
        MmMachine machine = MmMachine.checked(Geometry.small());
        int forbidden = 0;
        for (int bits = 0; bits < 16; bits++) {
            int gfp = bits;
            if (Gfp.zone(bits) == null) {
                forbidden++;
                assertThatThrownBy(() -> machine.pages.allocPages(machine.task, gfp, 0))
                        .isInstanceOf(KernelDeath.class)
                        .hasMessageContaining("gfp_zone");
            } else {
                assertThat(machine.pages.allocPages(machine.task, gfp, 0)).isNotZero();
            }
        }
        assertThat(forbidden).isEqualTo(8);
    }

    @Test
    void theCombinedFlagsHaveTheKernelsValues() {
        assertThat(Gfp.KERNEL).isEqualTo(0xd0);
        assertThat(Gfp.ATOMIC).isEqualTo(0x20);
        assertThat(Gfp.NOFS).isEqualTo(0x50);
        assertThat(Gfp.NOIO).isEqualTo(0x10);
        assertThat(Gfp.NOWAIT).isZero();
        assertThat(Gfp.BOOT_MASK).isEqualTo(Gfp.ALL - 0xd0);
    }

    @ParameterizedTest
    @CsvSource({
        "0x0, GFP_NOWAIT",
        "0xd0, GFP_KERNEL",
        "0x20, GFP_ATOMIC",
        "0x50, GFP_NOFS",
        "0x10, GFP_NOIO",
        "0x8, __GFP_MOVABLE",
        "0x80d1, GFP_KERNEL|__GFP_DMA|__GFP_ZERO",
        "0x40000020, GFP_ATOMIC|0x40000000",
    })
    void namesAreTheKernels(String bits, String text) {
        assertThat(Gfp.toString(Integer.decode(bits))).isEqualTo(text);
    }
}
