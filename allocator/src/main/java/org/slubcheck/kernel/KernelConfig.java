package org.slubcheck.kernel;

import java.util.List;
import org.slubcheck.machine.Geometry;
import org.slubcheck.slab.SlabConfig;

/**
 * What a kernel is built for. Immutable.
 *
 * @param geometry the machine
 * @param slab how the slab allocator is configured
 * @param engine the slab engine, one of {@link #ENGINES}
 * @param faults whether allocations can be made to fail
 * @param debugPercpu whether freed per-CPU areas are filled, so that a write to one shows on any
 *     memory
 */
public record KernelConfig(
        Geometry geometry, SlabConfig slab, String engine, boolean faults, boolean debugPercpu) {

    /** The engines that there are. */
    public static final List<String> ENGINES = Engines.names();

    /** Checks the engine; the message of the exception is fit for a user. */
    public KernelConfig {
        if (!ENGINES.contains(engine)) {
            throw new IllegalArgumentException(
                    "no engine '" + engine + "'; there is " + String.join(", ", ENGINES));
        }
    }

    /** A machine with the default engine, nothing unusual switched on. */
    public static KernelConfig of(Geometry geometry) {
        return new KernelConfig(geometry, SlabConfig.defaults(), Engines.SLUBQ, false, false);
    }

    /** Another machine. */
    public KernelConfig with(Geometry other) {
        return new KernelConfig(other, slab, engine, faults, debugPercpu);
    }

    /** Another configuration of the slab allocator. */
    public KernelConfig with(SlabConfig other) {
        return new KernelConfig(geometry, other, engine, faults, debugPercpu);
    }

    /** Another engine. */
    public KernelConfig withEngine(String other) {
        return new KernelConfig(geometry, slab, other, faults, debugPercpu);
    }

    /** With or without fault injection. */
    public KernelConfig withFaults(boolean on) {
        return new KernelConfig(geometry, slab, engine, on, debugPercpu);
    }

    /** With or without filling of freed per-CPU areas. */
    public KernelConfig withDebugPercpu(boolean on) {
        return new KernelConfig(geometry, slab, engine, faults, on);
    }
}
