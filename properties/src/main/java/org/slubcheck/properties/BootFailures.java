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
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slubcheck.kernel.BootRun;
import org.slubcheck.kernel.BootStep;
import org.slubcheck.properties.BootOrder.Broken;

/**
 * What a kernel says of each precondition that a boot order breaks, as docs/boot-order.md shows it.
 *
 * <p>A precondition shows at once, in its own step, or from then on, in whatever step is the first to
 * rest on what is wrong. So of an order that breaks several the kernel speaks of the first that shows at
 * once, or of one before it that shows from then on, and of nothing else.
 */
final class BootFailures {
    /** Stands for the texts of all rows without it. */
    private static final String ANY_ROW = "what any other row says";

    private static final String NULL = "unable to handle kernel NULL pointer dereference";
    private static final String PAGING = "unable to handle kernel paging request";
    private static final String UAF = "KASAN: use-after-free";
    private static final String PERCPU_UAF = "KASAN: percpu-use-after-free";
    private static final String BAD_PAGE = "Bad page state";
    private static final String NO_CACHE = "Kernel panic - not syncing: Creation of kmalloc slab";
    private static final String ACPI = "ACPI Error: Could not allocate";
    private static final String SLEEPS = "sleeping function called from invalid context";
    private static final String TWICE = "double register detected";
    private static final String DUPLICATE = "cannot create duplicate filename";
    private static final String NO_DIRECTORY = "Unable to add boot slab";
    private static final String NO_KSET = "Cannot register slab subsystem";
    private static final String BUG_KFREE = "kernel BUG at mm/slub.c kfree";
    private static final String BUG_PERCPU = "kernel BUG at mm/percpu.c percpu_init_late";
    private static final String TWO = "two caches are called";
    private static final String RETURNS_NULL = "returns NULL";

    /**
     * What is known of a precondition.
     *
     * @param step whose it is; null for the first users'
     * @param tooLate whether the other step must not have happened, and not the reverse
     * @param other the other step
     * @param atOnce whether it shows in its own step
     * @param said what any complaint contains; each of these, and no more
     */
    record Row(BootStep step, boolean tooLate, BootStep other, boolean atOnce, List<String> said) {
        boolean is(Broken broken) {
            return step == broken.step() && tooLate == broken.tooLate() && other == broken.other();
        }

        /** A line of the document. */
        String line() {
            return "| "
                    + (step == null ? "the first users" : step)
                    + (tooLate ? " after " : " without ")
                    + other
                    + (atOnce ? " | at once | " : " | from then on | ")
                    + String.join("; ", said)
                    + " |";
        }

        /** What a complaint may contain. */
        Stream<String> texts() {
            return said.stream()
                    .flatMap(
                            text ->
                                    text.equals(ANY_ROW)
                                            ? ROWS.stream().flatMap(row -> row.said.stream())
                                            : Stream.of(text))
                    .filter(text -> !text.equals(ANY_ROW));
        }
    }

