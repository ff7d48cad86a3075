package org.slubcheck.model.lin;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slubcheck.kernel.Census;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.SlabConfig;

/**
 * A kernel of its own for one interleaving, and the books kept outside of it: who holds which
 * object. An observer: the model checker does not switch in it. The template is static because
 * Lincheck makes the test classes itself; one check runs at a time.
 */
public final class Bench {
    private static final int OBJECT = 32;

    private static Kernel template;
    private static long pool;
    private static long[] given = {};
    private static long[] names = {};

    private final Kernel kernel;
    private final Map<Integer, long[]> hands = new HashMap<>();
    private final Map<Long, Integer> owners = new HashMap<>();

    private Bench(Kernel kernel) {
        this.kernel = kernel;
    }

    /**
     * Boots the template: the micro machine without sysfs. Each CPU has taken an object of the pool
     * and holds it, so its queue is filled. Each kind of cache of the registry exists once.
     */
    public static void boot(Steps steps) {
        SlabConfig slab = SlabConfig.defaults().withSysfs(false);
        template = Kernel.bootChecked(KernelConfig.of(Geometry.micro()).with(slab), steps);
        pool = template.slab().create(template.task(0), "pool", OBJECT, 0, 0, 0);
        names = new long[] {template.slab().literal("odd"), template.slab().literal("even")};
        for (int kind = 0; kind < names.length; kind++) {
            template.slab().create(template.task(0), names[kind], RegistryTest.size(kind), 0, 0, 0);
        }
        given = new long[template.geometry().cpus()];
        for (int cpu = 0; cpu < given.length; cpu++) {
            given[cpu] = template.slab().alloc(template.task(cpu), pool, Gfp.KERNEL);
        }
        if (!template.reports().isEmpty()) {
            throw new IllegalStateException("broken before it starts: " + template.reports());
        }
    }

    /** Lets go of the template. */
    public static void shutDown() {
        template = null;
    }

    static Bench start() {
        Bench bench = new Bench(template.forkChecked());
        for (int cpu = 0; cpu < given.length; cpu++) {
            bench.took(cpu, given[cpu]);
        }
        return bench;
    }

    Kernel kernel() {
        return kernel;
    }

    long pool() {
        return pool;
    }

    Task task(int cpu) {
        return kernel.task(cpu);
    }

    /** The address of the name of a kind, placed in the template. */
    static long kindName(int kind) {
        return names[kind];
    }

    /** A CPU got an object: 1, or 0 for none, or -1 when somebody holds it already. */
    int took(int cpu, long object) {
        if (object == 0) {
            return 0;
        }
        long[] hand = hands.getOrDefault(cpu, new long[0]);
        long[] more = Arrays.copyOf(hand, hand.length + 1);
        more[hand.length] = object;
        hands.put(cpu, more);
        return owners.put(object, cpu) == null ? 1 : -1;
    }

    /** The object that a CPU got last leaves its hand; 0 when it holds none. */
    long gives(int cpu) {
        long[] hand = hands.getOrDefault(cpu, new long[0]);
        if (hand.length == 0) {
            return 0;
        }
        hands.put(cpu, Arrays.copyOf(hand, hand.length - 1));
        owners.remove(hand[hand.length - 1]);
        return hand[hand.length - 1];
    }

    /** What the kernel and the census say at the end. */
    List<String> wrong() {
        kernel.checked().stopRaceDetection();
        List<String> all = new ArrayList<>(kernel.reports());
        long[] held = hands.values().stream().flatMapToLong(Arrays::stream).toArray();
        all.addAll(Census.of(kernel, held));
        return all;
    }
}
