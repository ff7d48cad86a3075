package org.slubcheck.properties;

import static org.slubcheck.kernel.BootStep.FREE_INITMEM;
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

/**
 * Which orders of boot steps are right, as docs/boot-order.md says it. The kernel knows nothing of
 * it; it is held against what the kernel does.
 */
final class BootOrder {
    /** What must have happened before a step. */
    private static final Map<BootStep, Set<BootStep>> NEEDS =
            Map.of(
                    MEM_INIT, EnumSet.of(MEMMAP_INIT),
                    KMEM_CACHE_INIT, EnumSet.of(SETUP_PER_CPU_AREAS, MEM_INIT),
                    PERCPU_INIT_LATE, EnumSet.of(KMEM_CACHE_INIT),
                    KMEM_CACHE_INIT_LATE, EnumSet.of(KMEM_CACHE_INIT, LOCAL_IRQ_ENABLE),
                    SMP_INIT, EnumSet.of(LOCAL_IRQ_ENABLE),
                    SLAB_SYSFS_INIT, EnumSet.of(KMEM_CACHE_INIT, LOCAL_IRQ_ENABLE),
                    FREE_INITMEM, EnumSet.of(PERCPU_INIT_LATE));

    /** What must not have happened before a step, since it uses what the step would make anew. */
    private static final Map<BootStep, Set<BootStep>> NEVER_AFTER =
            new EnumMap<>(
                    Map.of(
                            MEMMAP_INIT, EnumSet.of(MEM_INIT),
                            SETUP_PER_CPU_AREAS, EnumSet.of(KMEM_CACHE_INIT),
                            MEM_INIT, EnumSet.of(MEM_INIT),
                            KMEM_CACHE_INIT, EnumSet.of(KMEM_CACHE_INIT, LOCAL_IRQ_ENABLE),
                            LOCAL_IRQ_ENABLE, EnumSet.of(LOCAL_IRQ_ENABLE),
                            KMEM_CACHE_INIT_LATE, EnumSet.of(KMEM_CACHE_INIT_LATE, SLAB_SYSFS_INIT),
                            SLAB_SYSFS_INIT, EnumSet.of(SLAB_SYSFS_INIT)));

    /** What whoever runs afterwards counts on. */
    private static final Set<BootStep> AT_LAST =
            EnumSet.of(KMEM_CACHE_INIT, LOCAL_IRQ_ENABLE, KMEM_CACHE_INIT_LATE);

    private BootOrder() {}

    /** The first precondition that an order breaks, as a sentence; null for an order that is right. */
    static String broken(List<BootStep> order) {
        Set<BootStep> done = EnumSet.noneOf(BootStep.class);
        for (BootStep step : order) {
            for (BootStep need : NEEDS.getOrDefault(step, Set.of())) {
                if (!done.contains(need)) {
                    return step + " needs " + need + ", which has not happened";
                }
            }
            for (BootStep user : NEVER_AFTER.getOrDefault(step, Set.of())) {
                if (done.contains(user)) {
                    return step + " comes too late: " + user + " has happened";
                }
            }
            done.add(step);
        }
        for (BootStep need : AT_LAST) {
            if (!done.contains(need)) {
                return "the first users need " + need + ", which has not happened";
            }
        }
        return null;
    }
}
