package org.slubcheck.machine;

import java.util.ArrayList;
import java.util.List;

/**
 * Hands out the part of physical memory that is laid out before anything runs: the kernel image
 * with its global variables, the page array, the first per-CPU chunk; what is left over belongs to
 * the page allocator. Remembers a name for every range, for reports and time lines.
 *
 * <p>Used while a machine is designed; immutable once {@link #seal(long)} was called.
 */
public final class MemoryMap {
    /** A named range. */
    public record Symbol(String name, long address, long size) {
        /** True when the address lies within. */
        public boolean contains(long a) {
            return a >= address && a < address + size;
        }
    }

    /** Bytes at address 0 that nothing may touch: the page that makes NULL fault. */
    public static final long NULL_PAGE = 64;

    private final List<Symbol> symbols = new ArrayList<>();
    private long end = NULL_PAGE;
    private boolean sealed;

    /** Reserves bytes at an alignment (a power of two) and names them; returns the address. */
    public long reserve(String name, long bytes, long align) {
        if (sealed) {
            throw new IllegalStateException("the memory map is sealed");
        }
        long address = end + align - 1 & -align;
        symbols.add(new Symbol(name, address, bytes));
        end = address + bytes;
        return address;
    }

    /** Reserves one word. */
    public long word(String name) {
        return reserve(name, Memory.WORD, Memory.WORD);
    }

    /** Ends the design; returns the size of physical memory, a multiple of this. */
    public long seal(long granularity) {
        sealed = true;
        end = (end + granularity - 1) / granularity * granularity;
        return end;
    }

    /** All ranges, in address order. */
    public List<Symbol> symbols() {
        return List.copyOf(symbols);
    }

    /** The range that holds an address, or null. */
    public Symbol symbolAt(long address) {
        int low = 0;
        int high = symbols.size() - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            Symbol symbol = symbols.get(middle);
            if (address < symbol.address) {
                high = middle - 1;
            } else if (!symbol.contains(address)) {
                low = middle + 1;
            } else {
                return symbol;
            }
        }
        return null;
    }
}
