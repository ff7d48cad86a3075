package org.slubcheck.slubq;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.Errno;
import org.slubcheck.slab.KmemCache;

/**
 * The event counters of CONFIG_SLUB_STATS (rule C of S+Q3 15/23): an array in each per-CPU area.
 *
 * <p>Racy by design. A counter that is reset while its CPU counts may keep its old value, and a
 * resize throws the counters of the old area away; but every access goes to a live area.
 */
public final class Statistics {
    private Statistics() {}

    /** Counts an event in an area of a CPU. */
    public static void increment(Slubq k, long area, StatItem item) {
        Memory m = k.memory();
        long at = area + (long) item.ordinal() * Integer.BYTES;
        m.writeOnceInt(at, m.readOnceInt(at) + 1);
    }

    /** show_stat: the sum, and the share of each CPU that has one. */
    static String show(Slubq k, Task t, long s, StatItem item) {
        return k.steps.cpuWalk.under(
                k,
                t,
                () -> {
                    StringBuilder shares = new StringBuilder();
                    long sum = 0;
                    for (int cpu = 0; cpu < k.geometry.cpus(); cpu++) {
                        long count = k.m.readOnceInt(counter(k, s, cpu, item)) & 0xffffffffL;
                        sum += count;
                        if (count != 0) {
                            shares.append(" C").append(cpu).append('=').append(count);
                        }
                    }
                    return sum + shares.toString() + "\n";
                });
    }

    /**
     * clear_stat: slub_lock for write, against others who walk the areas. 0, or -ERESTARTSYS where the
     * handler of a file did not get it.
     */
    static int clear(Slubq k, Task t, long s, StatItem item) {
        if (!k.slab.storeLock(t, "clear_stat")) {
            return Errno.ERESTARTSYS;
        }
        for (int cpu = 0; cpu < k.geometry.cpus(); cpu++) {
            k.m.writeOnceInt(counter(k, s, cpu, item), 0);
        }
        k.slab.upWrite(t);
        return 0;
    }

    /** What an observer sees of an event's counters on all CPUs; 0 on a kernel without them. */
    @Observer
    public static long peek(Slubq k, long s, StatItem item) {
        long sum = 0;
        long area = k.m.peek(s + KmemCache.CPU);
        for (int cpu = 0; k.config.stats() && area != 0 && cpu < k.geometry.cpus(); cpu++) {
            long at = k.percpu.perCpuPtr(area, cpu) + (long) item.ordinal() * Integer.BYTES;
            sum += k.m.peekInt(at) & 0xffffffffL;
        }
        return sum;
    }

    private static long counter(Slubq k, long s, int cpu, StatItem item) {
        return k.percpu.perCpuPtr(KmemCache.cpu(k.m, s), cpu)
                + (long) item.ordinal() * Integer.BYTES;
    }
}
