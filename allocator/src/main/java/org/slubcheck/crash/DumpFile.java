package org.slubcheck.crash;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Memory;
import org.slubcheck.mm.PercpuSizes;

/**
 * A dump in a file.
 *
 * <pre>
 *   slubcheck crash dump 1\n      what it is, and the version of what follows
 *   length                        8 bytes, of the payload
 *   SHA-256                       32 bytes, of the payload
 *   payload                       gzip of sections: name, length, bytes
 * </pre>
 *
 * <p>The sections say everything that is needed to look at the machine: how it was configured, where
 * its variables are, every word of memory, what the address shadow knew, the log and the console. A
 * section that is not known is passed over. The same dump gives the same bytes.
 */
public final class DumpFile {
    private static final String MAGIC = "slubcheck crash dump ";
    private static final String VERSION = "1";
    private static final int LONGEST_VERSION = 8;
    private static final int DIGEST = 32;
    private static final int MOST_BYTES = 1 << 30;

    /** Of a file, behind its head: what is longer is no dump, and is not read to its end. */
    private static final int MOST_PACKED = 1 << 26;

    private static final String ABOUT = "about";
    private static final String CONFIG = "config";
    private static final String SYMBOLS = "symbols";
    private static final String MEMORY = "memory";
    private static final String SHADOW = "shadow";
    private static final String LOG = "log";
    private static final String CONSOLE = "console";
    private static final String RUNNERS = "runners";
    private static final String TASKS = "tasks";
    private static final String OLD = "old";

    private static final String KERNEL = "kernel";
    private static final String SIZES = "percpu";
    private static final String STAGE = "stage";

    private DumpFile() {}

