package org.slubcheck.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.SlabFlags;

/** CPUs that come and go, and slabs that wait for a grace period. */
final class HotplugTest {
    private static final int CPUS = 3;
    private static final int GONE = 2;

    private final Kernel kernel = boot();
    private final Task task = kernel.task(0);

    private static Kernel boot() {
        KernelConfig plain = KernelConfig.of(Geometry.small().withCpus(CPUS));
        KernelConfig unmerged = plain.with(plain.slab().withMerge(false));
        Kernel kernel = Kernel.bootChecked(unmerged, Steps.mainline());
        assertThat(kernel.reports()).isEmpty();
        return kernel;
    }

    private long cache(String name, long flags) {
        long s = kernel.slab().create(task, name, 24, 0, flags, 0);
        assertThat(s).isNotZero();
        return s;
    }

    private void useOn(int cpu, long s) {
        Task there = kernel.task(cpu);
        long object = kernel.slab().alloc(there, s, Gfp.KERNEL);
        assertThat(object).isNotZero();
        kernel.slab().free(there, s, object);
        kernel.memory().runs(task);
    }

    private boolean down() {
        return kernel.slab().hotplug().cpuDown(task, GONE);
    }

    private boolean up() {
        return kernel.slab().hotplug().cpuUp(task, GONE);
    }

    private List<String> wrong() {
        List<String> wrong = new ArrayList<>(kernel.reports());
        wrong.addAll(Census.of(kernel, new long[0]));
        return wrong;
    }

    @Test
    void theQueueOfACpuThatIsGoneIsEmpty() {
        long s = cache("victim", 0);
        useOn(GONE, s);
        assertThat(kernel.slubq().peekQueue(s, GONE)).isNotEmpty();
        assertThat(down()).isTrue();
        assertThat(kernel.slubq().peekQueue(s, GONE)).isEmpty();
        assertThat(wrong()).isEmpty();
    }

    @Test
    void aCpuComesAndGoesOnceAtATime() {
        assertThat(up()).isFalse();
        assertThat(down()).isTrue();
        assertThat(down()).isFalse();
        assertThat(up()).isTrue();
        useOn(GONE, cache("victim", 0));
        assertThat(wrong()).isEmpty();
    }

    @Test
    void nobodyTakesHisOwnCpuDown() {
        assertThat(kernel.slab().hotplug().cpuDown(task, task.cpu())).isFalse();
        assertThat(kernel.machine().cpuOnline(task.cpu())).isTrue();
    }

    @Test
    void anIpiReachesOnlineCpusAndAFlushReachesAll() {
        down();
        List<Integer> online = new ArrayList<>();
        kernel.machine().onEachCpu(task, irq -> online.add(irq.cpu()));
        assertThat(online).containsExactly(0, 1);
        List<Integer> possible = new ArrayList<>();
        kernel.machine().onEachPossibleCpu(task, irq -> possible.add(irq.cpu()));
        assertThat(possible).containsExactly(0, 1, 2);
        kernel.machine().onCpu(task, GONE, irq -> online.add(irq.cpu()));
        assertThat(online).hasSize(2);
        assertThat(wrong()).isEmpty();
    }

    @Test
    void aFileIsReadByTheNameOfItsCacheUntilThatIsGone() {
        long s = cache("victim", 0);
        assertThat(kernel.slab().readAttribute(task, "victim", "objects")).isEqualTo("0\n");
        assertThat(kernel.slab().readAttribute(task, "victim", "no_such_file")).isNull();
        kernel.slab().destroy(task, s);
        assertThat(kernel.slab().readAttribute(task, "victim", "objects")).isNull();
        assertThat(wrong()).isEmpty();
    }

    private boolean isSlab(long object) {
        return PageStruct.isSlab(kernel.memory(), kernel.pages().pageOf(object));
    }

    @Test
    void aSlabThatAReaderMayStillSeeStaysUntilHeLeaves() {
        long s = cache("victim", SlabFlags.DESTROY_BY_RCU);
        long object = kernel.slab().alloc(task, s, Gfp.KERNEL);
        Task reader = kernel.task(1);
        kernel.slab().rcu().readLock(reader);
        kernel.memory().runs(task);
        kernel.slab().free(task, s, object);
        assertThat(kernel.slab().shrink(task, s)).isZero();
        kernel.memory().runs(reader);
        kernel.memory().read(object);
        assertThat(kernel.reports()).as("the object is readable").isEmpty();
        assertThat(isSlab(object)).isTrue();
        kernel.slab().rcu().readUnlock(reader);
        assertThat(isSlab(object)).isFalse();
        kernel.memory().runs(task);
        assertThat(wrong()).isEmpty();
    }

    @Test
    void withoutTheFlagTheSlabGoesUnderTheReader() {
        long s = cache("victim", 0);
        long object = kernel.slab().alloc(task, s, Gfp.KERNEL);
        Task reader = kernel.task(1);
        kernel.slab().rcu().readLock(reader);
        kernel.memory().runs(task);
        kernel.slab().free(task, s, object);
        assertThat(kernel.slab().shrink(task, s)).isZero();
        kernel.memory().runs(reader);
        kernel.memory().read(object);
        kernel.slab().rcu().readUnlock(reader);
        assertThat(kernel.reports()).hasSize(1);
        assertThat(kernel.reports().get(0)).contains("use-after-free");
    }

    @Test
    void whoSleepsInAReadSectionIsReported() {
        kernel.slab().rcu().readLock(task);
        kernel.machine().mightSleep(task, "the test");
        kernel.slab().rcu().readUnlock(task);
        assertThat(kernel.reports())
                .singleElement()
                .asString()
                .startsWith("BUG: sleeping function called from invalid context at the test");
    }

    @Test
    void aBarrierLeavesNothingOfADestroyedCache() {
        Set<Long> caches = Set.copyOf(kernel.slab().caches());
        for (int i = 0; i < 3; i++) {
            long s = cache("victim", SlabFlags.DESTROY_BY_RCU);
            useOn(GONE, s);
            kernel.slab().destroy(task, s);
        }
        assertThat(Set.copyOf(kernel.slab().caches())).isEqualTo(caches);
        assertThat(wrong()).isEmpty();
    }
}
