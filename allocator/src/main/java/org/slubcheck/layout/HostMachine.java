package org.slubcheck.layout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The facts of a running machine that its slab layouts depend on. What cannot be read has the value
 * that x86-64 has.
 *
 * @param pageSize bytes
 * @param cacheLine bytes
 * @param possibleCpus nr_cpu_ids: one more than the highest possible CPU
 * @param presentCpus CPUs that are plugged in
 */
public record HostMachine(int pageSize, int cacheLine, int possibleCpus, int presentCpus) {
    private static final int AT_PAGESZ = 6;

    /** The machine that this process runs on. */
    public static HostMachine here() {
        Path cpus = Path.of("/sys/devices/system/cpu");
        int online = Runtime.getRuntime().availableProcessors();
        return new HostMachine(
                pageSize(Path.of("/proc/self/auxv")),
                cacheLine(cpus.resolve("cpu0/cache/index0/coherency_line_size")),
                CpuList.read(cpus.resolve("possible"), CpuList::highest, online - 1) + 1,
                CpuList.read(cpus.resolve("present"), CpuList::count, online));
    }

    /** A machine all of whose CPUs are plugged in, pages of 4096 bytes, lines of 64. */
    public static HostMachine ofCpus(int cpus) {
        return new HostMachine(4096, 64, cpus, cpus);
    }

    /** The limits that this machine sets with 2.6.36's defaults. */
    public SlabLimits limits() {
        return SlabLimits.of(pageSize, cacheLine, possibleCpus);
    }

    /** The page size from the auxiliary vector: pairs of 64-bit words, a tag and its value. */
    static int pageSize(Path auxv) {
        try {
            ByteBuffer words =
                    ByteBuffer.wrap(Files.readAllBytes(auxv)).order(ByteOrder.nativeOrder());
            while (words.remaining() >= 2 * Long.BYTES) {
                long tag = words.getLong();
                long value = words.getLong();
                if (tag == AT_PAGESZ && powerOfTwo(value, 512, 1 << 20)) {
                    return (int) value;
                }
            }
        } catch (IOException e) {
            // No Linux, or no /proc: the default below.
        }
        return 4096;
    }

    private static int cacheLine(Path file) {
        try {
            String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
            long value = Long.parseLong(text);
            return powerOfTwo(value, 16, 1024) ? (int) value : 64;
        } catch (IOException | NumberFormatException e) {
            return 64;
        }
    }

    private static boolean powerOfTwo(long n, int least, int most) {
        return n >= least && n <= most && (n & n - 1) == 0;
    }
}
