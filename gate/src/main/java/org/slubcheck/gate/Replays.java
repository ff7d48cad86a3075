package org.slubcheck.gate;

import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.trace.KernelTarget;
import org.slubcheck.trace.Replay;
import org.slubcheck.trace.ReplayResult;
import org.slubcheck.trace.TraceFormatException;

/** A trace on a freshly booted kernel. */
final class Replays {
    /** Events from one comparison of all books to the next; one costs a few milliseconds. */
    private static final long CHECKPOINT = 50_000;

    private Replays() {}

    /** Replays a trace on the fixed kernel. */
    static ReplayResult run(Path trace, Geometry geometry, boolean parallel, LongConsumer progress)
            throws TraceFormatException {
        return run(trace, Kernel.boot(KernelConfig.of(geometry)), parallel, progress);
    }

    /** Replays a trace on a kernel that is up. */
    static ReplayResult run(Path trace, Kernel kernel, boolean parallel, LongConsumer progress)
            throws TraceFormatException {
        return new Replay(new KernelTarget(kernel), parallel, CHECKPOINT, progress).run(trace);
    }
}
