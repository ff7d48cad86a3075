package org.slubcheck.machine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Simulated physical memory, and the only door to it.
 *
 * <p>Addresses are byte addresses; 0 is NULL. A word is 8 bytes, little endian, and must be
 * aligned; ints are aligned to 4. The name of an accessor is its memory order, so that a reader
 * sees at the call what the kernel wrote at that place:
 *
 * <pre>
 *   read, write                plain C access; the compiler may do as it likes
 *   readOnce, writeOnce        READ_ONCE, WRITE_ONCE (opaque)
 *   loadAcquire, storeRelease  smp_load_acquire, smp_store_release
 *   cmpxchg, fetchAdd          value-returning atomics, fully ordered
 *   barrier                    smp_mb
 *   awaitClear                 the only way to wait: spin until bits are clear, then acquire
 * </pre>
 *
 * <p>Why waiting is a method: the raw load sits inside its loop, which a model checker recognises
 * as a wait and does not unroll. An accessor called in somebody else's loop costs twenty times the
 * interleavings.
 *
 * <p>Parts of a word. {@code writeInt} and {@code writeByte} replace their bytes by a plain
 * read-modify-write of the whole word, because a {@code long[]} has no narrower store. That is only
 * right where no other CPU can write the rest of the word at the same time; the structs of the
 * port are laid out so, and the race detector of the checked memory watches it. Where two halves
 * have different owners, as in struct page, {@code writeIntAlone} and {@code fetchAddInt} change one.
 *
 * <p>The bare memory has no trace of an observer; {@link CheckedMemory} has the same behaviour and
 * observes.
 */
public abstract sealed class Memory permits PlainMemory, WatchedMemory {
    /** Bytes of a machine word. */
    public static final int WORD = 8;

    /** As much as the lower half of an address reaches. */
    static final long MAX_BYTES = 1L << Integer.SIZE;

    static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

    final long[] words;

    /** The same where nobody observes, else null. */
    private final long[] bare;

    Memory(long[] words, boolean observed) {
        this.words = words;
        this.bare = observed ? null : words;
    }

    /** Bare memory of this many bytes, all zero. */
    public static Memory plain(long bytes) {
        return new PlainMemory(array(bytes));
    }

    /** Observed memory of this many bytes, all zero and all usable, that reports to a console. */
    public static CheckedMemory checked(long bytes, Console console) {
        return new CheckedMemory(array(bytes), console);
    }

