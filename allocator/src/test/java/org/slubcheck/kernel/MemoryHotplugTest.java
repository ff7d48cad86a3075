package org.slubcheck.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Geometry.LateMemory;
import org.slubcheck.machine.Lockdep;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.KmemCache;

/** Memory of a node that comes and goes. */
final class MemoryHotplugTest {
    /** The node, and the CPU that is next to it. */
    private static final int LATE = 1;

    /** Of each node: enough that nobody has to look elsewhere. */
    private static final int PAGES = 240;

    private final Kernel kernel = boot(new LateMemory(1, 0));
    private final Task task = kernel.task(0);

    private static Kernel boot(LateMemory late) {
        Geometry numa =
                Geometry.numa(2)
                        .withPages(new Geometry.ZonePages(16, 0, PAGES, 0, 0))
                        .withLate(late);
        KernelConfig plain = KernelConfig.of(numa);
        KernelConfig queues = plain.with(plain.slab().withMerge(false).withSharedQueues(true));
        Kernel kernel = Kernel.bootChecked(queues, Steps.mainline());
        assertThat(kernel.reports()).isEmpty();
        assertThat(Census.of(kernel, new long[0])).isEmpty();
        return kernel;
    }

    private long cache(String name) {
        long s = kernel.slab().create(task, name, 24, 0, 0, 0);
        assertThat(s).isNotZero();
        return s;
    }

    private boolean online() {
        return kernel.slab().memoryHotplug().online(task, LATE);
    }

    private boolean offline() {
        return kernel.slab().memoryHotplug().offline(task, LATE);
    }

    private long take(int cpu, long s) {
        long object = kernel.slab().alloc(kernel.task(cpu), s, Gfp.KERNEL);
        assertThat(object).isNotZero();
        kernel.memory().runs(task);
        return object;
    }

    private void give(int cpu, long s, long object) {
        kernel.slab().free(kernel.task(cpu), s, object);
        kernel.memory().runs(task);
    }

    private int nodeOf(long object) {
        return kernel.pages().nodeOf(kernel.pages().pageOf(object));
    }

    private long struct(long s, int node) {
        return kernel.memory().peek(KmemCache.nodeSlot(s, node));
    }

    private List<String> wrong(long... held) {
        List<String> wrong = new ArrayList<>(kernel.reports());
        wrong.addAll(Census.of(kernel, held));
        return wrong;
    }

    @Test
    void aCpuWithoutMemoryOfItsOwnIsServedByTheNextNode() {
        long s = cache("victim");
        assertThat(nodeOf(take(LATE, s))).isZero();
        assertThat(struct(s, LATE)).isZero();
        assertThat(kernel.pages().freePagesOfNode(LATE)).isZero();
    }

    @Test
    void everyCacheHasAStructBeforeTheMemoryComes() {
        long s = cache("victim");
        long before = take(LATE, s);
        assertThat(online()).isTrue();
        assertThat(kernel.pages().freePagesOfNode(LATE)).isEqualTo(PAGES);
        for (long each : kernel.slab().caches()) {
            assertThat(struct(each, LATE)).isNotZero();
            assertThat(nodeOf(struct(each, LATE))).isZero();
        }
        long after = take(LATE, s);
        assertThat(nodeOf(after)).isEqualTo(LATE);
        assertThat(wrong(before, after)).isEmpty();
        give(LATE, s, before);
        give(0, s, after);
        assertThat(wrong()).isEmpty();
    }

    @Test
    void aNodeGoesWhenNobodyHoldsAnObjectOfIt() {
        long s = cache("victim");
        assertThat(offline()).isFalse();
        assertThat(online()).isTrue();
        assertThat(online()).isFalse();
        long object = take(LATE, s);
        assertThat(offline()).isFalse();
        assertThat(wrong(object)).isEmpty();
        assertThat(nodeOf(take(LATE, s))).as("it is in use again").isEqualTo(LATE);
    }

    @Test
    void structsStayForTheNextTime() {
        long s = cache("victim");
        online();
        long struct = struct(s, LATE);
        long object = take(LATE, s);
        give(0, s, object);
        assertThat(offline()).isTrue();
        assertThat(wrong()).isEmpty();
        assertThat(struct(s, LATE)).isEqualTo(struct);
        long other = cache("while-gone");
        assertThat(struct(other, LATE)).isZero();
        assertThat(nodeOf(take(LATE, s))).isZero();
        assertThat(online()).isTrue();
        assertThat(struct(s, LATE)).isEqualTo(struct);
        assertThat(struct(other, LATE)).isNotZero();
        assertThat(offline()).isTrue();
        assertThat(kernel.reports()).isEmpty();
    }

    @Test
    void memoryThatWasThereAtBootStays() {
        assertThat(kernel.slab().memoryHotplug().offline(task, 0)).isFalse();
        assertThat(wrong()).isEmpty();
    }

    @Test
    void memoryMayBeAnnouncedAtAnyPointOfTheBoot() {
        for (int point = 1; point <= 5; point++) {
            Kernel booted = boot(new LateMemory(1, point));
            assertThat(booted.pages().freePagesOfNode(LATE)).as("point " + point).isPositive();
            for (long s : booted.slab().caches()) {
                assertThat(booted.memory().peek(KmemCache.nodeSlot(s, LATE))).isNotZero();
            }
        }
    }

    @Test
    void lockOrderIsTheDocumentedOne() {
        online();
        offline();
        assertThat(kernel.machine().observer()).isInstanceOf(Lockdep.class);
        assertThat(((Lockdep) kernel.machine().observer()).edges())
                .isNotEmpty()
                .allMatch(Lockdep.Edge::documented);
    }
}
