package org.slubcheck.slub;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.machine.Task;
import org.slubcheck.slab.EngineAttributes;
import org.slubcheck.slab.Errno;

/**
 * The sysfs files of 2.6.36 that know about CPU slabs:
 *
 * <pre>
 *   cpu_slabs        "2 N0=1 N1=1": slabs that CPUs have, by node
 *   validate         1 checks all objects of listed slabs
 *   alloc_refill…    "9 C0=4 C1=5": counters, on a kernel with statistics; 0 resets
 * </pre>
 */
final class SlubAttributes implements EngineAttributes {
    private static final String CPU_SLABS = "cpu_slabs";
    private static final String VALIDATE = "validate";
    private static final List<String> PLAIN = List.of(CPU_SLABS, VALIDATE);
    private static final List<String> WITH_STATS = withStats();

    private final Slub k;

    SlubAttributes(Slub k) {
        this.k = k;
    }

    @Override
    public List<String> names() {
        return k.config.stats() ? WITH_STATS : PLAIN;
    }

    @Override
    public String show(Task task, long s, String name) {
        return switch (name) {
            case CPU_SLABS -> k.slab.underHandlerLock(task, () -> CpuSlabs.show(k, task, s));
            case VALIDATE -> "";
            default -> {
                StatItem item = item(name);
                yield item == null ? null : k.slab.underHandlerLock(task, () -> counters(s, item));
            }
        };
    }

    @Override
    public int store(Task task, long s, String name, String value) {
        if (name.equals(CPU_SLABS) || !names().contains(name)) {
            return Errno.EIO;
        }
        if (name.equals(VALIDATE)) {
            if (!value.startsWith("1")) {
                return Errno.EINVAL;
            }
            return k.slab.underHandlerLock(task, () -> validate(task, s));
        }
        // A counter can be reset, not set.
        if (!value.strip().equals("0")) {
            return Errno.EINVAL;
        }
        return k.slab.underHandlerLock(task, () -> reset(s, item(name)));
    }

    private int validate(Task task, long s) {
        k.validate(task, s);
        return 0;
    }

    private int reset(long s, StatItem item) {
        for (int cpu = 0; cpu < k.geometry.cpus(); cpu++) {
            k.m.writeOnceInt(counter(s, cpu, item), 0);
        }
        return 0;
    }

    /** show_stat: the sum, and the share of each CPU that has one; racy by design. */
    private String counters(long s, StatItem item) {
        StringBuilder shares = new StringBuilder();
        long sum = 0;
        for (int cpu = 0; cpu < k.geometry.cpus(); cpu++) {
            long count = k.m.readOnceInt(counter(s, cpu, item)) & 0xffffffffL;
            sum += count;
            if (count != 0) {
                shares.append(" C").append(cpu).append('=').append(count);
            }
        }
        return sum + shares.toString() + "\n";
    }

    private long counter(long s, int cpu, StatItem item) {
        return k.counter(k.area(s, cpu), item);
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
