package org.slubcheck.gate;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.FaultAttr;
import picocli.CommandLine.Option;

/** failslab, for the commands that run a kernel. */
final class FaultOptions {
    @Option(
            names = {"--failslab"},
            paramLabel = "KNOB=VALUE[,...]",
            description =
                    "lets allocations of objects fail as Documentation/fault-injection says:"
                            + " interval, probability (0..100), times (-1: no end), space,"
                            + " ignore-gfp-wait and cache-filter (Y or N; --slub-debug A,CACHE"
                            + " marks caches), and seed; the kernel's defaults are 1, 0, 1, 0,"
                            + " Y, N")
    private String failslab;

    private FaultAttr attr;

    /**
     * The configuration with what was asked for.
     *
     * @throws CliException when the option makes no sense
     */
    KernelConfig on(KernelConfig config) {
        if (failslab == null) {
            return config;
        }
        try {
            attr = FaultAttr.parse(failslab);
        } catch (IllegalArgumentException e) {
            throw CliException.usage("--" + e.getMessage());
        }
        return config.withFaults(true).with(config.slab().withFailslab(true));
    }

    /** Objects fail from here on, if that was asked for; the kernel has the configuration of {@link #on}. */
    void begin(Kernel kernel) {
        if (attr != null) {
            kernel.faults().failslab().set(attr);
        }
    }
}
