package org.slubcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class MemoryMapTest {
    private final MemoryMap map = new MemoryMap();

    @Test
    void nothingIsHandedOutInTheNullPage() {
        assertThat(map.word("first")).isEqualTo(MemoryMap.NULL_PAGE);
    }

    @Test
    void rangesAreAlignedAndApart() {
        long a = map.reserve("a", 5, 8);
        long b = map.reserve("b", 32, 32);
        long c = map.word("c");
        assertThat(b).isGreaterThanOrEqualTo(a + 5).isEqualTo(b / 32 * 32);
        assertThat(c).isEqualTo(b + 32);
        assertThat(map.seal(256)).isEqualTo(256);
    }

    @Test
    void everyAddressKnowsItsName() {
        long a = map.reserve("a", 8, 8);
        long b = map.reserve("b", 24, 32);
        long c = map.word("c");
        assertThat(map.symbolAt(a + 7).name()).isEqualTo("a");
        assertThat(map.symbolAt(b).name()).isEqualTo("b");
        assertThat(map.symbolAt(b + 23).name()).isEqualTo("b");
        assertThat(map.symbolAt(c).name()).isEqualTo("c");
        assertThat(map.symbolAt(a + 8)).as("a gap").isNull();
        assertThat(map.symbolAt(0)).isNull();
        assertThat(map.symbolAt(c + 8)).isNull();
        assertThat(map.symbols()).extracting(MemoryMap.Symbol::name).containsExactly("a", "b", "c");
    }

    @Test
    void aSealedMapHandsNothingOut() {
        map.seal(8);
        assertThatThrownBy(() -> map.word("late")).isInstanceOf(IllegalStateException.class);
    }
}
