package org.slubcheck.machine;

import java.lang.invoke.VarHandle;

/** {@link Memory} without a trace of any observer: what samples, replays and benchmarks run on. */
final class PlainMemory extends Memory {
    /** Looks at a word before a wait is told to whom it may concern: a lock is held for less. */
    private static final int SPINS = 1 << 10;

    /** Who is told of long waits; null in a {@link #local()} memory, in which nobody may wait. */
    private final Waits waits;

    /** A field that changes, in an object of its own, as the memory has none. */
    static final class Waits {
        private Progress progress;
    }

    PlainMemory(long[] words) {
        this(words, new Waits());
    }

    PlainMemory(long[] words, Waits waits) {
        super(words, false);
        this.waits = waits;
    }

    @Override
    public long read(long address) {
        try {
            return words[index(address)];
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(address);
        }
    }

    @Override
    public void write(long address, long value) {
        try {
            words[index(address)] = value;
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(address);
        }
    }

    @Override
    public long read(long struct, int offset) {
        try {
            return words[index(struct, offset)];
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(struct + offset);
        }
    }

    @Override
    public long read(long struct, int array, int i) {
        try {
            return words[index(struct, array) + i];
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(struct + array + (long) i * WORD);
        }
    }

    @Override
    public void write(long struct, int array, int i, long value) {
        try {
            words[index(struct, array) + i] = value;
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(struct + array + (long) i * WORD);
        }
    }

    @Override
    public int readInt(long address) {
        try {
            return (int) (words[index(address)] >>> shift(address));
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(address);
        }
    }

    @Override
    public void writeInt(long address, int value) {
        try {
            int i = index(address);
            words[i] = withInt(words[i], address, value);
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(address);
        }
    }

    @Override
    public void writeIntAlone(long address, int value) {
        try {
            int i = index(address);
            long seen;
            do {
                seen = (long) WORDS.getOpaque(words, i);
            } while (!WORDS.weakCompareAndSetPlain(words, i, seen, withInt(seen, address, value)));
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(address);
        }
    }

    @Override
    public int readByte(long address) {
        try {
            return (int) (words[index(address)] >>> shift(address)) & 0xff;
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(address);
        }
    }

    @Override
    public void writeByte(long address, int value) {
        try {
            int i = index(address);
            words[i] = withByte(words[i], address, value);
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(address);
        }
    }

    @Override
    public long readOnce(long address) {
        try {
            return (long) WORDS.getOpaque(words, index(address));
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(address);
        }
    }

    @Override
    public void writeOnce(long address, long value) {
        try {
            WORDS.setOpaque(words, index(address), value);
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(address);
        }
    }

    @Override
    public int readOnceInt(long address) {
        try {
            return (int) ((long) WORDS.getOpaque(words, index(address)) >>> shift(address));
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(address);
        }
    }

    @Override
    public void writeOnceInt(long address, int value) {
        try {
            int i = index(address);
            WORDS.setOpaque(words, i, withInt((long) WORDS.getOpaque(words, i), address, value));
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(address);
        }
    }

    @Override
    public long probeKernelRead(long address) {
        return isIn(words, address) ? (long) WORDS.getOpaque(words, index(address)) : 0;
    }

    @Override
    public long loadAcquire(long address) {
        try {
            return (long) WORDS.getAcquire(words, index(address));
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(address);
        }
    }

    @Override
    public long loadAcquire(long struct, int offset) {
        try {
            return (long) WORDS.getAcquire(words, index(struct, offset));
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(struct + offset);
        }
    }

    @Override
    public void storeRelease(long address, long value) {
        try {
            WORDS.setRelease(words, index(address), value);
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(address);
        }
    }

    @Override
    public boolean cmpxchg(long address, long expected, long value) {
        try {
            // The value, not the outcome, is what the processor leaves in a register.
            return (long) WORDS.compareAndExchange(words, index(address), expected, value)
                    == expected;
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(address);
        }
    }

    @Override
    public long fetchAdd(long address, long delta) {
        try {
            return (long) WORDS.getAndAdd(words, index(address), delta);
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(address);
        }
    }

    @Override
    public int fetchAddInt(long address, int delta) {
        try {
            int shift = shift(address);
            long before = (long) WORDS.getAndAdd(words, index(address), (long) delta << shift);
            return (int) (before >>> shift);
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(address);
        }
    }

    @Override
    public void barrier() {
        VarHandle.fullFence();
    }

    @Override
    public long awaitClear(long address, long mask) {
        int i = index(address);
        int spins = 0;
        long seen;
        try {
            while (((seen = (long) WORDS.getVolatile(words, i)) & mask) != 0) {
                requireWaits();
                Thread.onSpinWait();
                if (++spins > SPINS) {
                    spins = 0;
                    awaitWatched(address, mask);
                }
            }
        } catch (IndexOutOfBoundsException e) {
            throw new WildAddress(address);
        }
        return seen;
    }

    private void awaitWatched(long address, long mask) {
        Progress progress = waits.progress;
        if (progress != null) {
            int i = index(address);
            progress.await(
                    () -> ((long) WORDS.getVolatile(words, i) & mask) != 0,
                    String.format("the lock at %016x, value: %x", address, words[i]));
        }
    }

    /** A wait that nobody can be told of would go on for ever without a word. */
    private void requireWaits() {
        if (waits == null) {
            throw new IllegalStateException("a wait on a local memory");
        }
    }

    @Override
    public void watchWaits(Progress toTell) {
        requireWaits();
        waits.progress = toTell;
    }

    @Override
    public void fill(long address, long bytes, int value) {
        rawFill(address, bytes, value);
    }

    @Override
    public void copy(long destination, long source, long bytes) {
        rawCopy(destination, source, bytes);
    }

    @Override
    public void runs(Task task) {}

    @Override
    void ipiSend() {}

    @Override
    void ipiEnter(int cpu) {}

    @Override
    void ipiLeave() {}

    @Override
    void ipiDone() {}

    @Override
    public void unpoison(long address, long bytes, String what) {}

    @Override
    public void unpoisonObject(long object, long bytes, long cache) {}

    @Override
    public void poison(long address, long bytes, Poison state) {}

    @Override
    public void metadataAccessEnable() {}

    @Override
    public void metadataAccessDisable() {}

    @Override
    public boolean observed() {
        return false;
    }
}
