package org.slubcheck.kernel;

import java.util.List;
import org.slubcheck.machine.AccessLog;
import org.slubcheck.machine.Capture;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Observer;

/**
 * A kernel as it was when something was seen to be wrong, with what is known of how it came to that.
 *
 * @param kernel the kernel, which has gone on since; for what does not change
 * @param before the kernel that it is a copy of, as it was before the tasks began; the same kernel
 *     where there is none
 * @param capture its memory at that moment
 * @param console what it had said by then
 * @param log what its tasks did, up to the access that was found to be wrong
 * @param left how many accesses of the tasks the log does not have
 * @param violation what was wrong
 * @param report true when the kernel reported it there and then, false when it was found at the end
 * @param tasks what each thread did, by its number; may be shorter than the threads
 */
@Observer
public record Moment(
        Kernel kernel,
        Kernel before,
        Capture capture,
        Console console,
        AccessLog log,
        long left,
        String violation,
        boolean report,
        List<String> tasks) {

    /** Entries of a log that are kept: the last ones. */
    private static final int MOST_ENTRIES = 1 << 18;

    /** Keeps a copy. */
    public Moment {
        tasks = List.copyOf(tasks);
    }

    /** The last entries of a log before one. */
    static AccessLog last(AccessLog whole, int end) {
        AccessLog kept = new AccessLog();
        for (int i = Math.max(0, end - MOST_ENTRIES); i < end; i++) {
            kept.add(
                    whole.kind(i),
                    whole.thread(i),
                    whole.cpu(i),
                    whole.interrupt(i),
                    whole.address(i),
                    whole.bytes(i),
                    whole.old(i),
                    whole.value(i));
        }
        return kept;
    }
}
