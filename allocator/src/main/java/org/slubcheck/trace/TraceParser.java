package org.slubcheck.trace;

import java.io.Closeable;
import java.nio.file.Path;

/**
 * Reads the kmem events of an ftrace text file, plain or compressed by gzip, as batches.
 *
 * <p>Understood is what {@code cat trace} and {@code cat trace_pipe} print: with and without the
 * latency column, task names with blanks and dashes, the {@code _node} events, events of other kinds
 * (counted), comments, stack traces, and marks of lost events (counted: from there on the trace does
 * not say everything, and counts are not exact).
 *
 * <p>Not for several threads at once.
 */
public final class TraceParser implements Closeable {
    private final TraceInput input;
    private final EventLine parser = new EventLine();
    private long events;
    private long otherEvents;
    private long lostMarks;
    private long lostEvents;

    private TraceParser(TraceInput input) {
        this.input = input;
    }

    /**
     * Opens a trace.
     *
     * @throws TraceFormatException if the file cannot be read, is empty or a directory
     */
    public static TraceParser open(Path file) throws TraceFormatException {
        return new TraceParser(TraceInput.open(file));
    }

    /**
     * Fills the batch with the next events; false, with an empty batch, at the end.
     *
     * @throws TraceFormatException if a line is malformed, the file is cut off, or it ends without
     *     any kmem event
     */
    public boolean next(EventBatch batch) throws TraceFormatException {
        batch.size = 0;
        int capacity = batch.capacity();
        while (batch.size < capacity && input.nextLine()) {
            switch (parser.parse(input, batch)) {
                case EVENT:
                    events++;
                    break;
                case OTHER_EVENT:
                    otherEvents++;
                    break;
                case LOST:
                    lostMarks++;
                    lostEvents += parser.lost();
                    break;
                default:
                    break;
            }
        }
        if (batch.size == 0 && events == 0) {
            throw input.badFile(
                    "holds no kmem event in "
                            + input.line
                            + " lines; record kmem:kmalloc, kmem:kmem_cache_alloc, kmem:kfree and"
                            + " kmem:kmem_cache_free");
        }
        return batch.size > 0;
    }

    /** The name of a cache. */
    public String name(int id) {
        return parser.names().name(id);
    }

    /** Distinct names of caches so far. */
    public int names() {
        return parser.names().size();
    }

    /** Lines read. */
    public long lines() {
        return input.line;
    }

    /** kmem events read. */
    public long events() {
        return events;
    }

    /** Events of other kinds, which are not looked at. */
    public long otherEvents() {
        return otherEvents;
    }

    /** Places where the ring buffer lost events. */
    public long lostMarks() {
        return lostMarks;
    }

    /** Events lost at those places, as far as the kernel says. */
    public long lostEvents() {
        return lostEvents;
    }

    /** Whether the file is compressed. */
    public boolean gzip() {
        return input.gzip();
    }

    @Override
    public void close() {
        input.close();
    }
}
