package org.slubcheck.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.Sysfs;

/** Entries of sysfs have their file's name, also when they are gone. */
class SysfsNamesTest {
    private final Kernel kernel =
            Kernel.boot(
                    KernelConfig.of(Geometry.small())
                            .with(KernelConfig.of(Geometry.small()).slab().withMerge(false)));
    private final Task task = kernel.task(0);
    private long cache;
    private Sysfs.Entry entry;

    @BeforeEach
    void create() {
        cache = kernel.slab().create(task, "victim", 24, 0, 0, 0);
        entry = find();
    }

    private Sysfs.Entry find() {
        return Sysfs.entries(kernel.slab()).stream()
                .filter(e -> e.name().equals("victim"))
                .findFirst()
                .orElse(null);
    }

    private long active() {
        return entry.address() + Sysfs.LAYOUT.offset("s_active");
    }

    @Test
    void aLockIsNamedByItsFile() {
        Symbolizer names = new Symbolizer(kernel);
        assertThat(names.name(active())).isEqualTo("sysfs victim s_active");
        assertThat(names.value(entry.address())).isEqualTo("&sysfs victim");
    }

    @Test
    void anEntryThatIsGoneIsRemembered() {
        Symbolizer before = new Symbolizer(kernel);
        kernel.slab().destroy(task, cache);
        assertThat(find()).isNull();
        assertThat(before.over(kernel.memory()).name(active()))
                .isEqualTo("sysfs victim (removed) s_active");
        assertThat(new Symbolizer(kernel).name(active())).startsWith("kmalloc-");
    }

    @Test
    void whatTakesItsPlaceIsNamedFirst() {
        Symbolizer before = new Symbolizer(kernel);
        kernel.slab().destroy(task, cache);
        assertThat(kernel.slab().create(task, "another", 24, 0, 0, 0)).isNotZero();
        assertThat(Sysfs.entries(kernel.slab()))
                .anyMatch(e -> e.name().equals("another") && e.address() == entry.address());
        assertThat(before.over(kernel.memory()).name(active())).isEqualTo("sysfs another s_active");
    }
}
