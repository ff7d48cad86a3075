package org.slubcheck.trace;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The lines of a file, plain or compressed by gzip, as ranges of one buffer. Whether it is
 * compressed is told by its first bytes, not by its name. A line is bounded, so is the buffer.
 */
final class TraceInput implements Closeable {
    /** Longest line; the kernel's own limit is a page. */
    static final int MAX_LINE = 1 << 16;

    private static final int BUFFER = 1 << 18;
    private static final int GZIP_BUFFER = 1 << 16;

    private final Path file;
    private final InputStream in;
    private final boolean gzip;

    /** Holds the line; valid until the next call of {@link #nextLine}. */
    final byte[] buffer = new byte[BUFFER];

    /** Where the line begins in the buffer. */
    int start;

    /** Where the line ends, its line end not included. */
    int end;

    /** The number of the line, from 1. */
    long line;

    private int filled;
    private int next;
    private boolean atEnd;

    private TraceInput(Path file, InputStream in, boolean gzip) {
        this.file = file;
        this.in = in;
        this.gzip = gzip;
    }

    static TraceInput open(Path file) throws TraceFormatException {
        if (Files.isDirectory(file)) {
            throw TraceFormatException.ofFile(file, "is a directory, not a trace", null);
        }
        InputStream raw = null;
        try {
            raw = Files.newInputStream(file);
            PushbackInputStream in = new PushbackInputStream(raw, 2);
            byte[] magic = in.readNBytes(2);
            if (magic.length == 0) {
                throw TraceFormatException.ofFile(file, "is empty, not a trace", null);
            }
            in.unread(magic);
            boolean gzip = magic.length == 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b;
            InputStream text = gzip ? new GZIPInputStream(in, GZIP_BUFFER) : in;
            return new TraceInput(file, text, gzip);
        } catch (IOException e) {
            closeQuietly(raw);
            throw unreadable(file, e);
        } catch (TraceFormatException e) {
            closeQuietly(raw);
            throw e;
        }
    }

    private static void closeQuietly(InputStream in) {
        try {
            if (in != null) {
                in.close();
            }
        } catch (IOException e) {
            // What is thrown next says more.
        }
    }

    private static TraceFormatException unreadable(Path file, IOException e) {
        String what = "cannot be read: " + e.getMessage();
        if (e instanceof NoSuchFileException) {
            what = "no such file";
        } else if (e instanceof AccessDeniedException) {
            what = "permission denied";
        } else if (e instanceof EOFException) {
            what = "the compressed file is cut off in its header";
        } else if (e instanceof ZipException) {
            what = "begins like a gzip file but is none";
        }
        return TraceFormatException.ofFile(file, what, e);
    }

    /** Moves to the next line; false at the end of the file. */
    boolean nextLine() throws TraceFormatException {
        byte[] bytes = buffer;
        int at = next;
        while (true) {
            int limit = filled;
            while (at < limit && bytes[at] != '\n') {
                at++;
            }
            if (at - next > MAX_LINE) {
                line++;
                throw bad("longer than " + MAX_LINE + " bytes, not a line of a trace");
            }
            if (at < limit) {
                return line(next, at, at + 1);
            }
            if (atEnd) {
                return at > next && line(next, at, at);
            }
            at -= fill();
        }
    }

    private boolean line(int from, int to, int after) {
        start = from;
        end = to > from && buffer[to - 1] == '\r' ? to - 1 : to;
        next = after;
        line++;
        return true;
    }

    /** Reads more; returns how far what was there moved down. */
    private int fill() throws TraceFormatException {
        int moved = 0;
        if (filled + MAX_LINE > buffer.length) {
            moved = next;
            System.arraycopy(buffer, next, buffer, 0, filled - next);
            filled -= moved;
            next = 0;
        }
        try {
            int read = in.read(buffer, filled, buffer.length - filled);
            if (read < 0) {
                atEnd = true;
            } else {
                filled += read;
            }
        } catch (EOFException e) {
            throw TraceFormatException.ofFile(
                    file, "the compressed file is cut off after line " + line, e);
        } catch (ZipException e) {
            throw TraceFormatException.ofFile(
                    file, "the compressed data are damaged after line " + line, e);
        } catch (IOException e) {
            throw TraceFormatException.ofFile(
                    file, "cannot be read after line " + line + ": " + e.getMessage(), e);
        }
        return moved;
    }

    boolean gzip() {
        return gzip;
    }

    TraceFormatException bad(String what) {
        return TraceFormatException.ofLine(file, line, what);
    }

    TraceFormatException badFile(String what) {
        return TraceFormatException.ofFile(file, what, null);
    }

    @Override
    public void close() {
        closeQuietly(in);
    }
}
