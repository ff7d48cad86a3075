package org.slubcheck.crash;

import java.util.List;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.kernel.Moment;
import org.slubcheck.kernel.Witness;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Slab;
import org.slubcheck.timeline.Symbolizer;

/**
 * A machine with a cache "victim" of which one object is held, one is queued, and one is read after it
 * was freed, which the kernel reports.
 */
final class Wreck {
    static final String ENGINE = "slubq";

    final Kernel kernel;
    final long victim;
    final long held;
    final long queued;
    final long freed;
    private final Witness witness;

    Wreck(KernelConfig config) {
        kernel = Kernel.offChecked(config, Steps.mainline()).bootTo(Kernel.Stage.RUNNING);
        Slab slab = kernel.slab();
        Task task = kernel.task(0);
        victim = slab.create(task, "victim", 40, 0, 0, 0);
        Kernel before = kernel.fork();
        kernel.checked().nameAddresses(new Symbolizer(kernel)::name);
        kernel.checked().startLog(true);
        witness = Witness.of(kernel, before, null);
        held = slab.alloc(task, victim, Gfp.KERNEL);
        queued = slab.alloc(task, victim, Gfp.KERNEL);
        freed = slab.alloc(task, victim, Gfp.KERNEL);
        slab.free(task, victim, queued);
        slab.free(task, victim, freed);
    }

    static Wreck of(String engine) {
        return new Wreck(unmerged(Geometry.small()).withEngine(engine));
    }

    static KernelConfig unmerged(Geometry geometry) {
        KernelConfig plain = KernelConfig.of(geometry);
        return plain.with(plain.slab().withMerge(false));
    }

    /** Reads what was freed. */
    Wreck misuse() {
        kernel.memory().read(freed);
        return this;
    }

    /** Goes on as if nothing had happened, and uses the object again. */
    Wreck goOn() {
        Task task = kernel.task(0);
        for (int i = 0; i < 4; i++) {
            kernel.slab().alloc(task, victim, Gfp.KERNEL);
        }
        return this;
    }

    Memory memory() {
        return kernel.memory();
    }

    Moment moment() {
        List<String> reports = kernel.reports();
        return witness.moment(reports.isEmpty() ? "nothing" : reports.get(0), List.of("a test"));
    }

    Dump dump() {
        return Dump.of(moment(), "a test", "mainline");
    }

    /** A view as one text. */
    static String view(Dump dump, String... view) {
        return String.join("\n", Views.lines(dump, view[0], view.length > 1 ? view[1] : ""));
    }
}
