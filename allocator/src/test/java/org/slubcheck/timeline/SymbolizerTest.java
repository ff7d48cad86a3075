package org.slubcheck.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.ListHead;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;

/** Every address and value has its name in the kernel's vocabulary. */
class SymbolizerTest {
    private final Kernel small = boot(Geometry.small());
    private final Kernel micro = boot(Geometry.micro());
    private final Task task = small.task(0);
    private final long victim = small.slab().create(task, "victim", 40, 0, 0, 0);
    private final Memory m = small.memory();

    private static Kernel boot(Geometry geometry) {
        KernelConfig plain = KernelConfig.of(geometry).withDebugPercpu(true);
        return Kernel.boot(plain.with(plain.slab().withMerge(false)));
    }

    private String name(long address) {
        return new Symbolizer(small).name(address);
    }

    private String value(long value) {
        return new Symbolizer(small).value(value);
    }

    @Test
    void variablesOfTheKernelHaveTheirNames() {
        assertThat(name(0)).isEqualTo("NULL");
        assertThat(name(8)).isEqualTo("NULL+8");
        assertThat(name(small.machine().line(1))).isEqualTo("cpu#1 irq");
        assertThat(name(small.slab().wiring().slubLock())).isEqualTo("slub_lock");
        assertThat(name(small.slab().wiring().slabCaches())).isEqualTo("slab_caches.next");
        assertThat(name(small.slab().wiring().kmallocSlot(5))).isEqualTo("kmalloc_caches[5]");
        assertThat(name(m.size() + 64)).isEqualTo(String.format("0x%x", m.size() + 64));
        long lock =
                small.map().symbols().stream()
                        .filter(symbol -> symbol.name().equals("zone Normal@0"))
                        .findFirst()
                        .orElseThrow()
                        .address();
        assertThat(name(lock)).isEqualTo("zone Normal@0 lock");
    }

    @Test
    void fieldsOfStructsHaveTheNameOfTheirCacheAndTheirOwn() {
        assertThat(name(victim + KmemCache.BATCH)).isEqualTo("victim batch");
        assertThat(name(small.slab().node(victim, 0) + KmemCacheNode.LIST_LOCK))
                .isEqualTo("victim node[0].list_lock");
        assertThat(name(victim + KmemCache.NODE)).isEqualTo("victim node[0]");
        long embedded = micro.slab().kmemCache();
        assertThat(new Symbolizer(micro).name(embedded + KmemCache.NODE))
                .isEqualTo("kmem_cache node[0].list_lock");
        long page = small.pages().pageAt(3);
        assertThat(name(page + PageStruct.FREELIST)).isEqualTo("page#3 freelist");
    }

    @Test
    void anObjectIsNamedByItsCacheAndPlace() {
        long object = small.slab().alloc(task, victim, Gfp.KERNEL);
        assertThat(name(object)).matches("victim object \\d+ of page#\\d+");
        assertThat(name(object + 8)).isEqualTo(name(object) + " +8");
    }

    @Test
    void aSlabThatIsBeingMadeIsNamedByItsCache() {
        long object = small.slab().alloc(task, victim, Gfp.KERNEL);
        String name = name(object);
        PageStruct.clearFlags(m, small.pages().pageOf(object), PageStruct.PG_SLAB);
        assertThat(name(object)).isEqualTo(name);
        PageStruct.setSlab(m, small.pages().pageOf(object), 0);
        assertThat(name(object)).matches("page#\\d+ \\+0x[0-9a-f]+");
    }

    @Test
    void anAreaIsNamedByItsCacheCpuAndField() {
        long area = m.peek(victim + KmemCache.CPU);
        long q = small.slubq().queueOf(area);
        assertThat(name(q)).isEqualTo("victim cpu#0 q.objects");
        assertThat(name(q + small.percpu().unitSize())).isEqualTo("victim cpu#1 q.objects");
        assertThat(name(q + 16)).isEqualTo("victim cpu#0 q.object[0]");
    }

