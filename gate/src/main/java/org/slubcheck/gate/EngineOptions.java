package org.slubcheck.gate;

import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import picocli.CommandLine.Option;

/** Which engine on how many CPUs, for the commands that boot a machine of their own. */
final class EngineOptions {
    @Option(
            names = "--engine",
            paramLabel = "E",
            defaultValue = "slubq",
            description = "slab engine: slubq, slub or slub-lockless, default slubq")
    private String engine;

    @Option(
            names = "--cpus",
            paramLabel = "N",
            defaultValue = "2",
            description = "1 to 64, default 2")
    private int cpus;

    @Option(
            names = "--cache-groups",
            paramLabel = "N",
            description =
                    "last-level caches that CPUs share, 1 to 64: CPU c has number c %% N; default one"
                            + " a node")
    private Integer cacheGroups;

    /** As it was given. */
    String engine() {
        return engine;
    }

    /** As they were given: a machine refuses a number that it cannot have. */
    int cpus() {
        return cpus;
    }

    /** Last-level caches of a machine of so many nodes. */
    int cacheGroups(int nodes) {
        return cacheGroups == null ? nodes : cacheGroups;
    }

    /**
     * The engine on a machine, whose CPUs share as many last-level caches as was said.
     *
     * @throws CliException when there cannot be so many
     * @throws IllegalArgumentException when there is no such engine
     */
    KernelConfig on(Geometry machine) {
        return KernelConfig.of(Machines.sharing(machine, cacheGroups)).withEngine(engine);
    }
}
