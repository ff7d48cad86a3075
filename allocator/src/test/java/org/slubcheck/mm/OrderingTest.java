package org.slubcheck.mm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slubcheck.machine.CheckedMemory;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;

/**
 * Two CPUs use the allocators one after the other. The race detector does not see that one thread
 * was joined before the next began, so every plain access must be ordered by the kernel's own locks
 * or it is reported: that judges the locking without any luck with interleavings.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OrderingTest {
    private final MmMachine k = MmMachine.checked(Geometry.small());
    private final CheckedMemory memory = (CheckedMemory) k.memory;
    private final Task zero = Task.on(0);
    private final Task one = Task.on(1);

    @Test
    void pagesThatPassFromCpuToCpuAreOrderedByTheZoneLock() throws InterruptedException {
        memory.startRaceDetection();
        inTurn(() -> churnPages(zero), () -> churnPages(one), () -> churnPages(zero));
        assertThat(k.reports()).isEmpty();
    }

    @Test
    void areasThatPassFromCpuToCpuAreOrderedByPcpuLock() throws InterruptedException {
        k.slab.up = true;
        k.percpu.initLate(k.task);
        memory.startRaceDetection();
        inTurn(() -> churnAreas(zero), () -> churnAreas(one), () -> churnAreas(zero));
        assertThat(k.reports()).isEmpty();
    }

    /** The twin: what is handed over without a lock is reported. */
    @Test
    void aPageThatIsHandedOverWithoutALockIsARace() throws InterruptedException {
        long address = k.pages.getFreePages(k.task, Gfp.KERNEL, 0);
        memory.startRaceDetection();
        inTurn(() -> memory.write(address, 1), () -> memory.write(address, 2));
        assertThat(memory.races()).isPositive();
    }

    @Test
    void areasInParallelStayApart() throws InterruptedException {
        MmMachine bare = MmMachine.bare(Geometry.small());
        bare.slab.up = true;
        bare.percpu.initLate(bare.task);
        List<Throwable> thrown = new ArrayList<>();
        Thread first = cpu(() -> churnOwnAreas(bare, zero), thrown);
        Thread second = cpu(() -> churnOwnAreas(bare, one), thrown);
        first.start();
        second.start();
        first.join();
        second.join();
        assertThat(thrown).isEmpty();
        assertThat(bare.reports()).isEmpty();
        assertThat(bare.percpu.check()).isNull();
        assertThat(bare.percpu.allocatedBytes()).isZero();
    }

    private void churnPages(Task t) {
        List<Long> held = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            long page = k.pages.allocPages(t, Gfp.KERNEL | Gfp.COMP | Gfp.ZERO, i % 2);
            PageStruct.setFlags(memory, page, PageStruct.PG_SLAB);
            PageStruct.setSlab(memory, page, 64);
            memory.write(k.pages.addressOf(page), i);
            held.add(page);
        }
        for (int i = 0; i < 20; i++) {
            PageStruct.clearFlags(memory, held.get(i), PageStruct.PG_SLAB);
            k.pages.freePages(t, held.get(i), i % 2);
        }
    }

    private void churnAreas(Task t) {
        List<Long> held = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            long area = k.percpu.alloc(t, 16 * (i + 1), 16);
            memory.write(k.percpu.perCpuPtr(area, i % 2), i);
            held.add(area);
        }
        held.forEach(area -> k.percpu.free(t, area));
    }

    /** Stays within the first chunk: the stand-in for slab is not made for two threads. */
    private static void churnOwnAreas(MmMachine m, Task t) {
        long[] held = new long[6];
        for (int i = 0; i < 5_000 * held.length; i++) {
            int slot = i * 7 % held.length;
            if (held[slot] != 0) {
                for (int cpu = 0; cpu < 2; cpu++) {
                    if (m.memory.read(m.percpu.perCpuPtr(held[slot], cpu)) != held[slot]) {
                        throw new AssertionError("the area has another owner");
                    }
                }
                m.percpu.free(t, held[slot]);
            }
            held[slot] = m.percpu.alloc(t, 8 + i % 5 * 8, 8);
            for (int cpu = 0; cpu < 2; cpu++) {
                m.memory.write(m.percpu.perCpuPtr(held[slot], cpu), held[slot]);
            }
        }
        for (long area : held) {
            m.percpu.free(t, area);
        }
    }

    private void inTurn(Runnable... bodies) throws InterruptedException {
        List<Throwable> thrown = new ArrayList<>();
        for (Runnable body : bodies) {
            Thread thread = cpu(body, thrown);
            thread.start();
            thread.join();
        }
        assertThat(thrown).isEmpty();
    }

    private static Thread cpu(Runnable body, List<Throwable> thrown) {
        Thread thread = new Thread(body);
        thread.setUncaughtExceptionHandler(
                (which, e) -> {
                    synchronized (thrown) {
                        thrown.add(e);
                    }
                });
        return thread;
    }
}
