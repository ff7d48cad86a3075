package org.slubcheck.slub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.kernel.Census;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.ListHead;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.Errno;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slab.SlabAttributes;
import org.slubcheck.slab.SlabFlags;

/** CPU slabs, threaded freelists and lists of nodes, by what stands in memory. */
@ParameterizedClass
@ValueSource(strings = {"slub", "slub-lockless"})
class SlubTest {
    private final String engine;
    private final Kernel kernel;
    private final Memory m;
    private final Task t;
    private final Task other;
    private final long s;
    private final int perSlab;

    SlubTest(String engine) {
        this.engine = engine;
        kernel = boot(Geometry.small(), 0);
        m = kernel.memory();
        t = kernel.task(0);
        other = kernel.task(1);
        s = kernel.slab().create(t, "own", 64, 0, 0, 0);
        perSlab = KmemCache.ooObjects(KmemCache.oo(m, s));
    }

    private Kernel boot(Geometry g, long debug) {
        KernelConfig config = KernelConfig.of(g).withEngine(engine);
        boolean room = g.pageSize() >= 512;
        config = config.with(config.slab().withDebugFlags(debug).withStats(room).withMerge(false));
        return Kernel.bootChecked(config, Steps.mainline());
    }

    private long alloc(Task task) {
        long object = kernel.slab().alloc(task, s, Gfp.KERNEL);
        assertThat(object).isNotZero();
        return object;
    }

