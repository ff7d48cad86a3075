package org.slubcheck.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AlikeTest {
    private static final String SERVED = "The buggy address last served as pages";

    /** A report of an access to an address. */
    private static String kasan(String access, long address) {
        return String.format(
                "BUG: KASAN: slab-use-after-free in 0x%x\n%s at addr %016x by CPU#0\n%s",
                address, access, address, SERVED);
    }

    @Test
    void reportsThatDifferInTheAddressOnlyAreOne() {
        String first = kasan("Write of size 8", 0x30cc0);
        List<String> told =
                Alike.folded(
                        List.of(
                                first,
                                kasan("Write of size 8", 0x30cc8),
                                "the queue is too long",
                                kasan("Write of size 8", 0xf1c00)));
        assertThat(told).containsExactly(first + "\nand 2 more like it", "the queue is too long");
    }

    @Test
    void whatDiffersInAnythingElseIsToldByItself() {
        List<String> told =
                List.of(
                        kasan("Write of size 8", 0x30cc0),
                        kasan("Read of size 8", 0x30cc0),
                        kasan("Write of size 4", 0x30cc0),
                        kasan("Write of size 8", 0x30cc0).replace("CPU#0", "CPU#1"),
                        kasan("Write of size 8", 0x30cc0) + ", handed out on CPU#1");
        assertThat(Alike.folded(told)).isEqualTo(told);
    }

    @Test
    void objectsThatAreLostAreToldOneByOne() {
        List<String> told =
                List.of(
                        "victim object 0x3000 is accounted 0 times: it is lost",
                        "victim object 0x3008 is accounted 0 times: it is lost");
        assertThat(Alike.folded(told)).isEqualTo(told);
    }

    @Test
    void nothingIsNothing() {
        assertThat(Alike.folded(List.of())).isEmpty();
    }
}
