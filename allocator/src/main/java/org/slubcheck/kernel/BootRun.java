package org.slubcheck.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.KernelDeath;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabState;

/**
 * A boot taken apart: steps in any order, each as often as one likes, and then the first users of
 * what they should have brought up. Nothing here knows which orders are right; a wrong one fails as
 * the kernel fails on what it finds in memory.
 *
 * <p>Only CPU 0 runs until smp_init; irqs are off until local_irq_enable.
 */
public final class BootRun {
    /** A loop over a list that was never made, or made twice, ends here: a boot takes 100 000. */
    private static final long ACCESSES = 3_000_000;

    private static final String USERS = "the first users";
    private static final int SIZE = 24;

    private final Kernel kernel;
    private final Task task;
    private final List<String> failures = new ArrayList<>();
    private String failedAt;
    private int taken;

    private BootRun(Kernel kernel) {
        this.kernel = kernel;
        this.task = kernel.task(0);
    }

    /**
     * How a boot went.
     *
     * @param failedAt the step in which the kernel first complained, or that of the first users;
     *     null when it did not
     * @param taken how many steps came before that one
     * @param failures the kernel's own words, oldest first; empty for a boot that is right
     * @param kernel as it is now
     */
    public record Result(String failedAt, int taken, List<String> failures, Kernel kernel) {
        /** Nobody complained. */
        public boolean accepted() {
            return failures.isEmpty();
        }
    }

    /** Takes the steps on a machine that is switched off, until the kernel dies or complains. */
    public static Result of(KernelConfig config, Steps code, List<BootStep> steps) {
        Kernel kernel = Kernel.offChecked(config, code);
        kernel.checked().accessBudget(ACCESSES);
        BootRun run = new BootRun(kernel);
        run.take(steps);
        return new Result(run.failedAt, run.taken, List.copyOf(run.failures), kernel);
    }

    private void take(List<BootStep> steps) {
        for (int cpu = 1; cpu < kernel.geometry().cpus(); cpu++) {
            kernel.slab().hotplug().cpuDown(task, cpu);
        }
        kernel.machine().irqDisable(task);
        for (BootStep step : steps) {
            boolean irqs = step != BootStep.LOCAL_IRQ_ENABLE && task.irqsOff();
            attempt(
                    step.kernelName(),
                    () -> {
                        kernel.take(task, step);
                        kernel.machine().checkReturn(task, irqs, step.kernelName());
                        return 1;
                    });
            if (failedAt != null) {
                return;
            }
            taken++;
        }
        firstUsers();
        if (failedAt == null) {
            slabinfo(steps.contains(BootStep.SLAB_SYSFS_INIT));
        }
        if (failedAt == null) {
            Census.of(kernel, new long[0]).forEach(this::fail);
        }
    }

    /** What an init process does before it has done anything: everything once. */
    private void firstUsers() {
        Slab slab = kernel.slab();
        use("kmalloc(" + SIZE + ", GFP_KERNEL)", () -> slab.kmalloc(task, SIZE, Gfp.KERNEL));
        if (slab.wiring().kmallocDmaCaches() != 0) {
            use("kmalloc(" + SIZE + ", GFP_DMA)", () -> slab.kmalloc(task, SIZE, Gfp.DMA));
        }
        if (failedAt != null) {
            return;
        }
        attempt(
                USERS,
                () -> {
                    // The area of a new cache, its slabs, and the IPI that flushes its queues.
                    long s = slab.create(task, "first-user", 2 * SIZE, 0, 0, 0);
                    if (s == 0) {
                        return 0;
                    }
                    slab.free(task, s, slab.alloc(task, s, Gfp.KERNEL));
                    slab.shrink(task, s);
                    slab.destroy(task, s);
                    return s;
                });
        if (failedAt != null) {
            return;
        }
        for (int cpu = 1; cpu < kernel.geometry().cpus(); cpu++) {
            if (kernel.machine().cpuOnline(cpu)) {
                Task other = kernel.task(cpu);
                attempt(
                        USERS,
                        () -> {
                            long p = slab.kmalloc(other, SIZE, Gfp.KERNEL);
                            slab.kfree(other, p);
                            return p;
                        });
                kernel.memory().runs(task);
            }
        }
        for (int cpu = 1; cpu < kernel.geometry().cpus(); cpu++) {
            takeDown(cpu);
        }
        for (int node = 1; node < kernel.geometry().nodes(); node++) {
            bringMemory(node);
        }
    }

