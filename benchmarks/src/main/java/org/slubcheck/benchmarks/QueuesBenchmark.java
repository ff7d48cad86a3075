package org.slubcheck.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Slab;

/**
 * What each kind of queue is good for: objects of 64 bytes that one CPU allocates and others free,
 * as in the kernel's slab_test. CPUs 0 and 2 are on one node and share a cache, 1 and 3 on another.
 *
 * <p>One thread plays all CPUs in turn, so the figure, for an object, is of the work that is done and
 * not of processors that wait for each other: it can be had on a machine of any size, and it leaves
 * out what a queue saves in contention.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class QueuesBenchmark {
    /** Objects of one invocation, a multiple of {@link #inFlight} in any case. */
    static final int OBJECTS = 8192;

    private static final int CPUS = 4;

    /** The least that cpu_queue_size takes: there is no running without a queue. */
    private static final int LEAST = 4;

    /**
     * {@code least} is a CPU queue of 4, {@code percpu} the one that a cache starts with; {@code
     * shared} has shared queues too, {@code alien} those and alien queues.
     */
    @Param({"least", "percpu", "shared", "alien"})
    public String queues;

    /** Objects that are allocated before the first is freed. */
    @Param({"64", "8192"})
    public int inFlight;

    private Slab slab;
    private long cache;
    private long[] held;
    private final Task[] cpus = new Task[CPUS];

    /** Boots, and makes the queues what they are to be. */
    @Setup(Level.Trial)
    public void boot() {
        Kernel kernel =
                Machines.twoNodes(CPUS, !queues.equals("least") && !queues.equals("percpu"));
        slab = kernel.slab();
        cache = slab.kmallocCache(PairBenchmark.BYTES, Gfp.KERNEL);
        held = new long[inFlight];
        for (int cpu = 0; cpu < CPUS; cpu++) {
            cpus[cpu] = kernel.task(cpu);
        }
        int error =
                switch (queues) {
                    case "least" -> kernel.slubq().setCpuQueueSize(cpus[0], cache, LEAST);
                    case "shared" -> kernel.slubq().setAlienQueueSize(cpus[0], cache, 0);
                    default -> 0;
                };
        if (error != 0) {
            throw new IllegalStateException("the queues cannot be set: " + error);
        }
    }

    private void run(int... freeing) {
        for (int done = 0; done < OBJECTS; done += inFlight) {
            for (int i = 0; i < inFlight; i++) {
                held[i] = slab.alloc(cpus[0], cache, Gfp.KERNEL);
            }
            int share = inFlight / freeing.length;
            for (int i = 0; i < inFlight; i++) {
                slab.free(cpus[freeing[i / share]], cache, held[i]);
            }
        }
    }

    /** CPU 0 allocates and frees: what queues cost who does not need them. */
    @Benchmark
    @OperationsPerInvocation(OBJECTS)
    public void local() {
        run(0);
    }

    /** CPU 0 allocates, CPU 2 of the same node frees. */
    @Benchmark
    @OperationsPerInvocation(OBJECTS)
    public void remoteFreeSameNode() {
        run(2);
    }

    /** CPU 0 allocates, CPU 1 of the other node frees. */
    @Benchmark
    @OperationsPerInvocation(OBJECTS)
    public void remoteFreeOtherNode() {
        run(1);
    }

    /** CPU 0 allocates, all CPUs free their share. */
    @Benchmark
    @OperationsPerInvocation(OBJECTS)
    public void oneAllocatesAllFree() {
        run(0, 1, 2, 3);
    }
}
