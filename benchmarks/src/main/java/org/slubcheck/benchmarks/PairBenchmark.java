package org.slubcheck.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
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
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Slab;

/**
 * Allocates 64 bytes, writes a word, frees; one thread, everything warm. {@link #floor} is what the
 * ratios are against, and belongs into every run; {@link #checkedFloor} is how near code can come.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class PairBenchmark {
    static final int BYTES = 64;

    private static final int WARM = 16;

    /** {@link LineStack}. */
    @State(Scope.Thread)
    public static class Floor {
        final LineStack stack = new LineStack(WARM);
    }

    /** {@link CheckedStack}. */
    @State(Scope.Thread)
    public static class Checked {
        final CheckedStack stack = new CheckedStack(WARM);
        final int cpu = 0;
        final int gfp = Gfp.KERNEL;
    }

    /** A desktop machine whose CPU 0 has objects of 64 bytes in its queue. */
    @State(Scope.Thread)
    public static class Machine {
        final Kernel kernel = Machines.desktop();
        final Slab slab = kernel.slab();
        final Memory memory = kernel.memory();
        final Task task = kernel.task(0);
        final long cache = slab.kmallocCache(BYTES, Gfp.KERNEL);

        /** Fills the queue. */
        public Machine() {
            long[] objects = new long[WARM];
            for (int i = 0; i < WARM; i++) {
                objects[i] = slab.alloc(task, cache, Gfp.KERNEL);
            }
            for (long object : objects) {
                slab.free(task, cache, object);
            }
        }
    }

    private final ByteBufAllocator netty = new PooledByteBufAllocator(true);

    /** Pop and push in one array, around a line word. */
    @Benchmark
    public long floor(Floor floor) {
        LineStack stack = floor.stack;
        long object = stack.pop();
        stack.write(object, object);
        stack.push(object);
        return object;
    }

    /** The floor and the looks that an allocation and a free must take, by hand. */
    @Benchmark
    public long checkedFloor(Checked checked) {
        CheckedStack stack = checked.stack;
        long cache = stack.cache();
        long object = stack.alloc(checked.cpu, cache, checked.gfp);
        stack.write(object, object);
        stack.free(checked.cpu, cache, object);
        return object;
    }

    /** kmem_cache_alloc and kmem_cache_free. */
    @Benchmark
    public long kmemCache(Machine machine) {
        long object = machine.slab.alloc(machine.task, machine.cache, Gfp.KERNEL);
        machine.memory.write(object, object);
        machine.slab.free(machine.task, machine.cache, object);
        return object;
    }

    /** kmalloc and kfree: the same with the search for the cache. */
    @Benchmark
    public long kmalloc(Machine machine) {
        long object = machine.slab.kmalloc(machine.task, BYTES, Gfp.KERNEL);
        machine.memory.write(object, object);
        machine.slab.kfree(machine.task, object);
        return object;
    }

    /** The pooled allocator of Netty, direct memory. */
    @Benchmark
    public Object netty() {
        ByteBuf buffer = netty.directBuffer(BYTES, BYTES);
        buffer.setLong(0, BYTES);
        buffer.release();
        return buffer;
    }

    /** malloc and free of the C library by Unsafe. */
    @Benchmark
    public long unsafe() {
        long object = Malloc.alloc(BYTES);
        Malloc.write(object, object);
        Malloc.free(object);
        return object;
    }
}