    private List<Long> alloc(Task task, int count) {
        List<Long> objects = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            objects.add(alloc(task));
        }
        return objects;
    }

    private void free(Task task, List<Long> objects) {
        objects.forEach(object -> kernel.slab().free(task, s, object));
    }

    private long pageOf(long object) {
        return kernel.pages().headPageOf(object);
    }

    private long field(int cpu, int offset) {
        return m.peek(area(cpu) + offset);
    }

    private long area(int cpu) {
        return kernel.percpu().perCpuPtr(m.peek(s + KmemCache.CPU), cpu);
    }

    private long freelist(int cpu) {
        return ((Slub) kernel.slab().engine()).peekFreelist(area(cpu));
    }

    private boolean frozen(long page) {
        return (m.peek(page + PageStruct.FLAGS) & PageStruct.PG_ACTIVE) != 0;
    }

    private List<Long> list(int head) {
        long n = kernel.slab().node(s, 0) + head;
        List<Long> pages = new ArrayList<>();
        for (long lru = m.peek(n); lru != n; lru = m.peek(lru)) {
            pages.add(PageStruct.ofLru(lru));
        }
        return pages;
    }

    private List<String> census(List<Long> held) {
        return Census.of(kernel, held.stream().mapToLong(Long::longValue).toArray());
    }

    private void clean(List<Long> held) {
        assertThat(kernel.reports()).isEmpty();
        assertThat(census(held)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"micro", "small", "numa4", "desktop"})
    void bootsInOrderOnEveryMachine(String name) {
        Geometry g =
                switch (name) {
                    case "micro" -> Geometry.micro();
                    case "small" -> Geometry.small();
                    case "numa4" -> Geometry.numa(4);
                    default -> Geometry.desktop(4, 2);
                };
        for (long debug : new long[] {0, SlabFlags.STORE_USER, SlabFlags.DEBUG_METADATA}) {
            Kernel k = boot(g, debug);
            assertThat(k.reports()).isEmpty();
            assertThat(Census.of(k, new long[0])).as(name + " debug=" + debug).isEmpty();
        }
    }

    @Test
    void aFreeObjectPointsToTheNext() {
        long first = alloc(t);
        long page = pageOf(first);
        long at = freelist(0);
        assertThat(field(0, KmemCacheCpu.PAGE)).isEqualTo(page);
        assertThat(frozen(page)).isTrue();
        List<Long> chain = new ArrayList<>();
        for (; at != 0; at = m.peek(at)) {
            chain.add(at);
        }
        assertThat(chain).hasSize(perSlab - 1).doesNotHaveDuplicates().doesNotContain(first);
        assertThat(alloc(t)).as("the head goes first").isEqualTo(chain.get(0));
        kernel.slab().free(t, s, chain.get(0));
        assertThat(alloc(t)).as("hot objects first").isEqualTo(chain.get(0));
        clean(List.of(first, chain.get(0)));
    }

    @Test
    void whatOthersFreeWaitsInTheSlab() {
        List<Long> objects = alloc(t, perSlab);
        long page = pageOf(objects.get(0));
        free(other, objects.subList(0, 2));
        assertThat(m.peek(page + PageStruct.FREELIST)).isEqualTo(objects.get(1));
        assertThat(Freelist.peekInuse(m, page)).isEqualTo(perSlab - 2);
        assertThat(freelist(0)).isZero();
        clean(objects.subList(2, perSlab));
        assertThat(alloc(t)).as("the CPU takes it over").isEqualTo(objects.get(1));
        assertThat(freelist(0)).isEqualTo(objects.get(0));
        assertThat(Freelist.peekInuse(m, page)).isEqualTo(perSlab);
    }

    @Test
    void aFullSlabIsOnNoListUntilAnObjectIsFreed() {
        List<Long> objects = alloc(t, 2 * perSlab);
        long page = pageOf(objects.get(0));
        assertThat(frozen(page)).isFalse();
        assertThat(list(KmemCacheNode.PARTIAL)).isEmpty();
        assertThat(list(KmemCacheNode.FULL)).isEmpty();
        kernel.slab().free(t, s, objects.remove(0));
        assertThat(list(KmemCacheNode.PARTIAL)).containsExactly(page);
        clean(objects);
        free(t, objects.subList(0, perSlab - 1));
        assertThat(list(KmemCacheNode.PARTIAL)).as("an empty slab is given back").isEmpty();
        clean(objects.subList(perSlab - 1, objects.size()));
    }

    @Test
    void emptyCpuSlabsAreKeptUpToMinPartial() {
        // On two CPUs one after the other each flush leaves one empty slab.
        for (int i = 0; i < 8; i++) {
            List<Long> objects = new ArrayList<>(alloc(i % 2 == 0 ? t : other, 1));
            kernel.slab().free(i % 2 == 0 ? t : other, s, objects.get(0));
        }
        kernel.slab().engine().flushAll(t, s);
        assertThat(list(KmemCacheNode.PARTIAL)).isNotEmpty().hasSizeLessThanOrEqualTo(5);
        clean(List.of());
        assertThat(kernel.slab().shrink(t, s)).isZero();
        assertThat(list(KmemCacheNode.PARTIAL)).isEmpty();
        clean(List.of());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 5",
        "7, 7",
        "11, 10",
        "9223372036854775808, 10",
        "18446744073709551615, 10",
    })
    void minPartialIsKeptWithinBounds(String asked, String kept) {
        assertThat(SlabAttributes.store(kernel.slab(), t, s, "min_partial", asked)).isZero();
        assertThat(show("min_partial")).isEqualTo(kept + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "x", "7.0", "18446744073709551616"})
    void whatIsNoNumberLeavesMinPartialAsItIs(String asked) {
        assertThat(SlabAttributes.store(kernel.slab(), t, s, "min_partial", asked))
                .isEqualTo(Errno.EINVAL);
        assertThat(show("min_partial")).isEqualTo("6\n");
    }

    /** An empty slab stays with a node that has fewer than min_partial, and goes where it has so many. */
    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void anEmptySlabStaysBelowMinPartial(int partial) {
        SlabAttributes.store(kernel.slab(), t, s, "min_partial", "6");
        List<Long> held = alloc(t, partial * perSlab + 1);
        long last = held.remove(partial * perSlab);
        for (int slab = partial - 1; slab >= 0; slab--) {
            kernel.slab().free(other, s, held.remove(slab * perSlab));
        }
        assertThat(list(KmemCacheNode.PARTIAL)).hasSize(partial);
        kernel.slab().free(t, s, last);
        kernel.slab().engine().flushAll(t, s);
        assertThat(list(KmemCacheNode.PARTIAL)).hasSize(6);
        // At the end, so that others fill up first.
        assertThat(list(KmemCacheNode.PARTIAL).indexOf(pageOf(last)))
                .isEqualTo(partial < 6 ? 5 : -1);
        clean(held);
    }

    @Test
    void aCacheThatStoresUsersListsItsFullSlabs() {
        long tracked = kernel.slab().create(t, "tracked", 64, 0, SlabFlags.STORE_USER, 0);
        int count = KmemCache.ooObjects(KmemCache.oo(m, tracked));
        List<Long> objects = new ArrayList<>();
        for (int i = 0; i <= count; i++) {
            objects.add(kernel.slab().alloc(t, tracked, Gfp.KERNEL));
        }
        long n = kernel.slab().node(tracked, 0) + KmemCacheNode.FULL;
        assertThat(m.peek(n)).isEqualTo(PageStruct.lru(pageOf(objects.get(0))));
        clean(objects);
        kernel.slab().free(t, tracked, objects.remove(0));
        assertThat(m.peek(n)).as("full no more").isEqualTo(n);
        clean(objects);
    }

    @Test
    void aCpuThatWantsAnotherNodeGivesItsSlabUp() {
        Kernel k = boot(Geometry.numa(2), 0);
        Task task = k.task(0);
        long cache = k.slab().create(task, "own", 64, 0, 0, 0);
        long a = k.slab().allocNode(task, cache, Gfp.KERNEL, 0);
        long b = k.slab().allocNode(task, cache, Gfp.KERNEL, 1);
        assertThat(k.pages().nodeOf(k.pages().headPageOf(a))).isZero();
        assertThat(k.pages().nodeOf(k.pages().headPageOf(b))).isEqualTo(1);
        assertThat(k.memory().peek(k.pages().headPageOf(a)) & PageStruct.PG_ACTIVE).isZero();
        assertThat(SlabAttributes.show(k.slab(), task, cache, "cpu_slabs")).isEqualTo("1 N1=1\n");
        assertThat(Census.of(k, new long[] {a, b})).isEmpty();
    }

    @Test
    void countersTellWhatHappened() {
        List<Long> objects = alloc(t, perSlab + 1);
        free(other, objects);
        assertThat(show("alloc_slab")).isEqualTo("2 C0=2\n");
        assertThat(show("alloc_slowpath")).isEqualTo("2 C0=2\n");
        assertThat(show("alloc_fastpath")).isEqualTo(perSlab - 1 + " C0=" + (perSlab - 1) + "\n");
        assertThat(show("deactivate_full")).isEqualTo("1 C0=1\n");
        assertThat(show("free_frozen")).isEqualTo("1 C1=1\n");
        assertThat(show("free_slowpath")).startsWith(perSlab + 1 + " ");
    }

    @Test
    void aSlabThatACpuGivesUpWithObjectsGoesFirst() {
        List<Long> held = alloc(t, perSlab + 2);
        long full = pageOf(held.get(0));
        long current = pageOf(held.get(perSlab));
        kernel.slab().free(other, s, held.remove(0));
        kernel.slab().engine().flushAll(t, s);
        assertThat(list(KmemCacheNode.PARTIAL)).containsExactly(current, full);
        assertThat(show("deactivate_to_head")).isEqualTo("1 C0=1\n");
        clean(held);
    }

    /** Memory is in pieces of one page each: a slab of the wanted order is not to be had. */
    @Test
    void whereMemoryIsInPiecesASlabIsSmaller() {
        long min = m.peek(s + KmemCache.MIN);
        assertThat(KmemCache.ooOrder(min)).isZero();
        assertThat(KmemCache.ooOrder(KmemCache.oo(m, s))).isPositive();
        List<Long> pages = new ArrayList<>();
        int quietly = Gfp.KERNEL | Gfp.NOWARN;
        for (long p = page(quietly); p != 0; p = page(quietly)) {
            pages.add(p);
        }
        // Each second page, so that no two lie together.
        pages.sort(null);
        for (int i = 1; i < pages.size(); i += 2) {
            kernel.pages().freePages(t, pages.get(i), 0);
        }
        List<Long> objects = alloc(t, KmemCache.ooObjects(min) + 1);
        long page = pageOf(objects.get(0));
        assertThat(PageStruct.compoundOrder(m, page)).isZero();
        assertThat(Freelist.peekObjects(m, page)).isEqualTo(KmemCache.ooObjects(min));
        assertThat(pageOf(objects.get(objects.size() - 1))).isNotEqualTo(page);
        assertThat(show("order_fallback")).isEqualTo("2 C0=2\n");
        for (int i = 0; i < pages.size(); i += 2) {
            kernel.pages().freePages(t, pages.get(i), 0);
        }
        clean(objects);
        free(t, objects);
        clean(List.of());
    }

    private long page(int gfp) {
        return kernel.pages().allocPages(t, gfp, 0);
    }

    private String show(String file) {
        return SlabAttributes.show(kernel.slab(), t, s, file);
    }

    // ---- the census can fail

    private void census(ToLongFunction<Long> where, long value, String sentence) {
        List<Long> held = new ArrayList<>(alloc(t, perSlab + 2));
        kernel.slab().free(other, s, held.remove(0));
        clean(held);
        m.write(where.applyAsLong(held.get(0)), value);
        assertThat(census(held)).anyMatch(line -> line.contains(sentence));
    }

    @Test
    void aFreelistThatLeadsOutOfTheSlabIsSeen() {
        kernel.checked().checkAddresses(false);
        census(
                object -> m.peek(pageOf(object) + PageStruct.FREELIST),
                0x1008,
                "none of its objects");
    }

    @Test
    void aLostFreelistIsSeen() {
        census(object -> pageOf(object) + PageStruct.FREELIST, 0, "objects are free");
    }

    @Test
    void aSlabThatIsFrozenForNobodyIsSeen() {
        List<Long> held = new ArrayList<>(alloc(t, perSlab + 2));
        long page = pageOf(held.get(0));
        m.writeOnce(page, m.peek(page) | PageStruct.PG_ACTIVE);
        assertThat(census(held)).anyMatch(line -> line.endsWith("is frozen but no CPU's slab"));
    }

    @Test
    void aCpuSlabThatIsListedIsSeen() {
        List<Long> held = new ArrayList<>(alloc(t, 1));
        long page = pageOf(held.get(0));
        ListHead.add(m, PageStruct.lru(page), kernel.slab().node(s, 0) + KmemCacheNode.PARTIAL);
        assertThat(census(held))
                .anyMatch(line -> line.endsWith("is on the partial list and should not be"));
    }

    @Test
    void anObjectOnTwoFreelistsIsSeen() {
        List<Long> held = new ArrayList<>(alloc(t, 2));
        kernel.checked().checkAddresses(false);
        m.write(held.get(0), freelist(0));
        ((Slub) kernel.slab().engine()).setFreelist(area(0), held.get(0));
        assertThat(census(held)).anyMatch(line -> line.contains("is accounted 2 times"));
    }
}
