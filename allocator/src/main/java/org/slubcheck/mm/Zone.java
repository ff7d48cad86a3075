package org.slubcheck.mm;

/** The zones of a node, lowest first, in the order of the kernel's enum zone_type. */
public enum Zone {
    /** Below 16 MiB, for ISA devices. */
    DMA("DMA"),
    /** Below 4 GiB. */
    DMA32("DMA32"),
    /** Directly mapped memory. */
    NORMAL("Normal"),
    /** Memory without a permanent mapping; here it is mapped like all other. */
    HIGHMEM("HighMem"),
    /** Memory for pages that can be moved. */
    MOVABLE("Movable");

    private final String kernelName;

    Zone(String kernelName) {
        this.kernelName = kernelName;
    }

    /** The name that the kernel prints. */
    public String kernelName() {
        return kernelName;
    }
}
