package org.slubcheck.gate;

import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.trace.KernelTarget;
import org.slubcheck.trace.Replay;
import org.slubcheck.trace.ReplayResult;
import org.slubcheck.trace.TraceFormatException;

/** A trace on a freshly booted kernel. */
final class Replays {
    /** Events from one comparison of all books to the next; one costs a few milliseconds. */
    private static final long CHECKPOINT = 50_000;

    private Replays() {}

    /** With shared and alien queues, and the statistics that tell what they are good for. */
    static KernelConfig sharing(KernelConfig config) {
        return config.with(config.slab().withSharedQueues(true).withStats(true));
    }

    /** Replays a trace on a kernel that is up. */
    static ReplayResult run(
            Path trace, Kernel kernel, boolean parallel, boolean spread, LongConsumer progress)
            throws TraceFormatException {
        return new Replay(new KernelTarget(kernel), parallel, CHECKPOINT, progress)
                .spread(spread)
                .run(trace);
    }
}
