package org.slubcheck.kernel;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.machine.Memory;
import org.slubcheck.mm.PageStruct;

/**
 * The conservation of pages: every page of every zone is in exactly one place, which is a free block
 * of the page allocator, a slab, a chunk of the per-CPU allocator, or large kmalloc memory that a
 * caller or the kernel itself holds. Boot leaves nothing else behind.
 *
 * <p>The books are filled by claims; {@link #wrong} closes them.
 */
final class Pages {
    /** Who may have a page. */
    enum Place {
        FREE("a free block"),
        SLAB("a slab"),
        BOOTMEM("the map of free boot memory"),
        CHUNK("a per-CPU chunk"),
        HAND("a caller's hand"),
        KERNEL("the kernel's own structures"),
        ABSENT("memory that is not there");

        private final String text;

        Place(String text) {
            this.text = text;
        }
    }

    private final Kernel kernel;
    private final Memory m;
    private final Place[] place;
    private final List<String> wrong = new ArrayList<>();

    /** Books in which the per-CPU chunks stand already. */
    Pages(Kernel kernel) {
        this.kernel = kernel;
        this.m = kernel.memory();
        this.place = new Place[(int) kernel.pages().pages()];
        int order = kernel.percpu().chunkOrder();
        for (long page : kernel.percpu().chunkPages()) {
            claim(page, order, Place.CHUNK);
        }
        for (long i = 0; i < kernel.pages().pages(); i++) {
            if (kernel.pages().bootmem().peekOwns(kernel.pages().pageAt(i))) {
                claim(kernel.pages().pageAt(i), 0, Place.BOOTMEM);
            } else if (kernel.pages().isAbsent(kernel.pages().pageAt(i))) {
                claim(kernel.pages().pageAt(i), 0, Place.ABSENT);
            }
        }
    }

    /**
     * A block of pages that somebody holds by its address. False, and nothing is claimed, when the
     * address is not that of an allocated block outside all slabs.
     */
    boolean claimHeld(long address, Place by) {
        long page = kernel.pages().pageOf(address);
        if (page == 0 || kernel.pages().addressOf(page) != address) {
            return false;
        }
        long flags = m.peek(page + PageStruct.FLAGS);
        if ((flags & (PageStruct.PG_SLAB | PageStruct.PG_TAIL | PageStruct.PG_BUDDY)) != 0
                || m.peekInt(page + PageStruct.COUNT) <= 0) {
            return false;
        }
        claim(page, PageStruct.peekOrder(m, page), by);
        return true;
    }

    /** A block of pages has an owner. */
    void claim(long page, int order, Place by) {
        if (!kernel.pages().isPage(page) || order < 0 || order >= kernel.geometry().maxOrder()) {
            wrong.add(
                    String.format(
                            "0x%x of order %d, %s, is no block of pages", page, order, by.text));
            return;
        }
        int first = index(page);
        for (int i = first; i < Math.min(first + (1 << order), place.length); i++) {
            if (place[i] != null) {
                wrong.add("page#" + i + " is in " + place[i].text + " and in " + by.text);
            }
            place[i] = by;
        }
    }

    /** All claims were made: what does not add up. */
    List<String> wrong() {
        for (int i = 0; i < place.length; i++) {
            if (place[i] == null) {
                int from = i;
                while (i + 1 < place.length && place[i + 1] == null) {
                    i++;
                }
                wrong.add(
                        (from == i
                                        ? "page#" + from + " is"
                                        : "page#" + from + " to page#" + i + " are")
                                + " lost: in no free block, slab, per-CPU chunk or hand");
            }
        }
        return wrong;
    }

    private int index(long page) {
        return (int) ((page - kernel.pagesWiring().memMap()) / PageStruct.SIZE);
    }
}
