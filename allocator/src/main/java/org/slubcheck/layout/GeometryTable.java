package org.slubcheck.layout;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.function.Consumer;

/**
 * Caches from a table of tab-separated values: the format of {@code traces/slab-geometry-sample.tsv}.
 *
 * <p>The first line names the columns, each further line is a cache. The table is read as a stream
 * and a line is bounded, so that a file that is no table costs neither memory nor time.
 */
public final class GeometryTable {
    /** The first line. */
    public static final String HEADER =
            "name\tobject_size\talign\thwcache_align\tslab_size\tobjs_per_slab\torder"
                    + "\tctor\trcu\tdma\treclaim";

    private static final int COLUMNS = 11;
    private static final int MAX_LINE = 4096;

    private final Path file;
    private final Consumer<CacheRow> rows;
    private int line;

    private GeometryTable(Path file, Consumer<CacheRow> rows) {
        this.file = file;
        this.rows = rows;
    }

    /**
     * Reads a table and hands over each row as it is read.
     *
     * @throws LayoutException if the file cannot be read or a line is no row; the message has the
     *     line number
     */
    public static void read(Path file, Consumer<CacheRow> rows) throws LayoutException {
        if (Files.isDirectory(file)) {
            throw new LayoutException(file + " is a directory, not a table of caches");
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            new GeometryTable(file, rows).read(in);
        } catch (NoSuchFileException e) {
            throw new LayoutException("cannot read " + file + ": no such file", e);
        } catch (AccessDeniedException e) {
            throw new LayoutException("cannot read " + file + ": permission denied", e);
        } catch (IOException e) {
            throw new LayoutException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private void read(InputStream in) throws IOException, LayoutException {
        String header = nextLine(in);
        if (header == null) {
            throw new LayoutException(file + " is empty, not a table of caches");
        }
        if (!header.equals(HEADER)) {
            throw bad("the columns must be " + HEADER.replace('\t', ' '));
        }
        for (String text = nextLine(in); text != null; text = nextLine(in)) {
            if (!text.isBlank()) {
                rows.accept(row(text));
            }
        }
    }

    private CacheRow row(String text) throws LayoutException {
        String[] column = text.split("\t", -1);
        if (column.length != COLUMNS) {
            throw bad(COLUMNS + " columns expected, " + column.length + " found");
        }
        if (column[0].isBlank()) {
            throw bad("the name is empty");
        }
        long flags = 0;
        if (flag(column, 3, "hwcache_align")) {
            flags |= LayoutFlags.HWCACHE_ALIGN;
        }
        if (flag(column, 8, "rcu")) {
            flags |= LayoutFlags.DESTROY_BY_RCU;
        }
        int align = number(column, 2, "align", 0);
        if ((align & align - 1) != 0) {
            throw bad("align must be a power of two, not " + align);
        }
        return new CacheRow(
                column[0],
                number(column, 1, "object_size", 1),
                align,
                number(column, 4, "slab_size", 1),
                number(column, 5, "objs_per_slab", 1),
                number(column, 6, "order", 0),
                flag(column, 7, "ctor"),
                flags,
                flag(column, 9, "dma"),
                flag(column, 10, "reclaim"));
    }

    private int number(String[] column, int at, String what, int least) throws LayoutException {
        try {
            int value = Integer.parseInt(column[at]);
            if (value >= least && value <= SlubLayout.MAX_OBJECT) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below, with the line.
        }
        throw bad(what + " must be a number from " + least + ", not " + shown(column[at]));
    }

    private boolean flag(String[] column, int at, String what) throws LayoutException {
        if (column[at].equals("0") || column[at].equals("1")) {
            return column[at].equals("1");
        }
        throw bad(what + " must be 0 or 1, not " + shown(column[at]));
    }

    private static String shown(String value) {
        String text = value.length() > 40 ? value.substring(0, 40) + "..." : value;
        StringBuilder shown = new StringBuilder("'");
        text.chars().forEach(c -> shown.append(c < ' ' || c == 127 ? '?' : (char) c));
        return shown.append('\'').toString();
    }

    private LayoutException bad(String what) {
        return new LayoutException(file + ": line " + line + ": " + what);
    }

    /** The next line without its end, or null. */
    private String nextLine(InputStream in) throws IOException, LayoutException {
        byte[] bytes = new byte[MAX_LINE];
        int length = 0;
        line++;
        int c = in.read();
        if (c < 0) {
            return null;
        }
        for (; c >= 0 && c != '\n'; c = in.read()) {
            if (length == MAX_LINE) {
                throw bad("longer than " + MAX_LINE + " bytes, not a row of a table");
            }
            bytes[length++] = (byte) c;
        }
        if (length > 0 && bytes[length - 1] == '\r') {
            length--;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /** Writes rows in the format that {@link #read} reads; debug flags have no column. */
    public static String write(Iterator<CacheRow> rows) {
        StringBuilder table = new StringBuilder(HEADER).append('\n');
        while (rows.hasNext()) {
            CacheRow row = rows.next();
            Object[] columns = {
                row.name(),
                row.objectSize(),
                row.align(),
                bit(row.has(LayoutFlags.HWCACHE_ALIGN)),
                row.slabSize(),
                row.objects(),
                row.order(),
                bit(row.ctor()),
                bit(row.has(LayoutFlags.DESTROY_BY_RCU)),
                bit(row.dma()),
                bit(row.reclaim())
            };
            for (int i = 0; i < columns.length; i++) {
                table.append(columns[i]).append(i + 1 < columns.length ? '\t' : '\n');
            }
        }
        return table.toString();
    }

    private static int bit(boolean on) {
        return on ? 1 : 0;
    }
}
