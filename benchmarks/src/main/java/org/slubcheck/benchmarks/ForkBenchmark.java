package org.slubcheck.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Memory;

/**
 * A fork of the booted micro machine against a copy of an array of its size. Every sample, every
 * interleaving and every property starts with a fork.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class ForkBenchmark {
    private final Kernel template = Machines.micro();
    private final long[] words = new long[(int) (template.memory().size() / Memory.WORD)];

    /** The floor: the array alone. */
    @Benchmark
    public long[] copy() {
        return words.clone();
    }

    /** Array, wiring, console. */
    @Benchmark
    public Kernel fork() {
        return template.fork();
    }
}
