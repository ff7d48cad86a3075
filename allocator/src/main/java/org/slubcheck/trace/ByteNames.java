package org.slubcheck.trace;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Numbers for byte strings: each distinct one becomes a String once. */
final class ByteNames {
    /** A kernel has some hundred caches and some dozen sets of flags; more is no trace. */
    static final int LIMIT = 1 << 16;

    private final List<String> names = new ArrayList<>();
    private byte[][] bytes = new byte[64][];
    private int[] table = new int[256];

    /** The number of buffer[from..to), or -1 when there are too many. */
    int intern(byte[] buffer, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = hash * 31 + buffer[i];
        }
        int mask = table.length - 1;
        int at = spread(hash) & mask;
        for (int id = table[at]; id != 0; id = table[at]) {
            byte[] known = bytes[id - 1];
            if (Arrays.equals(known, 0, known.length, buffer, from, to)) {
                return id - 1;
            }
            at = at + 1 & mask;
        }
        return add(at, buffer, from, to);
    }

    private int add(int at, byte[] buffer, int from, int to) {
        int id = names.size();
        if (id == LIMIT) {
            return -1;
        }
        if (id == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * id);
        }
        bytes[id] = Arrays.copyOfRange(buffer, from, to);
        names.add(new String(buffer, from, to - from, StandardCharsets.UTF_8));
        table[at] = id + 1;
        if (names.size() * 2 > table.length) {
            rehash();
        }
        return id;
    }

    private void rehash() {
        table = new int[table.length * 2];
        int mask = table.length - 1;
        for (int id = 0; id < names.size(); id++) {
            int hash = 0;
            for (byte b : bytes[id]) {
                hash = hash * 31 + b;
            }
            int at = spread(hash) & mask;
            while (table[at] != 0) {
                at = at + 1 & mask;
            }
            table[at] = id + 1;
        }
    }

    private static int spread(int hash) {
        return hash ^ hash >>> 15;
    }

    String name(int id) {
        return names.get(id);
    }

    int size() {
        return names.size();
    }
}