    private static long[] array(long bytes) {
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("memory of " + bytes + " bytes, 4 GiB is the most");
        }
        return new long[Math.toIntExact((bytes + WORD - 1) / WORD)];
    }

    /**
     * This memory for one short section of code: on bare memory another object around the same
     * words. The compiler takes an object that does not leave the section apart and keeps where the
     * words are in registers, also behind a locked instruction, where it would read every field of a
     * shared object again. Whoever waits, does so on this memory itself: the other one throws
     * IllegalStateException from a wait that does not end at once, and from {@link #watchWaits}.
     */
    public final Memory local() {
        long[] bare = this.bare;
        return bare == null ? this : new PlainMemory(bare, null);
    }

    /** Size in bytes. */
    public final long size() {
        return (long) words.length * WORD;
    }

    /** A bare copy, independent of this memory. One array copy. */
    public final Memory fork() {
        return new PlainMemory(words.clone());
    }

    /**
     * An observed copy, independent of this memory, that reports to a console. A copy of observed
     * memory knows what was poisoned; a copy of bare memory holds every byte for usable, so a
     * template that is to be checked must be booted on {@link #checked}.
     */
    public final CheckedMemory forkChecked(Console console) {
        return this instanceof CheckedMemory checked
                ? new CheckedMemory(checked, console)
                : new CheckedMemory(words.clone(), console);
    }

    /** What an observer sees of a word: no order, no check, no effect. Never for kernel code. */
    @Observer
    public final long peek(long address) {
        try {
            return words[index(address)];
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(address);
        }
    }

    /** What an observer sees of an int. Never for kernel code. */
    @Observer
    public final int peekInt(long address) {
        return (int) (peek(address) >>> shift(address));
    }

    /** What an observer sees of a byte. Never for kernel code. */
    @Observer
    public final int peekByte(long address) {
        return (int) (peek(address) >>> shift(address)) & 0xff;
    }

    /**
     * What was stored in the page at address 0, where nothing may be: a sentence, or null. For bare
     * memory, on which a store through NULL does not fault.
     */
    @Observer
    public final String nullPageDamage() {
        for (long a = 0; a < MemoryMap.NULL_PAGE; a += WORD) {
            if (peek(a) != 0) {
                return String.format("something was stored through NULL: 0x%x at 0x%x", peek(a), a);
            }
        }
        return null;
    }

    /** Plain load of an aligned word. */
    public abstract long read(long address);

    /** Plain store of an aligned word. */
    public abstract void write(long address, long value);

    /**
     * Plain load of a word of a struct, {@code struct->field}: the same as a load of the sum. Who
     * reads several fields of one struct in this way has its place in memory worked out once, as a
     * processor has it in a register.
     */
    public long read(long struct, int offset) {
        return read(struct + offset);
    }

    /** Plain load of a word of an array of words within a struct, {@code struct->array[i]}. */
    public long read(long struct, int array, int i) {
        return read(struct + array + (long) i * WORD);
    }

    /** Plain store of a word of an array of words within a struct. */
    public void write(long struct, int array, int i, long value) {
        write(struct + array + (long) i * WORD, value);
    }

    /** Plain load of an aligned int. */
    public abstract int readInt(long address);

    /** Plain store of an aligned int; see the class comment on parts of a word. */
    public abstract void writeInt(long address, int value);

    /**
     * Plain store of an aligned int whose neighbour in the word other CPUs change at the same time,
     * with {@link #fetchAddInt} or this. Hardware stores 4 bytes; here a compare and exchange keeps
     * the others as they are. It orders nothing, and the race detector judges it as a plain store.
     */
    public abstract void writeIntAlone(long address, int value);

    /** Plain load of a byte, 0 to 255. */
    public abstract int readByte(long address);

    /** Plain store of the low byte of a value; see the class comment on parts of a word. */
    public abstract void writeByte(long address, int value);

    /** READ_ONCE of a word. */
    public abstract long readOnce(long address);

    /** WRITE_ONCE of a word. */
    public abstract void writeOnce(long address, long value);

    /** READ_ONCE of an int. */
    public abstract int readOnceInt(long address);

    /** WRITE_ONCE of an int; see the class comment on parts of a word. */
    public abstract void writeOnceInt(long address, int value);

    /**
     * data_race() around the load of an int: another CPU's plain stores may race with it, and the
     * reader lives with any value (S+Q3 15/23, rule B and C). The race detector lets it be; the
     * address shadow does not.
     */
    public int dataRaceInt(long address) {
        return readOnceInt(address);
    }

    /**
     * probe_kernel_read of a word that may be anybody's by now: no order, and neither the race
     * detector nor the address shadow judges it; 0 where there is no memory. For a guess that the
     * reader throws away unless he finds out that the word was his all the time.
     */
    public abstract long probeKernelRead(long address);

    /** smp_load_acquire of a word. */
    public abstract long loadAcquire(long address);

    /** smp_load_acquire of a word of a struct. */
    public long loadAcquire(long struct, int offset) {
        return loadAcquire(struct + offset);
    }

    /** smp_store_release of a word. */
    public abstract void storeRelease(long address, long value);

    /** Compare and exchange, fully ordered; true when the word was {@code expected}. */
    public abstract boolean cmpxchg(long address, long expected, long value);

    /** atomic_long_add: adds and returns the value before, fully ordered. */
    public abstract long fetchAdd(long address, long delta);

    /**
     * atomic_add_return of an int, fully ordered; returns the value before. The neighbour in the word
     * stays as others have it. No sum may leave the range 0 to 2<sup>31</sup> - 1, which a count of
     * references never does.
     */
    public abstract int fetchAddInt(long address, int delta);

    /** smp_mb. */
    public abstract void barrier();

    /** Spins until all bits of the mask are clear, then acquires; returns the word as it was seen. */
    public abstract long awaitClear(long address, long mask);

    /**
     * Has waits of this memory counted, for a run of real threads that must end. Checked memory has
     * its own ways: {@link CheckedMemory#soleRunner}, and the tool that schedules its threads.
     */
    public abstract void watchWaits(Progress progress);

    /** memset: fills bytes with the low byte of a value, plainly. */
    public abstract void fill(long address, long bytes, int value);

    /** memcpy: copies bytes upwards, plainly; the ranges must not overlap with source below. */
    public abstract void copy(long destination, long source, long bytes);

    /**
     * Tells the observers who runs from here on in this thread. The bare memory has no observers.
     */
    public abstract void runs(Task task);

    /** Tells the observers that the running task sends an IPI, whose legs begin behind this. */
    abstract void ipiSend();

    /** Tells the observers that this thread acts for a leg on a CPU until {@link #ipiLeave}. */
    abstract void ipiEnter(int cpu);

    /** Tells the observers that the leg is over. */
    abstract void ipiLeave();

    /** Tells the observers that the sender has waited for all legs. */
    abstract void ipiDone();

    /** Tells the address shadow that these bytes may be used, for the named purpose. */
    public abstract void unpoison(long address, long bytes, String what);

    /**
     * The same for an object of a cache, whose address says enough: its name is looked up when a
     * report has to be made ({@link WatchedMemory#nameCaches}).
     */
    public abstract void unpoisonObject(long object, long bytes, long cache);

    /** Tells the address shadow that these bytes may no longer be used. */
    public abstract void poison(long address, long bytes, Poison state);

    /**
     * metadata_access_enable: until {@link #metadataAccessDisable} this thread may touch poisoned
     * memory, as an allocator must that looks after its own red zones and free objects.
     */
    public abstract void metadataAccessEnable();

    /** metadata_access_disable. */
    public abstract void metadataAccessDisable();

    /** True when somebody observes; only to skip work that serves observers alone. */
    public abstract boolean observed();

    final void rawFill(long address, long bytes, int value) {
        requireRange(address, bytes);
        long a = address;
        long end = address + bytes;
        for (; a < end && (a & 7) != 0; a++) {
            words[index(a)] = withByte(words[index(a)], a, value);
        }
        long whole = end - a & ~7L;
        int from = index(a);
        Arrays.fill(words, from, from + (int) (whole >>> 3), (value & 0xffL) * 0x0101010101010101L);
        for (a += whole; a < end; a++) {
            words[index(a)] = withByte(words[index(a)], a, value);
        }
    }

    final void rawCopy(long destination, long source, long bytes) {
        requireRange(source, bytes);
        requireRange(destination, bytes);
        if (((destination | source | bytes) & 7) == 0) {
            System.arraycopy(words, index(source), words, index(destination), (int) (bytes >>> 3));
            return;
        }
        for (long i = 0; i < bytes; i++) {
            int to = index(destination + i);
            words[to] = withByte(words[to], destination + i, rawByte(source + i));
        }
    }

    private int rawByte(long address) {
        return (int) (words[index(address)] >>> shift(address)) & 0xff;
    }

    /**
     * Where a word stands in the array. Outside of memory this is no index of it, and the JVM's own
     * bounds check fails, which an accessor turns into a {@link WildAddress}. Only an address that
     * is a multiple of 4 GiB away from one in memory is mistaken for that one, on bare memory: to
     * compare the upper bits too made a pair of allocation and free 10 to 30 % slower. So no memory is
     * larger than {@link #MAX_BYTES}. On checked memory the address shadow finds it, and {@link
     * #probeKernelRead}, which nobody judges, compares all bits ({@link #isIn}).
     */
    static int index(long address) {
        return (int) address >>> 3;
    }

    /** True for the address of a byte of these words, by all its bits. */
    static boolean isIn(long[] words, long address) {
        return address >= 0 && address < (long) words.length * WORD;
    }

    /** The same for every byte of a range. */
    private void requireRange(long address, long bytes) {
        if (bytes < 0 || address < 0 || address > size() - bytes) {
            throw new WildAddress(address);
        }
    }

    /** The same of a word within a struct. */
    static int index(long struct, int offset) {
        return index(struct) + (offset >> 3);
    }

    static int shift(long address) {
        return ((int) address & 7) << 3;
    }

    static long withInt(long word, long address, int value) {
        int shift = shift(address);
        return word & ~(0xffffffffL << shift) | (value & 0xffffffffL) << shift;
    }

    static long withByte(long word, long address, int value) {
        int shift = shift(address);
        return word & ~(0xffL << shift) | (value & 0xffL) << shift;
    }
}
