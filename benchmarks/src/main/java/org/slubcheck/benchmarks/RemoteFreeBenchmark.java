package org.slubcheck.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Control;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Slab;

/**
 * One thread allocates 64 objects of 64 bytes, the other frees them: the remote free of the kernel's
 * slab_test. CPU 1's queue drains into the slabs and CPU 0's is refilled from them. The figure is for
 * an object. The batch changes hands by one reference, and at most one is on its way.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class RemoteFreeBenchmark {
    static final int BATCH = 64;

    /** Where a batch lies between the two threads. */
    static final class Hand<B> {
        private final AtomicReference<B> full = new AtomicReference<>();
        private final AtomicReference<B> empty;

        Hand(B batch) {
            empty = new AtomicReference<>(batch);
        }

        /** An empty batch, or null when the run ends. */
        B takeEmpty(Control control) {
            return take(empty, control);
        }

        /** A full batch, or null when the run ends. */
        B takeFull(Control control) {
            return take(full, control);
        }

        void putEmpty(B batch) {
            empty.setRelease(batch);
        }

        void putFull(B batch) {
            full.setRelease(batch);
        }

        private static <B> B take(AtomicReference<B> from, Control control) {
            int spins = 0;
            while (!control.stopMeasurement) {
                B batch = from.getAcquire();
                if (batch != null) {
                    from.setPlain(null);
                    return batch;
                }
                // The other thread may want this processor.
                if ((++spins & 0xff) == 0) {
                    Thread.yield();
                } else {
                    Thread.onSpinWait();
                }
            }
            return null;
        }
    }

    /** The allocator. */
    @State(Scope.Group)
    public static class Machine {
        final Kernel kernel = Machines.desktop();
        final Slab slab = kernel.slab();
        final long cache = slab.kmallocCache(PairBenchmark.BYTES, Gfp.KERNEL);
        final Hand<long[]> hand = new Hand<>(new long[BATCH]);
    }

    /** Netty. */
    @State(Scope.Group)
    public static class Netty {
        final ByteBufAllocator allocator = new PooledByteBufAllocator(true);
        final Hand<ByteBuf[]> hand = new Hand<>(new ByteBuf[BATCH]);
    }

    /** The C library. */
    @State(Scope.Group)
    public static class C {
        final Hand<long[]> hand = new Hand<>(new long[BATCH]);
    }

    /** kmem_cache_alloc on CPU 0. */
    @Benchmark
    @Group("kmemCache")
    @OperationsPerInvocation(BATCH)
    public void kmemCacheAlloc(Machine machine, Control control) {
        long[] batch = machine.hand.takeEmpty(control);
        if (batch != null) {
            Task task = Task.on(0);
            for (int i = 0; i < BATCH; i++) {
                batch[i] = machine.slab.alloc(task, machine.cache, Gfp.KERNEL);
            }
            machine.hand.putFull(batch);
        }
    }

    /** kmem_cache_free on CPU 1. */
    @Benchmark
    @Group("kmemCache")
    @OperationsPerInvocation(BATCH)
    public void kmemCacheFree(Machine machine, Control control) {
        long[] batch = machine.hand.takeFull(control);
        if (batch != null) {
            Task task = Task.on(1);
            for (int i = 0; i < BATCH; i++) {
                machine.slab.free(task, machine.cache, batch[i]);
            }
            machine.hand.putEmpty(batch);
        }
    }

    /** Netty, allocating thread. */
    @Benchmark
    @Group("netty")
    @OperationsPerInvocation(BATCH)
    public void nettyAlloc(Netty netty, Control control) {
        ByteBuf[] batch = netty.hand.takeEmpty(control);
        if (batch != null) {
            for (int i = 0; i < BATCH; i++) {
                batch[i] = netty.allocator.directBuffer(PairBenchmark.BYTES, PairBenchmark.BYTES);
            }
            netty.hand.putFull(batch);
        }
    }

    /** Netty, freeing thread. */
    @Benchmark
    @Group("netty")
    @OperationsPerInvocation(BATCH)
    public void nettyFree(Netty netty, Control control) {
        ByteBuf[] batch = netty.hand.takeFull(control);
        if (batch != null) {
            for (int i = 0; i < BATCH; i++) {
                batch[i].release();
            }
            netty.hand.putEmpty(batch);
        }
    }

    /** malloc. */
    @Benchmark
    @Group("unsafe")
    @OperationsPerInvocation(BATCH)
    public void unsafeAlloc(C c, Control control) {
        long[] batch = c.hand.takeEmpty(control);
        if (batch != null) {
            for (int i = 0; i < BATCH; i++) {
                batch[i] = Malloc.alloc(PairBenchmark.BYTES);
            }
            c.hand.putFull(batch);
        }
    }

    /** free. */
    @Benchmark
    @Group("unsafe")
    @OperationsPerInvocation(BATCH)
    public void unsafeFree(C c, Control control) {
        long[] batch = c.hand.takeFull(control);
        if (batch != null) {
            for (int i = 0; i < BATCH; i++) {
                Malloc.free(batch[i]);
            }
            c.hand.putEmpty(batch);
        }
    }
}
