package org.slubcheck.kernel;

import java.util.List;
import org.slubcheck.machine.Geometry;
import org.slubcheck.mm.PercpuSizes;
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
 * @param percpu what the architecture asks of the first per-CPU chunk
 * @param earlyKmalloc CONFIG_EARLY_KMALLOC: kmem_cache_init is called twice, and kmalloc works before
 *     there is a page allocator
 */
public record KernelConfig(
        Geometry geometry,
        SlabConfig slab,
        String engine,
        boolean faults,
        boolean debugPercpu,
        PercpuSizes percpu,
        boolean earlyKmalloc) {

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
        return new KernelConfig(
                geometry,
                SlabConfig.defaults(),
                Engines.SLUBQ,
                false,
                false,
                PercpuSizes.NONE,
                false);
    }

    /** Another machine. */
    public KernelConfig with(Geometry other) {
        return new KernelConfig(other, slab, engine, faults, debugPercpu, percpu, earlyKmalloc);
    }

    /** Another configuration of the slab allocator. */
    public KernelConfig with(SlabConfig other) {
        return new KernelConfig(geometry, other, engine, faults, debugPercpu, percpu, earlyKmalloc);
    }

    /** Another engine. */
    public KernelConfig withEngine(String other) {
        return new KernelConfig(geometry, slab, other, faults, debugPercpu, percpu, earlyKmalloc);
    }

    /** With or without fault injection. */
    public KernelConfig withFaults(boolean on) {
        return new KernelConfig(geometry, slab, engine, on, debugPercpu, percpu, earlyKmalloc);
    }

    /** With or without filling of freed per-CPU areas. */
    public KernelConfig withDebugPercpu(boolean on) {
        return new KernelConfig(geometry, slab, engine, faults, on, percpu, earlyKmalloc);
    }

    /** With other wishes for the first per-CPU chunk. */
    public KernelConfig withPercpu(PercpuSizes sizes) {
        return new KernelConfig(geometry, slab, engine, faults, debugPercpu, sizes, earlyKmalloc);
    }

    /** With or without early kmalloc. */
    public KernelConfig withEarlyKmalloc(boolean on) {
        return new KernelConfig(geometry, slab, engine, faults, debugPercpu, percpu, on);
    }
}
