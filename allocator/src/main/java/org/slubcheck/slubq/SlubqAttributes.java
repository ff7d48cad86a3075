package org.slubcheck.slubq;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.EngineAttributes;
import org.slubcheck.slab.Errno;
import org.slubcheck.slab.KmemCache;

/** The sysfs attributes that S+Q3 adds: queue and batch sizes, queues, statistics. */
final class SlubqAttributes implements EngineAttributes {
    private static final String QUEUE_SIZE = "cpu_queue_size";
    private static final String BATCH_SIZE = "cpu_batch_size";
    private static final String QUEUES = "cpu_queues";
    private static final List<String> PLAIN = List.of(QUEUE_SIZE, BATCH_SIZE, QUEUES);
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
            case QUEUE_SIZE -> KmemCache.queue(k.m, s) + "\n";
            case BATCH_SIZE -> KmemCache.batch(k.m, s) + "\n";
            case QUEUES -> queues(task, s);
            default -> {
                StatItem item = item(name);
                yield item == null ? null : Statistics.show(k, task, s, item);
            }
        };
    }

    @Override
    public int store(Task task, long s, String name, String value) {
        if (name.equals(QUEUES) || !names().contains(name)) {
            return Errno.EIO;
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
                Statistics.clear(k, task, s, item(name));
                yield 0;
            }
        };
    }

    /** cpu_queues_show: {@code 17 C0=5/12 C1=12/12}; a CPU with an empty queue is left out. */
    private String queues(Task task, long s) {
        return k.steps.cpuWalk.under(
                k,
                task,
                () -> {
                    StringBuilder shares = new StringBuilder();
                    long total = 0;
                    for (int cpu = 0; cpu < k.geometry.cpus(); cpu++) {
                        long q = k.queueOf(k.percpu.perCpuPtr(KmemCache.cpu(k.m, s), cpu));
                        int objects = KmemCacheQueue.racyObjects(k.m, q);
                        total += objects;
                        if (objects != 0) {
                            shares.append(" C").append(cpu).append('=').append(objects);
                            shares.append('/').append(KmemCacheQueue.racyMax(k.m, q));
                        }
                    }
                    return total + shares.toString() + "\n";
                });
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
