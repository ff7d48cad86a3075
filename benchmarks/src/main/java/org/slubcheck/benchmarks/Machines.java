package org.slubcheck.benchmarks;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;

/** The machines that are measured: fixed code, bare memory, statistics and hooks off. */
final class Machines {
    private Machines() {}

    /** A desktop of two CPUs and one node, with 16 MiB: real sizes, little to page in. */
    static Kernel desktop() {
        return Kernel.boot(
                KernelConfig.of(
                        Geometry.desktop(2, 1)
                                .withPages(new Geometry.ZonePages(256, 0, 3840, 0, 0))));
    }

    /** A desktop of two nodes with 16 MiB each, with or without shared and alien queues. */
    static Kernel twoNodes(int cpus, boolean shared) {
        KernelConfig config =
                KernelConfig.of(
                        Geometry.desktop(cpus, 2)
                                .withPages(new Geometry.ZonePages(256, 0, 3840, 0, 0)));
        return Kernel.boot(config.with(config.slab().withSharedQueues(shared)));
    }

    /** The machine of the stress tests. */
    static Kernel micro() {
        return Kernel.boot(KernelConfig.of(Geometry.micro()));
    }
}
