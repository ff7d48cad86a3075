package org.slubcheck.properties;

import org.slubcheck.kernel.KernelConfig;

/** A drawn machine with another engine than the default one. */
record OnEngine(Shape shape, String engine) implements Bootable {
    @Override
    public KernelConfig config() {
        return shape.config().withEngine(engine);
    }

    @Override
    public String toString() {
        return shape + " engine=" + engine;
    }
}
