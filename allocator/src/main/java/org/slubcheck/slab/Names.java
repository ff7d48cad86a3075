package org.slubcheck.slab;

import java.nio.charset.StandardCharsets;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.machine.Task;

/**
 * Strings in memory, NUL-terminated. They are written by whole words, so that the byte stores do
 * not touch a neighbour; every place for one is a multiple of a word.
 */
public final class Names {
    /** Longest string that anybody looks at. */
    public static final int MAX = 255;

    private Names() {}

    /** The string at an address, by plain reads; "(null)" for 0, as printk writes it. */
    public static String load(Memory m, long address) {
        if (address == 0) {
            return "(null)";
        }
        StringBuilder text = new StringBuilder();
        int c;
        while (text.length() < MAX && (c = m.readByte(address + text.length())) != 0) {
            text.append((char) c);
        }
        return text.toString();
    }

    /** What an observer sees at an address, which may be any; "(null)" for 0. */
    @Observer
    public static String peek(Memory m, long address) {
        if (address == 0) {
            return "(null)";
        }
        StringBuilder text = new StringBuilder();
        for (long a = address; a >= 0 && a < m.size() && text.length() < MAX; a++) {
            int c = m.peekByte(a);
            if (c == 0) {
                break;
            }
            text.append((char) c);
        }
        return text.toString();
    }

    /** strcmp() == 0, by plain reads. */
    static boolean same(Memory m, long a, long b) {
        for (int i = 0; i <= MAX; i++) {
            int c = m.readByte(a + i);
            if (c != m.readByte(b + i)) {
                return false;
            }
            if (c == 0) {
                return true;
            }
        }
        return true;
    }

    /**
     * kasprintf: a copy of the text in kmalloc memory, to be freed by kfree; 0 when out of memory.
     * Sleeps if the flags say WAIT.
     */
    public static long kasprintf(Slab k, Task t, int gfp, String text) {
        if (k.faults().shouldFail(Faults.Kind.NAME)) {
            return 0;
        }
        byte[] bytes = bytes(text);
        long address = k.kmalloc(t, wholeWords(bytes.length + 1), gfp);
        if (address != 0) {
            write(k.memory(), address, bytes);
        }
        return address;
    }

    /**
     * Places a string literal where a linker or module loader would; the same address each time.
     * Safe against others who do the same: an entry is its length, stored last with release, and
     * its text.
     *
     * @return 0 when there is no room left
     */
    static long literal(Memory m, SlabWiring w, String text) {
        byte[] bytes = bytes(text);
        long entry = w.literals() + Memory.WORD;
        long end =
                Math.min(w.literals() + Memory.WORD + m.loadAcquire(w.literals()), w.literalsEnd());
        while (entry < end) {
            long words = m.loadAcquire(entry);
            if (words == 0) {
                break;
            }
            if (matches(m, entry + Memory.WORD, bytes)) {
                return entry + Memory.WORD;
            }
            entry += Memory.WORD + words;
        }
        long size = wholeWords(bytes.length + 1);
        long used = m.loadAcquire(w.literals());
        if (w.literals() + 2L * Memory.WORD + used + size > w.literalsEnd()) {
            return 0;
        }
        entry = w.literals() + Memory.WORD + m.fetchAdd(w.literals(), Memory.WORD + size);
        if (entry + Memory.WORD + size > w.literalsEnd()) {
            return 0;
        }
        write(m, entry + Memory.WORD, bytes);
        m.storeRelease(entry, size);
        return entry + Memory.WORD;
    }

    private static boolean matches(Memory m, long address, byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (m.readByte(address + i) != (bytes[i] & 0xff)) {
                return false;
            }
        }
        return m.readByte(address + bytes.length) == 0;
    }

    private static void write(Memory m, long address, byte[] bytes) {
        for (int at = 0; at <= bytes.length; at += Memory.WORD) {
            long word = 0;
            for (int i = at; i < Math.min(at + Memory.WORD, bytes.length); i++) {
                word |= (bytes[i] & 0xffL) << (i - at) * 8;
            }
            m.write(address + at, word);
        }
    }

    private static byte[] bytes(String text) {
        byte[] all = text.getBytes(StandardCharsets.ISO_8859_1);
        return all.length <= MAX ? all : java.util.Arrays.copyOf(all, MAX);
    }

    private static int wholeWords(int bytes) {
        return bytes + Memory.WORD - 1 & -Memory.WORD;
    }
}
