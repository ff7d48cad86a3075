package org.slubcheck.slab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.KernelDeath;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/** Kernel code reads names as it reads everything, and is told on; an observer is not. */
class NamesTest {
    private final Kernel kernel =
            Kernel.bootChecked(KernelConfig.of(Geometry.small()), Steps.mainline());
    private final Slab slab = kernel.slab();
    private final Task task = kernel.task(0);

    @Test
    void bothReadTheSame() {
        long name = slab.literal("seven!!");
        assertThat(Names.load(kernel.memory(), name)).isEqualTo("seven!!");
        assertThat(Names.peek(kernel.memory(), name)).isEqualTo("seven!!");
        assertThat(Names.load(kernel.memory(), 0)).isEqualTo("(null)");
        assertThat(Names.peek(kernel.memory(), 0)).isEqualTo("(null)");
    }

    @Test
    void theNameOfACacheThatWasFreedIsAUseAfterFree() {
        long name = Names.kasprintf(slab, task, Gfp.KERNEL, "short-lived");
        slab.kfree(task, name);
        Names.peek(kernel.memory(), name);
        assertThat(kernel.reports()).isEmpty();
        slab.create(task, name, 40, 0, 0, Ctors.STAMP);
        assertThat(kernel.reports())
                .first()
                .asString()
                .startsWith("BUG: KASAN: slab-use-after-free in")
                .contains("last served as kmalloc-");
    }

    @Test
    void aWildNameIsAnOops() {
        assertThatThrownBy(() -> slab.create(task, -8, 40, 0, 0, 0))
                .isInstanceOf(KernelDeath.class)
                .hasMessageContaining("unable to handle kernel");
        assertThat(Names.peek(kernel.memory(), -8)).isEmpty();
    }
}
