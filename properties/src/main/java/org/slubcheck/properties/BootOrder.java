package org.slubcheck.properties;

import static org.slubcheck.kernel.BootStep.ACPI_BOOT_INIT;
import static org.slubcheck.kernel.BootStep.FREE_INITMEM;
import static org.slubcheck.kernel.BootStep.HOTPLUG_MEMORY_NOTIFIER;
import static org.slubcheck.kernel.BootStep.INITMEM_INIT;
import static org.slubcheck.kernel.BootStep.INIT_MEMORY_MAPPING;
import static org.slubcheck.kernel.BootStep.KMEM_CACHE_INIT;
import static org.slubcheck.kernel.BootStep.KMEM_CACHE_INIT_LATE;
import static org.slubcheck.kernel.BootStep.LOCAL_IRQ_ENABLE;
import static org.slubcheck.kernel.BootStep.MEMMAP_INIT;
import static org.slubcheck.kernel.BootStep.MEM_INIT;
import static org.slubcheck.kernel.BootStep.PERCPU_INIT_LATE;
import static org.slubcheck.kernel.BootStep.REGISTER_CPU_NOTIFIER;
import static org.slubcheck.kernel.BootStep.SETUP_PER_CPU_AREAS;
import static org.slubcheck.kernel.BootStep.SLAB_SYSFS_INIT;
import static org.slubcheck.kernel.BootStep.SMP_INIT;

import java.util.ArrayList;
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
                    FREE_INITMEM, EnumSet.of(PERCPU_INIT_LATE));

    /** The same on a kernel with early kmalloc, where it is another. */
    static final Map<BootStep, Set<BootStep>> EARLY_NEEDS =
            Map.of(
                    KMEM_CACHE_INIT, EnumSet.of(SETUP_PER_CPU_AREAS, INITMEM_INIT),
                    FREE_INITMEM, EnumSet.of(PERCPU_INIT_LATE, MEM_INIT));

    /** What must not have happened before a step, since it uses what the step would make anew. */
    static final Map<BootStep, Set<BootStep>> NEVER_AFTER =
            Map.of(
                    INITMEM_INIT, EnumSet.of(MEM_INIT),
                    MEMMAP_INIT, EnumSet.of(MEM_INIT),
                    SETUP_PER_CPU_AREAS, EnumSet.of(KMEM_CACHE_INIT),
                    MEM_INIT, EnumSet.of(MEM_INIT),
                    KMEM_CACHE_INIT, EnumSet.of(KMEM_CACHE_INIT, LOCAL_IRQ_ENABLE),
                    REGISTER_CPU_NOTIFIER, EnumSet.of(REGISTER_CPU_NOTIFIER),
                    LOCAL_IRQ_ENABLE, EnumSet.of(LOCAL_IRQ_ENABLE),
                    HOTPLUG_MEMORY_NOTIFIER, EnumSet.of(HOTPLUG_MEMORY_NOTIFIER),
                    KMEM_CACHE_INIT_LATE, EnumSet.of(KMEM_CACHE_INIT_LATE, SLAB_SYSFS_INIT),
                    SLAB_SYSFS_INIT, EnumSet.of(SLAB_SYSFS_INIT));

    /** The same on a kernel with early kmalloc, where it is another. */
    static final Map<BootStep, Set<BootStep>> EARLY_NEVER_AFTER =
            Map.of(
                    INITMEM_INIT, EnumSet.of(MEM_INIT, KMEM_CACHE_INIT),
                    KMEM_CACHE_INIT, EnumSet.of(LOCAL_IRQ_ENABLE));

    /** What whoever runs afterwards counts on; the notifiers where something comes and goes. */
    static final Set<BootStep> AT_LAST =
            EnumSet.of(
                    KMEM_CACHE_INIT,
                    LOCAL_IRQ_ENABLE,
                    KMEM_CACHE_INIT_LATE,
                    REGISTER_CPU_NOTIFIER,
                    HOTPLUG_MEMORY_NOTIFIER);

    /**
     * A precondition that an order breaks.
     *
     * @param at how many steps come before
     * @param step whose it is; null for the first users'
     * @param tooLate whether the other step has happened and must not, and not the reverse
     * @param other the other step
     */
    record Broken(int at, BootStep step, boolean tooLate, BootStep other) {
        @Override
        public String toString() {
            return (step == null ? "the first users" : step)
                    + (tooLate ? " after " : " without ")
                    + other;
        }
    }

    private BootOrder() {}

    /** The preconditions that an order breaks, in the order in which it does; none when it is right. */
    static List<Broken> broken(List<BootStep> order, KernelConfig kernel) {
        boolean earlyKmalloc = kernel.earlyKmalloc();
        List<Broken> broken = new ArrayList<>();
        Set<BootStep> done = EnumSet.noneOf(BootStep.class);
        for (int at = 0; at < order.size(); at++) {
            BootStep step = order.get(at);
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
                    broken.add(new Broken(at, step, false, need));
                }
            }
            for (BootStep user :
                    of(step, NEVER_AFTER, earlyKmalloc ? EARLY_NEVER_AFTER : NEVER_AFTER)) {
                if (done.contains(user) && !harmless(step, user, kernel)) {
                    broken.add(new Broken(at, step, true, user));
                }
            }
            done.add(step);
            if (earlyKmalloc && step == INITMEM_INIT) {
                // It clears the struct pages.
                done.remove(MEMMAP_INIT);
            }
        }
        for (BootStep need : AT_LAST) {
            if (!done.contains(need) && isCountedOn(need, done, kernel)) {
                broken.add(new Broken(order.size(), null, false, need));
            }
        }
        return broken;
    }

    /**
     * Without NUMA no node struct is made by hand, with locks that interrupts take, too. A machine
     * whose memory is all there has no chain for it.
     */
    private static boolean harmless(BootStep step, BootStep user, KernelConfig kernel) {
        return step == KMEM_CACHE_INIT && user == LOCAL_IRQ_ENABLE && !kernel.geometry().numa()
                || step == HOTPLUG_MEMORY_NOTIFIER && !kernel.geometry().memoryHotplug();
    }

    /** The boot CPU never goes. */
    private static boolean isCountedOn(BootStep need, Set<BootStep> done, KernelConfig kernel) {
        return switch (need) {
            case REGISTER_CPU_NOTIFIER -> done.contains(SMP_INIT) && kernel.geometry().cpus() > 1;
            case HOTPLUG_MEMORY_NOTIFIER -> kernel.geometry().memoryHotplug();
            default -> true;
        };
    }

    private static Set<BootStep> of(
            BootStep step, Map<BootStep, Set<BootStep>> any, Map<BootStep, Set<BootStep>> own) {
        return own.getOrDefault(step, any.getOrDefault(step, Set.of()));
    }
}
