package org.slubcheck.crash;

import org.slubcheck.machine.Memory;

/** A dump's memory for who looks at it: any address has an answer, 0 where there is no memory. */
final class Image {
    private static final int LONGEST_NAME = 64;

    private final Memory memory;

    Image(Memory memory) {
        this.memory = memory;
    }

    /** True when there is memory for a word at an address. */
    boolean maps(long address) {
        return address > 0 && address <= memory.size() - Memory.WORD;
    }

    /** The word that an address is in. */
    long word(long address) {
        return maps(address) ? memory.peek(address & -Memory.WORD) : 0;
    }

    /** The int that an address is in. */
    int integer(long address) {
        return maps(address) ? memory.peekInt(address & -Integer.BYTES) : 0;
    }

    /** A byte, or -1 where there is none. */
    int octet(long address) {
        return address > 0 && address < memory.size() ? memory.peekByte(address) : -1;
    }

    /** What can be read of the text at an address, its unprintable bytes as points; "(null)" for 0. */
    String text(long address) {
        if (address == 0) {
            return "(null)";
        }
        StringBuilder text = new StringBuilder();
        for (long a = address; text.length() < LONGEST_NAME && octet(a) > 0; a++) {
            int c = octet(a);
            text.append(c < ' ' || c > '~' ? '.' : (char) c);
        }
        return text.toString();
    }
}
