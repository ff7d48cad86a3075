package org.slubcheck.kernel;

import static org.slubcheck.kernel.Corruption.of;
import static org.slubcheck.kernel.Corruption.on;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.machine.Memory;
import org.slubcheck.mm.ListHead;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slab.Sysfs;

/** What the census says of the lists of slabs, the list of caches and sysfs. */
class ListsTest {
    private static final int PREV = Memory.WORD;

    static Stream<Corruption> nodes() {
        return Stream.of(
                of(
                        "nr_slabs",
                        bed -> bed.add(bed.node(bed.victim) + KmemCacheNode.NR_SLABS, 1),
                        "victim node#0: nr_slabs is 2 but there are 1"),
                of(
                        "total_objects",
                        bed -> bed.add(bed.node(bed.victim) + KmemCacheNode.TOTAL_OBJECTS, -1),
                        "victim node#0: total_objects is \\d+ but there are \\d+"),
                of(
                        "nr_partial",
                        bed -> bed.add(bed.node(bed.victim) + KmemCacheNode.NR_PARTIAL, 1),
                        "victim node#0: nr_partial is 2 but there are 1"),
                of(
                        "a slab with free objects is on no list",
                        bed -> {
                            bed.unlink();
                            bed.add(bed.node(bed.victim) + KmemCacheNode.NR_PARTIAL, -1);
                        },
                        "victim node#0: page#\\d+ should be on the partial list and is not"),
                of(
                        "a slab without free objects is on the partial list",
                        bed -> {
                            bed.fillSlab();
                            long n = bed.node(bed.victim);
                            ListHead.add(
                                    bed.m, PageStruct.lru(bed.page()), n + KmemCacheNode.PARTIAL);
                            bed.add(n + KmemCacheNode.NR_PARTIAL, 1);
                        },
                        "victim node#0: page#\\d+ is on the partial list and should not be"),
                of(
                        "a slab is on the full list of a cache that keeps none",
                        bed -> {
                            bed.fillSlab();
                            ListHead.add(
                                    bed.m,
                                    PageStruct.lru(bed.page()),
                                    bed.node(bed.victim) + KmemCacheNode.FULL);
                        },
                        "victim node#0: page#\\d+ is on the full list and should not be"),
                of(
                        "a slab is on the list of a cache that does not own it",
                        bed -> {
                            long n = bed.node(bed.idle0);
                            bed.unlink();
                            bed.add(bed.node(bed.victim) + KmemCacheNode.NR_PARTIAL, -1);
                            ListHead.add(
                                    bed.m, PageStruct.lru(bed.page()), n + KmemCacheNode.PARTIAL);
                            bed.add(n + KmemCacheNode.NR_PARTIAL, 1);
                        },
                        "victim node#0: page#\\d+ should be on the partial list and is not",
                        "idle0 node#0: page#\\d+ is on the partial list and should not be:"
                                + " its owner is another cache, victim"),
                on(
                        Bed.Machine.DEBUG,
                        "a full slab of a cache that stores users is on no list",
                        bed -> {
                            bed.fillSlab();
                            bed.unlink();
                        },
                        "victim node#0: page#\\d+ should be on the full list and is not"),
                of(
                        "a list leads nowhere",
                        bed -> bed.poke(bed.node(bed.victim) + KmemCacheNode.PARTIAL, 0x48),
                        "victim node#0: the partial list leads to 0x48, which is no page"),
                of(
                        "a prev pointer is wrong",
                        bed -> bed.add(PageStruct.lru(bed.page()) + PREV, 8),
                        "victim node#0: the partial list is broken at page#\\d+"),
                on(
                        Bed.Machine.UMA,
                        "the head's prev pointer is wrong",
                        bed -> bed.add(bed.node(bed.victim) + KmemCacheNode.PARTIAL + PREV, 8),
                        "victim node#0: the partial list does not close"),
                of(
                        "a node struct is gone",
                        bed -> bed.poke(bed.idle0 + KmemCache.NODE, 0),
                        "idle0: the struct of node 0 is missing",
                        "kmem_cache_node object 0x\\w+ is accounted 0 times: it is lost",
                        "kmem_cache_node: count_free is \\d+ but available is \\d+"));
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void aListOrCountOfANodeThatIsWrongIsTold(Corruption corruption) {
        corruption.check();
    }

    static Stream<Corruption> names() {
        int name = Sysfs.LAYOUT.offset("s_name");
        int target = Sysfs.LAYOUT.offset("s_target");
        return Stream.of(
                of(
                        "slab_caches leads nowhere behind its last cache",
                        bed -> {
                            long head = bed.kernel.slab().wiring().slabCaches();
                            bed.poke(bed.m.peek(head + PREV), 0x41);
                        },
                        "slab_caches leads to 0x41"),
                of(
                        "a cache has a wrong prev pointer",
                        bed -> bed.add(bed.idle0 + KmemCache.LIST + PREV, 8),
                        "slab_caches is broken at the cache at 0x\\w+"),
                of(
                        "slab_caches has a wrong prev pointer",
                        bed -> bed.add(bed.kernel.slab().wiring().slabCaches() + PREV, 8),
                        "slab_caches does not close"),
                of(
                        "a cache has no name",
                        bed -> bed.poke(bed.idle0 + KmemCache.NAME, 0),
                        "the cache at 0x\\w+ has no name"),
                of(
                        "two directories are called the same",
                        bed ->
                                bed.poke(
                                        bed.directory(bed.idle0).nameAddress(),
                                        bed.m.peek(bed.directory(bed.idle1).nameAddress())),
                        "sysfs has two entries of the name idle1"),
                of(
                        "a directory is of what is no cache",
                        bed -> bed.poke(bed.directory(bed.idle0).address() + target, 0x48),
                        "sysfs names idle0, which is on no list of caches",
                        "idle0 is on slab_caches but not in sysfs"),
                of(
                        "a cache has two directories",
                        bed -> bed.poke(bed.directory(bed.idle0).address() + target, bed.idle1),
                        "sysfs has two directories of idle1",
                        "idle0 is on slab_caches but not in sysfs"),
                of(
                        "a directory has somebody else's name",
                        bed ->
                                bed.poke(
                                        bed.directory(bed.idle0).address() + name,
                                        bed.directory(bed.idle1).nameAddress()),
                        "sysfs has two entries of the name idle1",
                        "kmalloc-\\d+ object 0x\\w+ is accounted 0 times: it is lost",
                        "kmalloc-\\d+ object 0x\\w+ is accounted 2 times: the name of a sysfs_dirent"
                                + " and the name of a sysfs_dirent"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void aNameThatIsWrongIsTold(Corruption corruption) {
        corruption.check();
    }
}
