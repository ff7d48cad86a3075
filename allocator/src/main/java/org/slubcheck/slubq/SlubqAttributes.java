package org.slubcheck.slubq;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.EngineAttributes;
import org.slubcheck.slab.Errno;
import org.slubcheck.slab.KmemCache;

/**
 * The sysfs files that the series adds or that its engine answers, as of October 2010 (UnifiedV4
 * 4/16 and its shared caches, C. Lameter):
 *
 * <pre>
 *   queue_size       what was asked for; read-only
 *   cpu_queue_size   what the queues hold; writable
 *   batch_size       writable
 *   per_cpu_caches   "17 C0=5/12 C1=12/12"
 *   validate         1 checks all objects of listed slabs
 *   alloc_slowpath…  "9 C0=4 C1=5": counters, on a kernel with statistics; 0 resets
 * </pre>
 *
 * <p>S+Q3 15/23 called two of them cpu_batch_size and cpu_queues, and left empty queues out.
 */
final class SlubqAttributes implements EngineAttributes {
    private static final String ASKED = "queue_size";
    private static final String QUEUE_SIZE = "cpu_queue_size";
    private static final String BATCH_SIZE = "batch_size";
    private static final String QUEUES = "per_cpu_caches";
    private static final String VALIDATE = "validate";
    private static final List<String> PLAIN =
            List.of(ASKED, QUEUE_SIZE, BATCH_SIZE, QUEUES, VALIDATE);
    private static final List<String> WITH_STATS = withStats();

    private final Slubq k;

    SlubqAttributes(Slubq k) {
        this.k = k;
    }

    @Override
    public List<String> names() {
        return k.config.stats() ? WITH_STATS : PLAIN;
    }

    @Override
    public String show(Task task, long s, String name) {
        return switch (name) {
            case ASKED -> KmemCache.queue(k.m, s) + "\n";
            case QUEUE_SIZE -> KmemCache.cpuQueue(k.m, s) + "\n";
            case BATCH_SIZE -> KmemCache.batch(k.m, s) + "\n";
            case QUEUES -> queues(task, s);
            case VALIDATE -> "";
            default -> {
                StatItem item = item(name);
                yield item == null ? null : Statistics.show(k, task, s, item);
            }
        };
    }

    @Override
    public int store(Task task, long s, String name, String value) {
        if (name.equals(QUEUES) || name.equals(ASKED) || !names().contains(name)) {
            return Errno.EIO;
        }
        if (name.equals(VALIDATE)) {
            if (!value.startsWith("1")) {
                return Errno.EINVAL;
            }
            return k.slab.underHandlerLock(task, () -> validate(task, s));
        }
        String digits = value.strip();
        if (!digits.matches("[0-9]{1,18}")) {
            return Errno.EINVAL;
        }
        long number = Long.parseLong(digits);
        return switch (name) {
            case QUEUE_SIZE -> k.setCpuQueueSize(task, s, number);
            case BATCH_SIZE -> k.setBatchSize(task, s, number);
            default -> {
                // A counter can be reset, not set.
                if (number != 0) {
                    yield Errno.EINVAL;
                }
                yield Statistics.clear(k, task, s, item(name));
            }
        };
    }

    private int validate(Task task, long s) {
        k.validate(task, s);
        return 0;
    }

    /** per_cpu_caches_show: {@code 17 C0=5/12 C1=12/12}. */
    private String queues(Task task, long s) {
        return k.steps.cpuWalk.under(
                k,
                task,
                () -> {
                    int[] counted = new int[k.geometry.cpus()];
                    int[] max = new int[counted.length];
                    long total = 0;
                    for (int cpu = 0; cpu < counted.length; cpu++) {
                        long q = queue(s, cpu);
                        counted[cpu] = KmemCacheQueue.racyObjects(k.m, q);
                        max[cpu] = KmemCacheQueue.racyMax(k.m, q);
                        total += counted[cpu];
                    }
                    StringBuilder text = new StringBuilder().append(total);
                    for (int cpu = 0; cpu < counted.length; cpu++) {
                        text.append(" C").append(cpu).append('=');
                        text.append(k.numa.shown.objects(k, queue(s, cpu), counted[cpu]));
                        text.append('/').append(max[cpu]);
                    }
                    return text.append('\n').toString();
                });
    }

    private long queue(long s, int cpu) {
        return k.queueOf(k.percpu.perCpuPtr(KmemCache.cpu(k.m, s), cpu));
    }

    private StatItem item(String name) {
        for (StatItem item : StatItem.values()) {
            if (k.config.stats() && item.attribute().equals(name)) {
                return item;
            }
        }
        return null;
    }

    private static List<String> withStats() {
        List<String> names = new ArrayList<>(PLAIN);
        for (StatItem item : StatItem.values()) {
            names.add(item.attribute());
        }
        return List.copyOf(names);
    }
}