    @Test
    void anOldAreaEndsWhereItEnded() {
        Symbolizer names = new Symbolizer(small);
        long old = m.peek(victim + KmemCache.CPU);
        int bytes =
                small.percpu().areas().stream()
                        .filter(area -> area.pointer() == old)
                        .findFirst()
                        .orElseThrow()
                        .bytes();
        assertThat(small.slubq().setCpuQueueSize(task, victim, 20)).isZero();
        long fresh = m.peek(victim + KmemCache.CPU);
        names.remember(victim, fresh);

        for (int cpu = 0; cpu < 2; cpu++) {
            long copy = small.percpu().perCpuPtr(old, cpu);
            assertThat(names.name(copy + 8)).startsWith("victim cpu#" + cpu + " (old area) ");
            assertThat(names.name(copy + bytes - 8)).contains("(old area)");
            assertThat(names.name(copy + bytes)).doesNotContain("(old area)");
        }
        m.writeInt(small.slubq().queueOf(old) + 4, 1000);
        assertThat(names.name(old + bytes)).as("a wild max").doesNotContain("(old area)");
        assertThat(names.name(small.slubq().queueOf(fresh))).isEqualTo("victim cpu#0 q.objects");
    }

    @Test
    void anAreaThatAnotherCacheGotIsThatCaches() {
        Symbolizer names = new Symbolizer(small);
        long old = m.peek(victim + KmemCache.CPU);
        assertThat(small.slubq().setCpuQueueSize(task, victim, 20)).isZero();
        long heir = small.slab().create(task, "heir", 40, 0, 0, 0);
        assertThat(m.peek(heir + KmemCache.CPU)).isEqualTo(old);
        names.adopt(heir);
        names.remember(heir, old);
        assertThat(names.name(small.slubq().queueOf(old))).isEqualTo("heir cpu#0 q.objects");
    }

    @Test
    void valuesAreNumbersPointersOrNames() {
        assertThat(value(0)).isEqualTo("0");
        assertThat(value(-1)).isEqualTo("-1");
        assertThat(value(17)).isEqualTo("17");
        assertThat(value(ListHead.LIST_POISON1)).isEqualTo("LIST_POISON1");
        assertThat(value(victim)).isEqualTo("&victim");
        assertThat(value(victim + KmemCache.LIST)).isEqualTo("&victim.list");
        assertThat(value(small.slab().wiring().slabCaches())).isEqualTo("&slab_caches");
        long area = m.peek(victim + KmemCache.CPU);
        assertThat(value(area)).isEqualTo(String.format("percpu 0x%x", area));
        assertThat(value(small.pages().pageAt(2))).isEqualTo("page#2");
        assertThat(value(1L << 40)).isEqualTo("0x10000000000");
        long object = small.slab().alloc(task, victim, Gfp.KERNEL);
        assertThat(value(object)).matches("object \\d+ of page#\\d+");
        long page = small.pages().pageOf(object);
        assertThat(new Symbolizer(small).value(page + PageStruct.FREELIST, 5))
                .isEqualTo("free {0 2}");
        assertThat(new Symbolizer(small).value(page + PageStruct.FREELIST, 0))
                .isEqualTo("none free");
    }

    @Test
    void aCacheThatIsGoneIsRemembered() {
        Symbolizer names = new Symbolizer(small);
        small.slab().destroy(task, victim);
        assertThat(names.name(victim + KmemCache.BATCH)).isEqualTo("victim batch");
        assertThat(names.cacheIn("victim batch")).isEqualTo("victim");
        assertThat(names.cacheIn("page#3 flags")).isEmpty();
    }

    @Test
    void anyImageHasNames() {
        Memory noise = m.fork();
        for (long a = 64; a < noise.size(); a += 8) {
            noise.write(a, a * 0x9e3779b97f4a7c15L);
        }
        Symbolizer names = new Symbolizer(small).over(noise);
        for (long a = 0; a < noise.size(); a += 8) {
            assertThat(names.name(a)).isNotEmpty();
        }
    }
}
