package org.slubcheck.machine;

/** Why an address must not be used, as the address shadow remembers it. */
public enum Poison {
    /**
     * Nothing is mapped here: the NULL page, or what boot has not built yet. A use is an oops, not a
     * report.
     */
    UNMAPPED("null-ptr-deref"),
    /** A page that the page allocator owns. */
    FREE_PAGE("use-after-free"),
    /** A slab object that nobody holds: in a queue, or free in its slab. */
    FREE_OBJECT("slab-use-after-free"),
    /** Bytes of a slab that belong to no object: red zone, padding, the tail. */
    REDZONE("slab-out-of-bounds"),
    /** A per-CPU area that was freed or never handed out. */
    FREE_PERCPU("percpu-use-after-free");

    private final String kasanName;

    Poison(String kasanName) {
        this.kasanName = kasanName;
    }

    /** The kind of bug, as a KASAN report names it. */
    public String kasanName() {
        return kasanName;
    }
}
