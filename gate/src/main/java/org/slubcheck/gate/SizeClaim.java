package org.slubcheck.gate;

import java.io.PrintWriter;
import org.slubcheck.machine.Geometry;
import org.slubcheck.slab.KmallocStructs;

/** The size claim of a commit message, checked by the layouts of this port. */
final class SizeClaim {
    /** What explain calls it. */
    static final String ID = "dynamic-kmem-cache";

    /** MAX_NUMNODES of small and of large kernels. */
    private static final int[] SUPPORTED = {1, 4, 64, 1024};

    private static final int[] MACHINES = {1, 4, 64};

    private SizeClaim() {}

    static void print(PrintWriter out) {
        String head = ID + "  kmalloc caches sized when the machine is known";
        out.println(head);
        out.println("=".repeat(head.length()));
        ExplainCommand.section(
                out,
                "Source",
                "\"slub: Dynamically size kmalloc cache allocations\", C. Lameter, acked by D."
                        + " Rientjes, August 2010 (S+Q3 11/23)");
        ExplainCommand.section(
                out,
                "Claim",
                "The structs of the kmalloc caches are static, so each has a pointer for every node"
                        + " that the kernel supports; as objects of a cache they have one for every node"
                        + " that the machine has.");
        ExplainCommand.section(
                out,
                "Measured",
                "The structs of this port with pages of 4096 bytes, cache lines of 64 and ZONE_DMA."
                        + " Before: two arrays of structs. After: two arrays of pointers, and the structs"
                        + " that boot makes, as large as they are in their cache. All in bytes.");
        out.println();
        out.println("      kernel |     static |  machine |   pointers    structs |      saved");
        for (int supported : SUPPORTED) {
            for (int nodes : MACHINES) {
                if (nodes <= supported) {
                    row(out, KmallocStructs.of(Geometry.desktop(nodes, nodes), supported));
                }
            }
        }
        out.println();
        out.println("A row: a kernel for so many nodes, its static arrays, a machine with so many");
        out.println("nodes, and what that takes and saves with the commit.");
        out.flush();
    }

    private static void row(PrintWriter out, KmallocStructs bytes) {
        out.printf(
                "  %4d nodes | %10d | %2d nodes | %10d %10d | %10d%n",
                bytes.maxNumnodes(),
                bytes.staticArrays(),
                bytes.nrNodeIds(),
                bytes.pointers(),
                bytes.dynamicStructs(),
                bytes.saved());
    }
}