    /**
     * Writes a dump: under another name first, so that there is never half of one.
     *
     * @throws IOException when it cannot be written; what stood there before is still there then
     */
    public static void write(Dump dump, Path file) throws IOException {
        byte[] payload = payload(dump);
        Path folder = file.toAbsolutePath().getParent();
        Path half = folder.resolve(file.getFileName() + ".part");
        try {
            try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(half))) {
                out.write((MAGIC + VERSION + "\n").getBytes(StandardCharsets.US_ASCII));
                out.writeLong(payload.length);
                out.write(digest(payload));
                out.write(payload);
            }
            Files.move(half, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(half);
        }
    }

    private static byte[] payload(Dump dump) throws IOException {
        Kernel kernel = dump.kernel();
        Map<String, String> config = new LinkedHashMap<>(RecordText.write(KERNEL, kernel.config()));
        config.putAll(RecordText.write(SIZES, kernel.percpuSizes()));
        config.put(STAGE, kernel.stage().name());
        Map<String, String> about = new LinkedHashMap<>();
        for (Dump.About what : Dump.About.values()) {
            about.put(what.key(), dump.tells(what));
        }
        Map<String, byte[]> sections = new LinkedHashMap<>();
        sections.put(ABOUT, Sections.texts(about));
        sections.put(CONFIG, Sections.texts(config));
        sections.put(SYMBOLS, Sections.symbols(kernel.map()));
        sections.put(MEMORY, Sections.memory(kernel.memory()));
        sections.put(SHADOW, Sections.shadow(dump.shadow()));
        sections.put(LOG, Sections.log(dump.log(), dump.left()));
        sections.put(CONSOLE, Sections.console(kernel.console()));
        sections.put(RUNNERS, Sections.runners(dump.runners()));
        sections.put(TASKS, Sections.strings(dump.tasks()));
        sections.put(OLD, Sections.old(dump.old()));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(bytes))) {
            for (Map.Entry<String, byte[]> section : sections.entrySet()) {
                out.writeUTF(section.getKey());
                out.writeInt(section.getValue().length);
                out.write(section.getValue());
            }
        }
        return bytes.toByteArray();
    }

    /**
     * Reads a dump.
     *
     * @throws DumpException when the file is none, is damaged, or is of another version
     * @throws IOException when it cannot be read
     */
    public static Dump read(Path file) throws IOException {
        Map<String, byte[]> sections = sections(checked(bytes(file)));
        try {
            return dump(sections);
        } catch (EOFException e) {
            throw new DumpException("a part of it is too short");
        } catch (IllegalArgumentException e) {
            throw new DumpException("it is of no machine that can be: " + e.getMessage());
        }
    }

    /** All of a file; of one that does not begin as a dump does, however long, only the beginning. */
    private static byte[] bytes(Path file) throws IOException {
        byte[] magic = MAGIC.getBytes(StandardCharsets.US_ASCII);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(magic.length);
            if (!Arrays.equals(start, magic)) {
                return start;
            }
            byte[] rest = in.readNBytes(MOST_PACKED);
            if (in.read() >= 0) {
                throw new DumpException("it is longer than a dump can be");
            }
            byte[] all = Arrays.copyOf(start, start.length + rest.length);
            System.arraycopy(rest, 0, all, start.length, rest.length);
            return all;
        }
    }

    /** The payload of a file that is whole. */
    private static byte[] checked(byte[] all) throws DumpException {
        byte[] magic = MAGIC.getBytes(StandardCharsets.US_ASCII);
        int known = Math.min(magic.length, all.length);
        if (!Arrays.equals(all, 0, known, magic, 0, known)) {
            throw new DumpException("it is no crash dump of slubcheck");
        }
        int end = magic.length;
        while (end < all.length && end - magic.length < LONGEST_VERSION && all[end] != '\n') {
            end++;
        }
        if (end >= all.length) {
            throw new DumpException("it is cut off: " + all.length + " bytes are there");
        }
        String version =
                new String(all, magic.length, end - magic.length, StandardCharsets.US_ASCII);
        if (all[end] != '\n' || !version.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new DumpException("it is no crash dump of slubcheck");
        }
        if (!version.equals(VERSION)) {
            throw new DumpException(
                    "it is of version " + version + ", and this program reads version " + VERSION);
        }
        int start = end + 1 + Long.BYTES + DIGEST;
        if (all.length < start) {
            throw new DumpException("it is cut off: " + all.length + " bytes are there");
        }
        ByteBuffer header = ByteBuffer.wrap(all, end + 1, Long.BYTES + DIGEST);
        long length = header.getLong();
        byte[] digest = new byte[DIGEST];
        header.get(digest);
        if (length != all.length - start) {
            throw new DumpException(
                    length > all.length - start
                            ? "it is cut off: "
                                    + (all.length - start)
                                    + " of "
                                    + length
                                    + " bytes are there"
                            : "it does not end where it should");
        }
        byte[] payload = Arrays.copyOfRange(all, start, all.length);
        if (!Arrays.equals(digest, digest(payload))) {
            throw new DumpException("it is damaged: its checksum is wrong");
        }
        return payload;
    }

    private static Map<String, byte[]> sections(byte[] payload) throws IOException {
        Map<String, byte[]> sections = new LinkedHashMap<>();
        try (GZIPInputStream zip = new GZIPInputStream(new ByteArrayInputStream(payload))) {
            byte[] all = zip.readNBytes(MOST_BYTES);
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(all));
            while (in.available() > 0) {
                String name = in.readUTF();
                int length = in.readInt();
                byte[] section = in.readNBytes(Math.max(0, length));
                if (section.length != length) {
                    throw new DumpException("its part " + name + " is too short");
                }
                sections.put(name, section);
            }
        } catch (DumpException e) {
            throw e;
        } catch (IOException e) {
            throw new DumpException("it cannot be unpacked: " + e.getMessage());
        }
        return sections;
    }

    private static byte[] part(Map<String, byte[]> sections, String name) throws DumpException {
        byte[] part = sections.get(name);
        if (part == null) {
            throw new DumpException("its part " + name + " is missing");
        }
        return part;
    }

    private static Dump dump(Map<String, byte[]> sections) throws IOException {
        Map<String, String> config = Sections.texts(part(sections, CONFIG));
        KernelConfig built = RecordText.read(config, KERNEL, KernelConfig.class);
        PercpuSizes sizes = RecordText.read(config, SIZES, PercpuSizes.class);
        Kernel.Stage stage = Kernel.Stage.valueOf(config.getOrDefault(STAGE, "of no name"));
        Memory memory = Sections.memory(part(sections, MEMORY));
        Console console = Sections.console(part(sections, CONSOLE));
        Kernel kernel = Kernel.attach(built, sizes, stage, size -> memory, console);
        if (!Sections.symbols(part(sections, SYMBOLS)).equals(kernel.map().symbols())) {
            throw new DumpException(
                    "its variables stand elsewhere: it is from another version of slubcheck");
        }
        byte[] log = part(sections, LOG);
        Dump dump =
                new Dump(
                        kernel,
                        Sections.texts(part(sections, ABOUT)),
                        Sections.shadow(part(sections, SHADOW)),
                        Sections.runners(part(sections, RUNNERS)),
                        Sections.log(log),
                        Sections.left(log),
                        Sections.strings(part(sections, TASKS)),
                        Sections.old(part(sections, OLD)));
        if ((long) dump.shadow().words() * Memory.WORD != memory.size()) {
            throw new DumpException("its shadow is not of its memory");
        }
        return dump;
    }

    private static byte[] digest(byte[] payload) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(payload);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
