package org.slubcheck.scenarios;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/**
 * A user reads how many objects are in the queues, in all and of each CPU, while a CPU takes one.
 * Whatever he is told was never true for all queues at once; but it must add up.
 */
public final class ReadVsAlloc extends CacheScenario {
    private static final String FILE = "per_cpu_caches";
    private static final Pattern SHARE = Pattern.compile("=(\\d+)/");

    /** Ready to run. */
    public ReadVsAlloc() {
        super(
                "read-vs-alloc",
                "The per_cpu_caches file is read while a CPU allocates.",
                "per_cpu_caches_show",
                "kmem_cache_alloc");
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel, "victim");
        // What the refill brought more than was wanted stays in the queue.
        grab(kernel, hands, 1, 1, s);
        return new long[] {s};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        long s = trial.setup(0);
        if (task == 0) {
            check(trial, trial.kernel().slubq().attributes().show(self, s, FILE).strip());
        } else {
            take(self, task, trial, s, Gfp.ATOMIC);
        }
    }

    /** {@code 3 C0=1/5 C1=2/5}. */
    private static void check(Trial trial, String text) {
        Matcher share = SHARE.matcher(text);
        long sum = 0;
        while (share.find()) {
            sum += Long.parseLong(share.group(1));
        }
        if (!text.startsWith(sum + " ")) {
            trial.complain(0, FILE + ": the CPUs add up to " + sum + ", not to the total: " + text);
        }
    }
}
