package org.slubcheck.kunit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.slab.SlabFlags;

/** The kernel's test on the engine of 2.6.36, which also has free pointers that can be damaged. */
class SlubKunitTest extends SlubKunit {
    SlubKunitTest() {
        super("slub");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nextPointer(boolean checked) {
        boot(checked);
        long s = create("TestSlub_next_ptr_free", 64, SlabFlags.POISON);
        long p = allocFreed(s);
        assertThat(validate(s)).as("the twin").isZero();
        long pointer = p + offset(m, s);
        long was = m.peek(pointer);
        damage(pointer, (int) ~was & 0xff);
        assertThat(validate(s)).as("chain, count, and its repair").isEqualTo(3);
        assertThat(firstReport()).startsWith("BUG TestSlub_next_ptr_free: Freechain corrupt");
        m.metadataAccessEnable();
        m.write(pointer, was);
        m.metadataAccessDisable();
        assertThat(validate(s)).as("the count, and its repair").isEqualTo(2);
        assertThat(validate(s)).isZero();
        kernel().slab().destroy(t, s);
    }
}
