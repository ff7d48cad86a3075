package org.slubcheck.crash;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slubcheck.machine.AccessLog;
import org.slubcheck.machine.Capture;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.MemoryMap;
import org.slubcheck.machine.ShadowImage;
import org.slubcheck.timeline.Symbolizer;

/**
 * The parts of a dump as bytes, each by itself. Numbers are big endian, a text is its length in bytes
 * and UTF-8, a list its length and its elements, arrays of a log stand one behind the other.
 */
final class Sections {
    private static final AccessLog.Kind[] KINDS = AccessLog.Kind.values();
    private static final Console.Level[] LEVELS = Console.Level.values();

    private Sections() {}

    /** What a part is written to. */
    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private static byte[] bytes(Writing part) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            part.to(out);
        } catch (IOException e) {
            throw new IllegalStateException("an array cannot be written to", e);
        }
        return bytes.toByteArray();
    }

    /** What an element of a list is read by. */
    private interface Reading<T> {
        T from(DataInputStream in) throws IOException;
    }

    private static DataInputStream in(byte[] part) {
        return new DataInputStream(new ByteArrayInputStream(part));
    }

    private static <T> List<T> list(DataInputStream in, Reading<T> each) throws IOException {
        int count = in.readInt();
        List<T> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(each.from(in));
        }
        return all;
    }

    private static void put(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String text(DataInputStream in) throws IOException {
        int length = in.readInt();
        byte[] bytes = in.readNBytes(Math.max(0, length));
        if (bytes.length != length) {
            throw new DumpException("a text in it has no end");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static byte[] texts(Map<String, String> texts) {
        return bytes(
                out -> {
                    out.writeInt(texts.size());
                    for (Map.Entry<String, String> entry : texts.entrySet()) {
                        put(out, entry.getKey());
                        put(out, entry.getValue());
                    }
                });
    }

    static Map<String, String> texts(byte[] part) throws IOException {
        DataInputStream in = in(part);
        Map<String, String> texts = new LinkedHashMap<>();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            texts.put(text(in), text(in));
        }
        return texts;
    }

    static byte[] strings(List<String> strings) {
        return bytes(
                out -> {
                    out.writeInt(strings.size());
                    for (String string : strings) {
                        put(out, string);
                    }
                });
    }

    static List<String> strings(byte[] part) throws IOException {
        return list(in(part), Sections::text);
    }

    static byte[] memory(Memory memory) {
        return bytes(
                out -> {
                    for (long a = 0; a < memory.size(); a += Memory.WORD) {
                        out.writeLong(memory.peek(a));
                    }
                });
    }

    /** Memory of as many bytes as the part has. */
    static Memory memory(byte[] part) throws IOException {
        Memory memory = Memory.plain(part.length);
        DataInputStream in = in(part);
        for (long a = 0; a < memory.size(); a += Memory.WORD) {
            memory.write(a, in.readLong());
        }
        return memory;
    }

    static byte[] shadow(ShadowImage shadow) {
        return bytes(
                out -> {
                    out.writeInt(shadow.served().size());
                    for (ShadowImage.Served served : shadow.served()) {
                        put(out, served.text());
                        out.writeLong(served.cache());
                    }
                    out.writeInt(shadow.words());
                    for (int i = 0; i < shadow.words(); i++) {
                        out.writeByte(shadow.state(i));
                    }
                    for (int i = 0; i < shadow.words(); i++) {
                        out.writeByte(shadow.number(i));
                    }
                    for (int i = 0; i < shadow.words(); i++) {
                        out.writeByte(shadow.allocatedBy((long) i << 3));
                    }
                    for (int i = 0; i < shadow.words(); i++) {
                        out.writeByte(shadow.freedBy((long) i << 3));
                    }
                });
    }

    static ShadowImage shadow(byte[] part) throws IOException {
        DataInputStream in = in(part);
        List<ShadowImage.Served> served =
                list(in, each -> new ShadowImage.Served(text(each), each.readLong()));
        int words = Math.max(0, in.readInt());
        return new ShadowImage(
                in.readNBytes(words),
                in.readNBytes(words),
                in.readNBytes(words),
                in.readNBytes(words),
                served);
    }

    static byte[] log(AccessLog log, long left) {
        return bytes(
                out -> {
                    int count = log.size();
                    out.writeLong(left);
                    out.writeInt(count);
                    for (int i = 0; i < count; i++) {
                        out.writeByte(log.kind(i).ordinal());
                        out.writeByte(log.thread(i));
                        out.writeByte(log.cpu(i));
                        out.writeBoolean(log.interrupt(i));
                        out.writeLong(log.address(i));
                        out.writeLong(log.bytes(i));
                        out.writeLong(log.old(i));
                        out.writeLong(log.value(i));
                    }
                });
    }

    static AccessLog log(byte[] part) throws IOException {
        DataInputStream in = in(part);
        in.readLong();
        int count = in.readInt();
        AccessLog log = new AccessLog();
        for (int i = 0; i < count; i++) {
            log.add(
                    of(KINDS, in.readByte(), "kind of access"),
                    in.readByte(),
                    in.readByte(),
                    in.readBoolean(),
                    in.readLong(),
                    in.readLong(),
                    in.readLong(),
                    in.readLong());
        }
        return log;
    }

    /** How many accesses a log does not have. */
    static long left(byte[] part) throws IOException {
        return in(part).readLong();
    }

    static byte[] console(Console console) {
        return bytes(
                out -> {
                    out.writeInt(console.lines().size());
                    for (Console.Line line : console.lines()) {
                        out.writeByte(line.level().ordinal());
                        out.writeLong(line.time());
                        put(out, line.text());
                    }
                    out.writeInt(console.reports().size());
                    for (String report : console.reports()) {
                        put(out, report);
                    }
                });
    }

    static Console console(byte[] part) throws IOException {
        DataInputStream in = in(part);
        List<Console.Line> lines =
                list(
                        in,
                        each -> {
                            Console.Level level = of(LEVELS, each.readByte(), "level of printk");
                            long time = each.readLong();
                            return new Console.Line(level, text(each), time);
                        });
        return Console.of(lines, list(in, Sections::text));
    }

    static byte[] symbols(MemoryMap map) {
        return bytes(
                out -> {
                    out.writeInt(map.symbols().size());
                    for (MemoryMap.Symbol symbol : map.symbols()) {
                        put(out, symbol.name());
                        out.writeLong(symbol.address());
                        out.writeLong(symbol.size());
                    }
                });
    }

    static List<MemoryMap.Symbol> symbols(byte[] part) throws IOException {
        return list(
                in(part),
                each -> new MemoryMap.Symbol(text(each), each.readLong(), each.readLong()));
    }

    static byte[] runners(List<Capture.Runner> runners) {
        return bytes(
                out -> {
                    out.writeInt(runners.size());
                    for (Capture.Runner runner : runners) {
                        out.writeInt(runner.thread());
                        out.writeInt(runner.cpu());
                        out.writeBoolean(runner.interrupt());
                        out.writeBoolean(runner.irqsOff());
                        out.writeLong(runner.waitsFor());
                        out.writeInt(runner.held().size());
                        for (Capture.HeldLock lock : runner.held()) {
                            put(out, lock.name());
                            out.writeLong(lock.address());
                        }
                    }
                });
    }

    static List<Capture.Runner> runners(byte[] part) throws IOException {
        return list(
                in(part),
                each ->
                        new Capture.Runner(
                                each.readInt(),
                                each.readInt(),
                                each.readBoolean(),
                                each.readBoolean(),
                                each.readLong(),
                                list(
                                        each,
                                        lock ->
                                                new Capture.HeldLock(
                                                        text(lock), lock.readLong()))));
    }

    static byte[] old(List<Symbolizer.Old> all) {
        return bytes(
                out -> {
                    out.writeInt(all.size());
                    for (Symbolizer.Old old : all) {
                        out.writeLong(old.cache());
                        put(out, old.name());
                        out.writeLong(old.pointer());
                        out.writeInt(old.bytes());
                    }
                });
    }

    static List<Symbolizer.Old> old(byte[] part) throws IOException {
        return list(
                in(part),
                each ->
                        new Symbolizer.Old(
                                each.readLong(), text(each), each.readLong(), each.readInt()));
    }

    private static <T> T of(T[] values, int ordinal, String what) throws DumpException {
        if (ordinal < 0 || ordinal >= values.length) {
            throw new DumpException("there is no " + what + " of number " + ordinal);
        }
        return values[ordinal];
    }
}
