package org.slubcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class StructLayoutTest {
    private static final StructLayout LIST_HEAD =
            StructLayout.of("list_head").word("next").word("prev").build();

    @Test
    void fieldsStandAtTheirNaturalAlignment() {
        StructLayout s =
                StructLayout.of("s")
                        .integer("a")
                        .word("b")
                        .integer("c")
                        .integer("d")
                        .integer("e")
                        .build();
        assertThat(s.offset("a")).isZero();
        assertThat(s.offset("b")).isEqualTo(8);
        assertThat(s.offset("c")).isEqualTo(16);
        assertThat(s.offset("d")).isEqualTo(20);
        assertThat(s.offset("e")).isEqualTo(24);
        assertThat(s.size()).as("a multiple of the largest alignment").isEqualTo(32);
        assertThat(s.name()).isEqualTo("s");
    }

    @Test
    void aStructOfIntsIsAlignedAsAnInt() {
        StructLayout ints = StructLayout.of("ints").integer("a").integers("b", 2).build();
        assertThat(ints.size()).isEqualTo(12);
        StructLayout outer = StructLayout.of("outer").integer("x").embed("in", ints).build();
        assertThat(outer.offset("in.a")).isEqualTo(4);
        assertThat(outer.size()).isEqualTo(16);
    }

    @Test
    void aStructWithinAStructShowsItsFields() {
        StructLayout s =
                StructLayout.of("s").integer("a").embed("list", LIST_HEAD).words("q", 3).build();
        assertThat(s.offset("list.next")).isEqualTo(8);
        assertThat(s.offset("list.prev")).isEqualTo(16);
        assertThat(s.offset("q")).isEqualTo(24);
        assertThat(s.size()).isEqualTo(48);
    }

    @Test
    void everyOffsetHasAName() {
        StructLayout s =
                StructLayout.of("s").integer("a").embed("list", LIST_HEAD).words("q", 3).build();
        assertThat(s.fieldAt(0)).isEqualTo("a");
        assertThat(s.fieldAt(3)).isEqualTo("a");
        assertThat(s.fieldAt(4)).as("a hole").isEqualTo("+4");
        assertThat(s.fieldAt(16)).isEqualTo("list.prev");
        assertThat(s.fieldAt(24)).isEqualTo("q[0]");
        assertThat(s.fieldAt(47)).isEqualTo("q[2]");
        assertThat(s.fieldAt(48)).isEqualTo("+48");
        assertThat(s.fields()).hasSize(4);
    }

    @Test
    void anUnknownFieldIsRefused() {
        assertThatThrownBy(() -> LIST_HEAD.offset("nxt"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("struct list_head has no field nxt");
    }
}
