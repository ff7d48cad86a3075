package org.slubcheck.slab;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.StructLayout;

/**
 * struct kmem_cache as S+Q3 has it (patches 14 and 15): static accessors over an address.
 *
 * <pre>
 *   hot      cpu                                    volatile: a resize replaces it
 *   tunable  batch queue                            read racily, written under slub_lock
 *   shape    flags size objsize inuse align oo max min allocflags ctor
 *   global   refcount name list kobj                under slub_lock
 *   shared   alien_shift shared_queue_sysfs         under slub_lock, while no queue is shared
 *            nr_shared shared_queue last_expired_bytes
 *   nodes    node[nr_node_ids] on NUMA, local_node embedded on UMA; always last, so that
 *            kmem_size can follow the number of nodes
 * </pre>
 *
 * <p>{@code oo}, {@code max} and {@code min} hold an order and a number of objects in one word:
 * order in the bits from {@link #OO_SHIFT} up, objects below.
 *
 * <p>{@code batch} and {@code queue} stand in different words. They are stored by tasks that need not
 * agree on a lock (that is what F07 does), and a store of half a word here would take the other half
 * with it, which no store of an int does on hardware.
 */
public final class KmemCache {
    /** The fixed part; the node pointers or the embedded node follow it. */
    public static final StructLayout LAYOUT =
            StructLayout.of("kmem_cache")
                    .word("cpu")
                    .integer("batch")
                    .integer("remote_node_defrag_ratio")
                    .word("flags")
                    .integer("size")
                    .integer("objsize")
                    .word("oo")
                    .word("max")
                    .word("min")
                    .integer("allocflags")
                    .integer("refcount")
                    .word("ctor")
                    .integer("inuse")
                    .integer("align")
                    .integer("queue")
                    .integer("cpu_queue")
                    .word("min_partial")
                    .word("name")
                    .word("list.next")
                    .word("list.prev")
                    .word("kobj.name")
                    .word("kobj.sd")
                    .integer("kobj.kref")
                    .integer("kobj.state")
                    .integer("alien_shift")
                    .integer("shared_queue_sysfs")
                    .integer("nr_shared")
                    .integer("shared_queue")
                    .word("last_expired_bytes")
                    .build();

    public static final int CPU = LAYOUT.offset("cpu");
    public static final int BATCH = LAYOUT.offset("batch");
    public static final int QUEUE = LAYOUT.offset("queue");
    public static final int FLAGS = LAYOUT.offset("flags");
    public static final int SIZE = LAYOUT.offset("size");
    public static final int OBJSIZE = LAYOUT.offset("objsize");
    public static final int OO = LAYOUT.offset("oo");
    public static final int MAX = LAYOUT.offset("max");
    public static final int MIN = LAYOUT.offset("min");
    public static final int ALLOCFLAGS = LAYOUT.offset("allocflags");
    public static final int REFCOUNT = LAYOUT.offset("refcount");
    public static final int CTOR = LAYOUT.offset("ctor");
    public static final int INUSE = LAYOUT.offset("inuse");
    public static final int ALIGN = LAYOUT.offset("align");
    public static final int CPU_QUEUE = LAYOUT.offset("cpu_queue");
    public static final int MIN_PARTIAL = LAYOUT.offset("min_partial");
    public static final int NAME = LAYOUT.offset("name");
    public static final int LIST = LAYOUT.offset("list.next");
    public static final int KOBJ_NAME = LAYOUT.offset("kobj.name");
    public static final int KOBJ_SD = LAYOUT.offset("kobj.sd");
    public static final int KOBJ_STATE = LAYOUT.offset("kobj.state");

    /** log2 of the bytes of an alien queue, 0 for none; under slub_lock, and while no CPU has one. */
    public static final int ALIEN_SHIFT = LAYOUT.offset("alien_shift");

    /** How many shared queues there are; under slub_lock. */
    public static final int NR_SHARED = LAYOUT.offset("nr_shared");

    /** What a shared queue holds; under slub_lock. */
    public static final int SHARED_QUEUE = LAYOUT.offset("shared_queue");