    /** A CPU goes, and what it kept for itself goes back to everybody; then it comes again. */
    private void takeDown(int cpu) {
        if (failedAt != null || !kernel.machine().cpuOnline(cpu)) {
            return;
        }
        attempt(USERS, () -> kernel.slab().hotplug().cpuDown(task, cpu) ? 1 : 0);
        for (long s : kernel.slab().caches()) {
            int kept = failedAt == null ? kernel.slab().engine().queued(s, cpu) : 0;
            if (kept != 0) {
                fail("CPU#" + cpu + " is gone and keeps objects of " + kernel.slab().nameOf(s));
            }
        }
        if (failedAt == null) {
            attempt(USERS, () -> kernel.slab().hotplug().cpuUp(task, cpu) ? 1 : 0);
        }
    }

    /** Memory comes that was not there at boot, and somebody wants some of it. */
    private void bringMemory(int node) {
        if (failedAt == null && kernel.geometry().isLate(node)) {
            attempt(USERS, () -> kernel.slab().memoryHotplug().online(task, node) ? 1 : 0);
            use(
                    "kmalloc_node(" + SIZE + ", GFP_KERNEL, " + node + ")",
                    () -> kernel.slab().kmallocNode(task, SIZE, Gfp.KERNEL, node));
        }
        if (failedAt == null && kernel.geometry().isLate(node)) {
            attempt(
                    USERS,
                    () -> {
                        kernel.slab().caches().forEach(s -> kernel.slab().shrink(task, s));
                        return 1;
                    });
        }
    }

    /** What a user sees: boot makes a cache of each name, and sysfs is up if anybody said so. */
    private void slabinfo(boolean sysfs) {
        Slab slab = kernel.slab();
        List<String> names = slab.caches().stream().map(slab::nameOf).sorted().toList();
        for (int i = 1; i < names.size(); i++) {
            if (names.get(i).equals(names.get(i - 1))) {
                fail("/proc/slabinfo: two caches are called " + names.get(i));
            }
        }
        if (sysfs && kernel.config().slab().sysfs() && slab.state() != SlabState.SYSFS) {
            fail("/sys/kernel/slab: new caches do not show");
        }
    }

    /** An allocation that must succeed, and its free. */
    private void use(String text, LongSupplier allocation) {
        if (failedAt == null) {
            attempt(
                    USERS,
                    () -> {
                        long p = allocation.getAsLong();
                        if (p == 0) {
                            kernel.console().report(Console.Level.ERR, text + " returns NULL");
                        } else {
                            kernel.slab().kfree(task, p);
                        }
                        return p;
                    });
        }
    }

    private void attempt(String where, LongSupplier code) {
        boolean died = false;
        try {
            if (code.getAsLong() == 0) {
                failedAt = where;
            }
        } catch (RuntimeException end) {
            KernelDeath how = kernel.machine().deathBy(end, where);
            if (how == null) {
                throw end;
            }
            died = true;
        }
        List<String> said = complaints();
        if (died || failedAt != null || !said.isEmpty()) {
            failedAt = where;
            failures.addAll(said);
            if (failures.isEmpty()) {
                failures.add(where + " fails, and nothing is said");
            }
        }
    }

    /** Reports, and errors that are worth a line only. */
    private List<String> complaints() {
        List<String> said = new ArrayList<>(kernel.reports());
        for (Console.Line line : kernel.console().lines()) {
            boolean error = line.level().compareTo(Console.Level.ERR) <= 0;
            if (error && said.stream().noneMatch(report -> report.contains(line.text()))) {
                said.add(line.text());
            }
        }
        return said;
    }

    private void fail(String sentence) {
        failedAt = USERS;
        failures.add(sentence);
    }
}
