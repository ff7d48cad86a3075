package org.slubcheck.properties;

import static org.slubcheck.kernel.BootStep.ACPI_BOOT_INIT;
import static org.slubcheck.kernel.BootStep.FREE_INITMEM;
import static org.slubcheck.kernel.BootStep.INITMEM_INIT;
import static org.slubcheck.kernel.BootStep.INIT_MEMORY_MAPPING;
import static org.slubcheck.kernel.BootStep.KMEM_CACHE_INIT;
import static org.slubcheck.kernel.BootStep.KMEM_CACHE_INIT_LATE;
import static org.slubcheck.kernel.BootStep.LOCAL_IRQ_ENABLE;
import static org.slubcheck.kernel.BootStep.MEMMAP_INIT;
import static org.slubcheck.kernel.BootStep.MEM_INIT;
import static org.slubcheck.kernel.BootStep.PERCPU_INIT_LATE;
import static org.slubcheck.kernel.BootStep.SETUP_PER_CPU_AREAS;
import static org.slubcheck.kernel.BootStep.SLAB_SYSFS_INIT;
import static org.slubcheck.kernel.BootStep.SMP_INIT;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slubcheck.kernel.BootStep;
import org.slubcheck.kernel.KernelConfig;

/**
 * Which orders of boot steps are right, as docs/boot-order.md says it. The kernel knows nothing of
 * it; it is held against what the kernel does.
 */
final class BootOrder {
    /** What must have happened before a step. */
    static final Map<BootStep, Set<BootStep>> NEEDS =
            new EnumMap<>(
                    Map.of(
                            INITMEM_INIT, EnumSet.of(INIT_MEMORY_MAPPING),
                            MEMMAP_INIT, EnumSet.of(INIT_MEMORY_MAPPING),
                            MEM_INIT, EnumSet.of(MEMMAP_INIT),
                            KMEM_CACHE_INIT, EnumSet.of(SETUP_PER_CPU_AREAS, MEM_INIT),
                            ACPI_BOOT_INIT, EnumSet.of(KMEM_CACHE_INIT),
                            PERCPU_INIT_LATE, EnumSet.of(KMEM_CACHE_INIT),
                            KMEM_CACHE_INIT_LATE, EnumSet.of(KMEM_CACHE_INIT, LOCAL_IRQ_ENABLE),
                            SMP_INIT, EnumSet.of(LOCAL_IRQ_ENABLE),
                            SLAB_SYSFS_INIT, EnumSet.of(KMEM_CACHE_INIT, LOCAL_IRQ_ENABLE),
                            FREE_INITMEM, EnumSet.of(PERCPU_INIT_LATE)));

    /** The same on a kernel with early kmalloc, where it is another. */
    static final Map<BootStep, Set<BootStep>> EARLY_NEEDS =
            Map.of(
                    KMEM_CACHE_INIT, EnumSet.of(SETUP_PER_CPU_AREAS, INITMEM_INIT),
                    FREE_INITMEM, EnumSet.of(PERCPU_INIT_LATE, MEM_INIT));

    /** What must not have happened before a step, since it uses what the step would make anew. */
    static final Map<BootStep, Set<BootStep>> NEVER_AFTER =
            new EnumMap<>(
                    Map.of(
                            INITMEM_INIT, EnumSet.of(MEM_INIT),
                            MEMMAP_INIT, EnumSet.of(MEM_INIT),
                            SETUP_PER_CPU_AREAS, EnumSet.of(KMEM_CACHE_INIT),
                            MEM_INIT, EnumSet.of(MEM_INIT),
                            KMEM_CACHE_INIT, EnumSet.of(KMEM_CACHE_INIT, LOCAL_IRQ_ENABLE),
                            LOCAL_IRQ_ENABLE, EnumSet.of(LOCAL_IRQ_ENABLE),
                            KMEM_CACHE_INIT_LATE, EnumSet.of(KMEM_CACHE_INIT_LATE, SLAB_SYSFS_INIT),
                            SLAB_SYSFS_INIT, EnumSet.of(SLAB_SYSFS_INIT)));

    /** The same on a kernel with early kmalloc, where it is another. */
    static final Map<BootStep, Set<BootStep>> EARLY_NEVER_AFTER =
            Map.of(
                    INITMEM_INIT, EnumSet.of(MEM_INIT, KMEM_CACHE_INIT),
                    KMEM_CACHE_INIT, EnumSet.of(LOCAL_IRQ_ENABLE));

    /** What whoever runs afterwards counts on. */
    private static final Set<BootStep> AT_LAST =
            EnumSet.of(KMEM_CACHE_INIT, LOCAL_IRQ_ENABLE, KMEM_CACHE_INIT_LATE);

    private BootOrder() {}

    /** The first precondition that an order breaks, as a sentence; null for an order that is right. */
    static String broken(List<BootStep> order, KernelConfig kernel) {
        boolean earlyKmalloc = kernel.earlyKmalloc();
        Set<BootStep> done = EnumSet.noneOf(BootStep.class);
        for (BootStep step : order) {
            // The second call returns at once.
            if (earlyKmalloc && step == KMEM_CACHE_INIT && done.contains(step)) {
                continue;
            }
            // Without a map there is nothing to give away, and without caches none to make for DMA.
            if (step == MEM_INIT && !done.contains(INITMEM_INIT)
                    || step == KMEM_CACHE_INIT_LATE
                            && done.contains(LOCAL_IRQ_ENABLE)
                            && !done.contains(KMEM_CACHE_INIT)) {
                continue;
            }
            for (BootStep need : of(step, NEEDS, earlyKmalloc ? EARLY_NEEDS : NEEDS)) {
                if (!done.contains(need)) {
                    return step + " needs " + need + ", which has not happened";
                }
            }
            for (BootStep user :
                    of(step, NEVER_AFTER, earlyKmalloc ? EARLY_NEVER_AFTER : NEVER_AFTER)) {
                // Without NUMA no node struct is made by hand, with locks that interrupts take,
                // too.
                boolean harmless =
                        step == KMEM_CACHE_INIT
                                && user == LOCAL_IRQ_ENABLE
                                && !kernel.geometry().numa();
                if (done.contains(user) && !harmless) {
                    return step + " comes too late: " + user + " has happened";
                }
            }
            done.add(step);
            if (earlyKmalloc && step == INITMEM_INIT) {
                // It clears the struct pages.
                done.remove(MEMMAP_INIT);
            }
        }
        for (BootStep need : AT_LAST) {
            if (!done.contains(need)) {
                return "the first users need " + need + ", which has not happened";
            }
        }
        return null;
    }

    private static Set<BootStep> of(
            BootStep step, Map<BootStep, Set<BootStep>> any, Map<BootStep, Set<BootStep>> own) {
        return own.getOrDefault(step, any.getOrDefault(step, Set.of()));
    }
}
