package org.slubcheck.kunit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.kernel.Census;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Bulk;
import org.slubcheck.slab.Ctors;
import org.slubcheck.slab.MemInit;
import org.slubcheck.slab.SlabFlags;

/**
 * The actions of the kernel's test of initialised memory (lib/test_meminit.c): kmalloc, caches with
 * all combinations of constructor, RCU and zeroing, an RCU cache whose objects stay as they are, bulk
 * allocation. Each with init_on_alloc and with init_on_free; without both, the twin finds garbage.
 */
class MeminitTest {
    private static final int ROUNDS = 10;
    private static final int[] SIZES = {8, 16, 64, 72, 256};

    record Machine(String engine, boolean checked, MemInit init) {}

    static List<Machine> machines() {
        List<Machine> machines = new ArrayList<>();
        for (String engine : KernelConfig.ENGINES) {
            for (boolean checked : new boolean[] {false, true}) {
                machines.add(new Machine(engine, checked, new MemInit(true, false)));
                machines.add(new Machine(engine, checked, new MemInit(false, true)));
                machines.add(new Machine(engine, checked, new MemInit(true, true)));
                machines.add(new Machine(engine, checked, MemInit.OFF));
            }
        }
        return machines;
    }

    private Kernel kernel;
    private Memory m;
    private Task t;

    private void boot(Machine machine, long debug) {
        KernelConfig config = KernelConfig.of(SlubKunit.MACHINE).withEngine(machine.engine);
        config =
                config.with(
                        config.slab()
                                .withMerge(false)
                                .withInit(machine.init)
                                .withDebugFlags(debug));
        kernel =
                machine.checked
                        ? Kernel.bootChecked(config, Steps.mainline())
                        : Kernel.boot(config, Steps.mainline());
        m = kernel.memory();
        t = kernel.task(0);
    }

    private int nonZero(long p, int from, int size) {
        int count = 0;
        for (int i = from; i < size; i++) {
            count += m.peekByte(p + i) != 0 ? 1 : 0;
        }
        return count;
    }

