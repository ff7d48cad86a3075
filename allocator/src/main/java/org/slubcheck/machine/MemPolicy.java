package org.slubcheck.machine;

/**
 * What a task's memory policy or cpuset says about the node of its next object. Belongs to one task.
 *
 * <p>Stands for {@code current->mempolicy} and cpuset_mem_spread_node of 2.6.35 as far as SLAB and
 * S+Q3 19/23 use them.
 */
public final class MemPolicy {
    private static final int[] LOCAL = {-1};

    private final int[] nodes;
    private int next;

    private MemPolicy(int[] nodes) {
        this.nodes = nodes;
    }

    /** MPOL_DEFAULT: the node of the CPU. */
    public static MemPolicy local() {
        return new MemPolicy(LOCAL);
    }

    /** MPOL_PREFERRED. */
    public static MemPolicy preferred(int node) {
        return new MemPolicy(new int[] {node});
    }

    /** MPOL_INTERLEAVE over these nodes, and so cpuset_mem_spread_node too: each in its turn. */
    public static MemPolicy interleave(int... nodes) {
        if (nodes.length == 0) {
            throw new IllegalArgumentException("no node to interleave over");
        }
        return new MemPolicy(nodes.clone());
    }

    /** The node for the next object, -1 for the CPU's own; moves the rotor on. */
    public int nextNode() {
        int node = nodes[next];
        next = (next + 1) % nodes.length;
        return node;
    }
}
