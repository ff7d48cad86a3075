package org.slubcheck.machine;

import java.util.Arrays;

/**
 * Who touched which address, how, and what changed: the stuff of time lines.
 *
 * <p>Entries are numbered from 0 in the order in which the accesses took effect. The log grows up
 * to a bound; what comes later is counted and dropped, so the beginning of a run is always whole.
 */
public final class AccessLog {
    /** How memory was touched. */
    public enum Kind {
        /** Plain load. */
        READ,
        /** Plain store. */
        WRITE,
        /** READ_ONCE. */
        READ_ONCE,
        /** data_race() around a load. */
        DATA_RACE,
        /** WRITE_ONCE. */
        WRITE_ONCE,
        /** smp_load_acquire. */
        ACQUIRE,
        /** smp_store_release. */
        RELEASE,
        /** A compare and exchange that stored. */
        CMPXCHG_OK,
        /** A compare and exchange that found another value: a load. */
        CMPXCHG_FAIL,
        /** atomic_long_add. */
        ADD,
        /** The end of a wait. */
        AWAIT,
        /** memset; the new value is the byte. */
        FILL,
        /** memcpy; the old value is the address of the source. */
        COPY;

        /** True when memory is changed. */
        public boolean writes() {
            return switch (this) {
                case WRITE, WRITE_ONCE, RELEASE, CMPXCHG_OK, ADD, FILL, COPY -> true;
                default -> false;
            };
        }

        /** True when the access is marked, that is, meant to be concurrent. */
        public boolean marked() {
            return switch (this) {
                case READ, WRITE, FILL, COPY -> false;
                default -> true;
            };
        }
    }

    private static final Kind[] KINDS = Kind.values();
    private static final int BOUND = 1 << 20;

    private long[] addresses = new long[0];
    private long[] olds = new long[0];
    private long[] news = new long[0];
    private long[] sizes = new long[0];
    private byte[] kinds = new byte[0];
    private byte[] cpus = new byte[0];
    private byte[] threads = new byte[0];
    private boolean[] interrupts = new boolean[0];
    private int count;
    private long dropped;

    /** Adds an entry, or counts it as dropped; see the accessors for what the parts are. */
    public void add(
            Kind kind,
            int thread,
            int cpu,
            boolean interrupt,
            long address,
            long size,
            long old,
            long value) {
        if (count == BOUND) {
            dropped++;
            return;
        }
        if (count == addresses.length) {
            grow();
        }
        kinds[count] = (byte) kind.ordinal();
        threads[count] = (byte) thread;
        cpus[count] = (byte) cpu;
        interrupts[count] = interrupt;
        addresses[count] = address;
        sizes[count] = size;
        olds[count] = old;
        news[count++] = value;
    }

    private void grow() {
        int to = Math.max(64, 2 * count);
        addresses = Arrays.copyOf(addresses, to);
        olds = Arrays.copyOf(olds, to);
        news = Arrays.copyOf(news, to);
        sizes = Arrays.copyOf(sizes, to);
        kinds = Arrays.copyOf(kinds, to);
        cpus = Arrays.copyOf(cpus, to);
        threads = Arrays.copyOf(threads, to);
        interrupts = Arrays.copyOf(interrupts, to);
    }

    /** Number of entries. */
    public int size() {
        return count;
    }

    /** Entries that found no room. */
    public long dropped() {
        return dropped;
    }

    /** How entry i touched memory. */
    public Kind kind(int i) {
        return KINDS[kinds[i]];
    }

    /** The thread of entry i: 0 for the first that touched this memory, and so on. */
    public int thread(int i) {
        return threads[i];
    }

    /** The CPU of entry i; -1 when nobody had said who runs. */
    public int cpu(int i) {
        return cpus[i];
    }

    /** True when entry i was made in interrupt context. */
    public boolean interrupt(int i) {
        return interrupts[i];
    }

    /** The address of entry i. */
    public long address(int i) {
        return addresses[i];
    }

    /** How many bytes entry i touched: 1, 4, 8, or more for FILL and COPY. */
    public long bytes(int i) {
        return sizes[i];
    }

    /** The value before; for a load what was seen. See {@link Kind} for FILL and COPY. */
    public long old(int i) {
        return olds[i];
    }

    /** The value after; for a load what was seen, for CMPXCHG_FAIL the value that was refused. */
    public long value(int i) {
        return news[i];
    }
}