    private void sound(long... held) {
        assertThat(kernel.reports()).isEmpty();
        assertThat(Census.of(kernel, held)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("machines")
    void kmalloc(Machine machine) {
        boot(machine, 0);
        int dirty = 0;
        for (int size : new int[] {8, 100, 4096, 3 * 8192}) {
            for (int round = 0; round < ROUNDS; round++) {
                long p = kernel.slab().kmalloc(t, size, Gfp.KERNEL);
                dirty += nonZero(p, 0, size);
                m.fill(p, size, 0xab);
                kernel.slab().kfree(t, p);
            }
        }
        assertThat(dirty == 0).as("bytes not zero: " + dirty).isEqualTo(machine.init.any());
        sound();
    }

    /** A block that is made smaller and larger again where it is has nothing old in what it got back. */
    @ParameterizedTest
    @MethodSource("machines")
    void kreallocInPlace(Machine machine) {
        boot(machine, 0);
        long p = kernel.slab().kmalloc(t, 60, Gfp.KERNEL);
        m.fill(p, 60, 0xab);
        assertThat(kernel.slab().krealloc(t, p, 20, Gfp.KERNEL)).isEqualTo(p);
        assertThat(kernel.slab().krealloc(t, p, 60, Gfp.KERNEL)).isEqualTo(p);
        assertThat(nonZero(p, 0, 20)).as("bytes that are kept").isEqualTo(20);
        // init_on_free has no say: nothing was freed.
        assertThat(nonZero(p, 20, 60)).isEqualTo(machine.init.onAlloc() ? 0 : 40);
        kernel.slab().kfree(t, p);
        sound();
    }

    @ParameterizedTest
    @MethodSource("machines")
    void cachesOfEveryKind(Machine machine) {
        boot(machine, 0);
        int dirty = 0;
        for (int size : SIZES) {
            for (int kind = 0; kind < 8; kind++) {
                boolean ctor = (kind & 1) != 0;
                boolean rcu = (kind & 2) != 0;
                boolean zero = (kind & 4) != 0;
                // Nobody may ask for zeroes of a cache with a constructor.
                if (!ctor || !zero) {
                    dirty += cache(size, ctor, rcu, zero);
                }
            }
        }
        assertThat(dirty == 0).as("bytes not zero: " + dirty).isEqualTo(machine.init.any());
        sound();
    }

    /** Ten rounds with one cache; bytes that should have been cleared by an option and were not. */
    private int cache(int size, boolean ctor, boolean rcu, boolean zero) {
        long flags = rcu ? SlabFlags.DESTROY_BY_RCU : 0;
        String name = "test_cache-" + size + ctor + rcu + zero;
        long s = kernel.slab().create(t, name, size, 1, flags, ctor ? Ctors.STAMP : 0);
        int dirty = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long p = kernel.slab().alloc(t, s, Gfp.KERNEL | (zero ? Gfp.ZERO : 0));
            if (ctor) {
                assertThat(m.peek(p)).isEqualTo(Ctors.STAMP_VALUE);
            } else if (zero) {
                assertThat(nonZero(p, 0, size)).isZero();
            } else if (!rcu) {
                dirty += nonZero(p, 0, size);
            }
            m.fill(p + (ctor ? 8 : 0), size - (ctor ? 8 : 0), 0xab);
            kernel.slab().free(t, s, p);
            if (ctor || rcu) {
                // What is free must stay as it is.
                assertThat(m.peekByte(p)).isEqualTo(ctor ? (int) Ctors.STAMP_VALUE & 0xff : 0xab);
                assertThat(nonZero(p, 0, size)).isEqualTo(size);
            }
        }
        kernel.slab().destroy(t, s);
        return dirty;
    }

    @ParameterizedTest
    @MethodSource("machines")
    void anObjectOfAnRcuCacheIsReadableAfterItsFree(Machine machine) {
        boot(machine, 0);
        for (int size : SIZES) {
            long s = kernel.slab().create(t, "rcu-" + size, size, 1, SlabFlags.DESTROY_BY_RCU, 0);
            long p = kernel.slab().alloc(t, s, Gfp.KERNEL);
            m.fill(p, size, 0xab);
            // An rcu_read_lock would stand here and before the check.
            kernel.slab().free(t, s, p);
            for (int i = 0; i < size; i++) {
                assertThat(m.readByte(p + i)).isEqualTo(0xab);
            }
            kernel.slab().destroy(t, s);
        }
        sound();
    }

    @ParameterizedTest
    @MethodSource("machines")
    void bulk(Machine machine) {
        boot(machine, 0);
        int dirty = 0;
        for (int size : SIZES) {
            long s = kernel.slab().create(t, "bulk-" + size, size, 0, 0, 0);
            long[] objects = new long[10];
            for (int round = 0; round < ROUNDS; round++) {
                assertThat(Bulk.alloc(kernel.slab(), t, s, Gfp.KERNEL, objects)).isEqualTo(10);
                assertThat(objects).doesNotHaveDuplicates();
                for (long p : objects) {
                    dirty += nonZero(p, 0, size);
                    m.fill(p, size, 0xab);
                }
                sound(objects);
                Bulk.free(kernel.slab(), t, s, objects, objects.length);
            }
            kernel.slab().destroy(t, s);
        }
        assertThat(dirty == 0).as("bytes not zero: " + dirty).isEqualTo(machine.init.any());
        sound();
    }

    @ParameterizedTest
    @MethodSource("machines")
    void aBulkThatFailsLeavesNothing(Machine machine) {
        boot(machine, 0);
        long s = kernel.slab().create(t, "bulk", 256, 0, 0, 0);
        assertThat(Bulk.alloc(kernel.slab(), t, s, Gfp.NOWAIT | Gfp.NOWARN, new long[2000]))
                .as("more than there is")
                .isZero();
        sound();
        long[] objects = new long[200];
        assertThat(Bulk.alloc(kernel.slab(), t, s, Gfp.KERNEL, objects)).isEqualTo(200);
        sound(objects);
    }

    @ParameterizedTest
    @MethodSource("machines")
    void poisonedObjectsAreLeftAlone(Machine machine) {
        boot(machine, SlabFlags.DEBUG_METADATA);
        long s = kernel.slab().create(t, "poisoned", 64, 0, 0, 0);
        long p = kernel.slab().alloc(t, s, Gfp.KERNEL);
        assertThat(m.peekByte(p)).isEqualTo(0x5a);
        kernel.slab().free(t, s, p);
        assertThat(m.peekByte(p)).isEqualTo(0x6b);
        sound();
    }
}