    /** What a shared queue is asked to hold, 0 for none; under slub_lock. */
    public static final int SHARED_QUEUE_SYSFS = LAYOUT.offset("shared_queue_sysfs");

    /** What the last expiry by hand gave; racy. */
    public static final int LAST_EXPIRED_BYTES = LAYOUT.offset("last_expired_bytes");

    /** offsetof(struct kmem_cache, node), on UMA of local_node. */
    public static final int NODE = LAYOUT.size();

    /** Where the order stands in an order-and-objects word. */
    public static final int OO_SHIFT = 16;

    private KmemCache() {}

    /** sizeof for this many nodes on NUMA: what kmem_size must be before any cache is opened. */
    public static int sizeOnNuma(int nrNodeIds) {
        return NODE + nrNodeIds * Memory.WORD;
    }

    /** sizeof on UMA, with the embedded node. */
    public static int sizeOnUma() {
        return NODE + KmemCacheNode.LAYOUT.size();
    }

    /** The per-CPU pointer. Acquire stands for the address dependency of this_cpu_ptr. */
    public static long cpu(Memory m, long s) {
        return m.loadAcquire(s, CPU);
    }

    /** Objects moved at a time; racy by design, written under slub_lock. */
    public static int batch(Memory m, long s) {
        return m.readOnceInt(s + BATCH);
    }

    /** Sets the batch; slub_lock held for write. */
    public static void setBatch(Memory m, long s, int batch) {
        m.writeOnceInt(s + BATCH, batch);
    }

    /** What the queues hold; racy by design, written under slub_lock. */
    public static int cpuQueue(Memory m, long s) {
        return m.readOnceInt(s + CPU_QUEUE);
    }

    /** Sets what the queues hold; slub_lock is held for write, or the cache is private. */
    public static void setCpuQueue(Memory m, long s, int queue) {
        m.writeOnceInt(s + CPU_QUEUE, queue);
    }

    /** The queue size asked for; racy by design, written under slub_lock. */
    public static int queue(Memory m, long s) {
        return m.readOnceInt(s + QUEUE);
    }

    /** Sets the queue size asked for; slub_lock held for write. */
    public static void setQueue(Memory m, long s, int queue) {
        m.writeOnceInt(s + QUEUE, queue);
    }

    /** SLAB_ flags; constant once the cache is open. */
    public static long flags(Memory m, long s) {
        return m.read(s, FLAGS);
    }

    /** Bytes from one object to the next; constant once the cache is open. */
    public static int size(Memory m, long s) {
        return m.readInt(s + SIZE);
    }

    /** Bytes of the object proper; an alias may raise it, so it is read racily. */
    public static int objsize(Memory m, long s) {
        return m.readOnceInt(s + OBJSIZE);
    }

    /** Order and objects of a new slab. */
    public static long oo(Memory m, long s) {
        return m.read(s + OO);
    }

    /** The order in an order-and-objects word. */
    public static int ooOrder(long oo) {
        return (int) (oo >>> OO_SHIFT);
    }

    /** The objects in an order-and-objects word. */
    public static int ooObjects(long oo) {
        return (int) (oo & (1 << OO_SHIFT) - 1);
    }

    /** An order-and-objects word. */
    public static long ooMake(int order, int objects) {
        return (long) order << OO_SHIFT | objects;
    }

    /** References; slub_lock held. Negative: never merged, never destroyed. */
    public static int refcount(Memory m, long s) {
        return m.readInt(s + REFCOUNT);
    }

    /** Sets the references; slub_lock held for write. */
    public static void setRefcount(Memory m, long s, int references) {
        m.writeInt(s + REFCOUNT, references);
    }

    /** Offset behind the object proper where meta data may start; an alias may raise it. */
    public static int inuse(Memory m, long s) {
        return m.readOnceInt(s + INUSE);
    }

    /** The address of the name, a string in memory; 0 for none. */
    public static long name(Memory m, long s) {
        return m.read(s + NAME);
    }

    /**
     * Where the pointer to the node struct of a node stands on NUMA; on UMA the struct itself stands
     * at {@link #NODE}.
     */
    public static long nodeSlot(long s, int node) {
        return s + NODE + (long) node * Memory.WORD;
    }
}
