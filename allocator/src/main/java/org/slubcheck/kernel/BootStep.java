package org.slubcheck.kernel;

import java.util.ArrayList;
import java.util.List;

/**
 * The steps that a boot is made of, in the order in which start_kernel and what it calls take them.
 *
 * <p>A step asks nobody whether it may run: what it rests on is in memory, or is not there yet.
 * {@link BootRun} takes them in any order.
 */
public enum BootStep {
    /** Page tables for all memory. */
    INIT_MEMORY_MAPPING("init_memory_mapping"),
    /** The boot memory allocator: a map of free pages for each node. */
    INITMEM_INIT("initmem_init"),
    /** The struct pages and the free lists of all zones, which are empty. */
    MEMMAP_INIT("memmap_init"),
    /** The first per-CPU chunk, which is part of the kernel image. */
    SETUP_PER_CPU_AREAS("setup_per_cpu_areas"),
    /** free_all_bootmem: all pages go to the page allocator. */
    MEM_INIT("mem_init"),
    /** The slab allocator, up to UP; with early kmalloc taken twice, first before mem_init. */
    KMEM_CACHE_INIT("kmem_cache_init"),
    /** The ACPI interpreter reads its tables, and kmallocs. */
    ACPI_BOOT_INIT("acpi_boot_init"),
    /** slab_cpuup_callback hears of CPUs that come and go. */
    REGISTER_CPU_NOTIFIER("register_cpu_notifier"),
    /** Interrupts are on, and requests for memory may sleep. */
    LOCAL_IRQ_ENABLE("local_irq_enable"),
    /** The maps of the first per-CPU chunks leave init data. */
    PERCPU_INIT_LATE("percpu_init_late"),
    /** slab_memory_callback hears of memory; what was announced before comes. */
    HOTPLUG_MEMORY_NOTIFIER("hotplug_memory_notifier"),
    /** DMA caches, on a kernel that makes them late. */
    KMEM_CACHE_INIT_LATE("kmem_cache_init_late"),
    /** The other CPUs come. */
    SMP_INIT("smp_init"),
    /** /sys/kernel/slab. */
    SLAB_SYSFS_INIT("slab_sysfs_init"),
    /** Init data is thrown away. */
    FREE_INITMEM("free_initmem");

    private static final List<BootStep> LATE =
            List.of(
                    REGISTER_CPU_NOTIFIER,
                    LOCAL_IRQ_ENABLE,
                    PERCPU_INIT_LATE,
                    HOTPLUG_MEMORY_NOTIFIER,
                    KMEM_CACHE_INIT_LATE,
                    SMP_INIT,
                    SLAB_SYSFS_INIT,
                    FREE_INITMEM);

    private final String kernelName;

    BootStep(String kernelName) {
        this.kernelName = kernelName;
    }

    /** The steps in the order of the kernel, with or without CONFIG_EARLY_KMALLOC. */
    public static List<BootStep> order(boolean earlyKmalloc) {
        List<BootStep> steps = new ArrayList<>(List.of(INIT_MEMORY_MAPPING, INITMEM_INIT));
        steps.addAll(
                earlyKmalloc
                        ? List.of(
                                SETUP_PER_CPU_AREAS,
                                KMEM_CACHE_INIT,
                                ACPI_BOOT_INIT,
                                MEMMAP_INIT,
                                MEM_INIT,
                                KMEM_CACHE_INIT)
                        : List.of(
                                MEMMAP_INIT,
                                SETUP_PER_CPU_AREAS,
                                MEM_INIT,
                                KMEM_CACHE_INIT,
                                ACPI_BOOT_INIT));
        steps.addAll(LATE);
        return steps;
    }

    /** The kernel's function. */
    public String kernelName() {
        return kernelName;
    }

    @Override
    public String toString() {
        return kernelName;
    }
}