    /** Everything that can be wrong with an order. */
    static final List<Row> ROWS =
            List.of(
                    without(INITMEM_INIT, INIT_MEMORY_MAPPING, PAGING),
                    without(MEMMAP_INIT, INIT_MEMORY_MAPPING, PAGING),
                    without(MEM_INIT, MEMMAP_INIT, NULL, BAD_PAGE),
                    without(KMEM_CACHE_INIT, SETUP_PER_CPU_AREAS, NULL),
                    without(KMEM_CACHE_INIT, MEM_INIT, NO_CACHE, NULL),
                    without(KMEM_CACHE_INIT, INITMEM_INIT, NO_CACHE),
                    without(ACPI_BOOT_INIT, KMEM_CACHE_INIT, ACPI, NULL),
                    without(
                            PERCPU_INIT_LATE,
                            KMEM_CACHE_INIT,
                            "WARNING: at mm/percpu.c pcpu_mem_alloc",
                            BUG_PERCPU),
                    without(KMEM_CACHE_INIT_LATE, KMEM_CACHE_INIT, SLEEPS),
                    without(KMEM_CACHE_INIT_LATE, LOCAL_IRQ_ENABLE, SLEEPS),
                    without(SMP_INIT, LOCAL_IRQ_ENABLE, SLEEPS),
                    without(SLAB_SYSFS_INIT, KMEM_CACHE_INIT, NO_KSET),
                    without(SLAB_SYSFS_INIT, LOCAL_IRQ_ENABLE, SLEEPS),
                    later(without(FREE_INITMEM, PERCPU_INIT_LATE, UAF)),
                    later(without(FREE_INITMEM, MEM_INIT, UAF)),
                    without(null, KMEM_CACHE_INIT, RETURNS_NULL),
                    without(null, LOCAL_IRQ_ENABLE, SLEEPS),
                    without(null, KMEM_CACHE_INIT_LATE, "GFP_DMA) returns NULL"),
                    without(null, REGISTER_CPU_NOTIFIER, "is gone and keeps objects"),
                    without(null, HOTPLUG_MEMORY_NOTIFIER, NULL),
                    after(INITMEM_INIT, MEM_INIT, UAF),
                    // Pages have two owners: what the one writes the other reads, and goes by.
                    later(
                            after(
                                    INITMEM_INIT,
                                    KMEM_CACHE_INIT,
                                    "BUG",
                                    "WARNING:",
                                    "INFO:",
                                    ANY_ROW)),
                    // No page is free any more, and none is a slab's.
                    later(
                            after(
                                    MEMMAP_INIT,
                                    MEM_INIT,
                                    NO_CACHE,
                                    BAD_PAGE,
                                    PAGING,
                                    ACPI,
                                    BUG_PERCPU,
                                    BUG_KFREE,
                                    NO_DIRECTORY,
                                    RETURNS_NULL)),
                    later(after(SETUP_PER_CPU_AREAS, KMEM_CACHE_INIT, PERCPU_UAF, UAF, PAGING)),
                    after(MEM_INIT, MEM_INIT, BAD_PAGE, UAF),
                    later(
                            after(
                                    KMEM_CACHE_INIT,
                                    KMEM_CACHE_INIT,
                                    NULL,
                                    DUPLICATE,
                                    NO_DIRECTORY,
                                    TWO,
                                    "new caches do not show")),
                    later(
                            after(
                                    KMEM_CACHE_INIT,
                                    LOCAL_IRQ_ENABLE,
                                    "inconsistent lock state",
                                    "HARDIRQ-unsafe lock order")),
                    after(REGISTER_CPU_NOTIFIER, REGISTER_CPU_NOTIFIER, TWICE),
                    after(LOCAL_IRQ_ENABLE, LOCAL_IRQ_ENABLE, "called with IRQs enabled"),
                    after(HOTPLUG_MEMORY_NOTIFIER, HOTPLUG_MEMORY_NOTIFIER, TWICE),
                    later(
                            after(
                                    KMEM_CACHE_INIT_LATE,
                                    KMEM_CACHE_INIT_LATE,
                                    DUPLICATE,
                                    NO_DIRECTORY,
                                    TWO)),
                    later(after(KMEM_CACHE_INIT_LATE, SLAB_SYSFS_INIT, "but not in sysfs")),
                    after(SLAB_SYSFS_INIT, SLAB_SYSFS_INIT, DUPLICATE, NO_DIRECTORY));

    private BootFailures() {}

    private static Row without(BootStep step, BootStep need, String... said) {
        return new Row(step, false, need, true, List.of(said));
    }

    private static Row after(BootStep step, BootStep user, String... said) {
        return new Row(step, true, user, true, List.of(said));
    }

    private static Row later(Row row) {
        return new Row(row.step, row.tooLate, row.other, false, row.said);
    }

    /** What is known of a precondition. */
    static Row of(Broken broken) {
        return ROWS.stream()
                .filter(row -> row.is(broken))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nothing is known of " + broken));
    }

    /** What is wrong with how an order was refused; nothing when it was as the rows say. */
    static List<String> wrong(List<Broken> broken, BootRun.Result result) {
        List<Broken> blamed = new ArrayList<>();
        for (Broken each : broken) {
            boolean atOnce = of(each).atOnce;
            if (each.at() > result.taken()) {
                break;
            }
            if (atOnce && each.at() < result.taken()) {
                return List.of(each + " shows only in " + result.failedAt());
            }
            blamed.add(each);
        }
        if (blamed.isEmpty()) {
            return complaints(
                    result.failedAt() + " fails before " + broken.get(0), result.failures());
        }
        String known =
                blamed.stream()
                        .flatMap(each -> of(each).texts())
                        .map(Pattern::quote)
                        .collect(Collectors.joining("|"));
        Pattern pattern = Pattern.compile(known);
        List<String> unknown =
                result.failures().stream().filter(said -> !pattern.matcher(said).find()).toList();
        return unknown.isEmpty()
                ? List.of()
                : complaints(result.failedAt() + " says something else of " + blamed, unknown);
    }

    private static List<String> complaints(String what, List<String> failures) {
        List<String> lines = new ArrayList<>(List.of(what));
        failures.stream().flatMap(said -> Arrays.stream(said.split("\n", -1))).forEach(lines::add);
        return lines;
    }
}
