package org.slubcheck.kernel;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slubcheck.machine.Memory;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slab.SlabFlags;

/** The lists and counts of a cache's nodes against the slabs that name the cache as owner. */
final class NodeLists {
    private final Kernel kernel;
    private final Memory m;
    private final EngineView view;
    private final long s;
    private final String name;
    private final List<String> wrong = new ArrayList<>();

    private NodeLists(Kernel kernel, long s, String name) {
        this.kernel = kernel;
        this.s = s;
        this.m = kernel.memory();
        this.view = EngineView.of(kernel);
        this.name = name;
    }

    static List<String> check(Kernel kernel, long s, String name, List<Long> pages) {
        NodeLists lists = new NodeLists(kernel, s, name);
        for (int node = 0; node < kernel.geometry().nodes(); node++) {
            lists.checkNode(node, pages);
        }
        return lists.wrong;
    }

    private void checkNode(int node, List<Long> allPages) {
        long n = Nodes.of(kernel, s, node);
        List<Long> pages =
                allPages.stream().filter(page -> kernel.pages().nodeOf(page) == node).toList();
        if (n == 0) {
            if (pages.isEmpty() && !kernel.slab().peekSlabNode(node)) {
                return;
            }
            wrong.add(name + ": the struct of node " + node + " is missing");
            return;
        }
        long objects = 0;
        Set<Long> partial = new HashSet<>();
        Set<Long> full = new HashSet<>();
        for (long page : pages) {
            objects += view.objects(page);
            EngineView.Home home = view.home(s, page);
            if (home != EngineView.Home.NONE) {
                (home == EngineView.Home.PARTIAL ? partial : full).add(page);
            }
        }
        expect(node, "nr_slabs", m.peek(n + KmemCacheNode.NR_SLABS), pages.size());
        expect(node, "total_objects", m.peek(n + KmemCacheNode.TOTAL_OBJECTS), objects);
        Set<Long> listed = walk(n + KmemCacheNode.PARTIAL, node, "partial");
        if (listed != null) {
            expect(node, "nr_partial", m.peekInt(n + KmemCacheNode.NR_PARTIAL), listed.size());
            compare(node, "partial", listed, partial);
        }
        Set<Long> listedFull = walk(n + KmemCacheNode.FULL, node, "full");
        if (listedFull != null) {
            boolean tracked = (m.peek(s + KmemCache.FLAGS) & SlabFlags.STORE_USER) != 0;
            compare(node, "full", listedFull, tracked ? full : Set.of());
        }
    }

    private void expect(int node, String field, long have, long want) {
        if (have != want) {
            wrong.add(
                    String.format(
                            "%s node#%d: %s is %d but there are %d",
                            name, node, field, have, want));
        }
    }

    private void compare(int node, String list, Set<Long> have, Set<Long> want) {
        for (long page : want) {
            if (!have.contains(page)) {
                wrong.add(describe(node, page) + " should be on the " + list + " list and is not");
            }
        }
        for (long page : have) {
            if (!want.contains(page)) {
                wrong.add(
                        describe(node, page)
                                + " is on the "
                                + list
                                + " list and should not be"
                                + foreign(page));
            }
        }
    }

    /** Whose a page is that is the slab of another cache, where that is one. */
    private String foreign(long page) {
        long owner = m.peek(page + PageStruct.SLAB);
        boolean other =
                owner != s
                        && (m.peek(page + PageStruct.FLAGS) & PageStruct.PG_SLAB) != 0
                        && kernel.slab().caches().contains(owner);
        return other ? ": its owner is another cache, " + kernel.slab().nameOf(owner) : "";
    }

    private String describe(int node, long page) {
        return String.format(
                "%s node#%d: page#%d",
                name, node, (page - kernel.pagesWiring().memMap()) / PageStruct.SIZE);
    }

    /** The pages on a list, or null when it is no ring of page structs. */
    private Set<Long> walk(long head, int node, String list) {
        Set<Long> pages = new HashSet<>();
        long previous = head;
        for (long lru = m.peek(head); lru != head; lru = m.peek(lru)) {
            long page = PageStruct.ofLru(lru);
            if (!kernel.pages().isPage(page)) {
                wrong.add(
                        String.format(
                                "%s node#%d: the %s list leads to 0x%x, which is no page",
                                name, node, list, lru));
                return null;
            }
            if (m.peek(lru + Memory.WORD) != previous || !pages.add(page)) {
                wrong.add(
                        String.format(
                                "%s node#%d: the %s list is broken at page#%d",
                                name,
                                node,
                                list,
                                (page - kernel.pagesWiring().memMap()) / PageStruct.SIZE));
                return null;
            }
            previous = lru;
        }
        if (m.peek(head + Memory.WORD) != previous) {
            wrong.add(String.format("%s node#%d: the %s list does not close", name, node, list));
            return null;
        }
        return pages;
    }
}
