package org.slubcheck.gate.doctor;

import java.nio.file.Path;
import java.util.List;

/**
 * How much memory is left, where a container may have less of it than its machine.
 *
 * <p>The JVM knows the limit of its container, of either kind of control group; then its total is below
 * that of the machine. What it calls free there leaves out the pages of files that the kernel keeps
 * for the container and takes back when memory is wanted: a build fills the container with them, and
 * nothing is wrong with it. The group says how many they are.
 */
final class Memory {
    /** Where a container finds the counts of its own group. */
    static final Path GROUP_V2 = Path.of("/sys/fs/cgroup/memory.stat");

    /** The same on older systems. */
    static final Path GROUP_V1 = Path.of("/sys/fs/cgroup/memory/memory.stat");

    private static final int KIB = 10;
    private static final int MIB = 20;

    private Memory() {}

    /**
     * Free memory in MiB.
     *
     * @param meminfo the lines of /proc/meminfo; none on another system
     * @param total what the JVM says that there is, in bytes
     * @param free what the JVM says that is free of it, in bytes
     * @param group the lines of the group's {@code memory.stat}; none where there is none
     */
    static long free(List<String> meminfo, long total, long free, List<String> group) {
        long machine = number(meminfo, "MemAvailable:");
        long all = number(meminfo, "MemTotal:");
        if (machine < 0 || all < 0) {
            return free >> MIB;
        }
        long available = machine >> KIB;
        if (total >= all << KIB) {
            return available;
        }
        long cached = reclaimable(group);
        // More than is used: the counts are of a group above, which the folder shows at times.
        return Math.min(available, free + (cached > total - free ? 0 : cached) >> MIB);
    }

    /** Bytes that files have cached: a group of version 1 calls them total with those below it. */
    private static long reclaimable(List<String> group) {
        long sum = 0;
        for (String kind : List.of("inactive_file", "active_file")) {
            long below = number(group, "total_" + kind + " ");
            sum += Math.max(0, below >= 0 ? below : number(group, kind + " "));
        }
        return sum;
    }

    /** The number of a line; -1 when there is no such line. */
    private static long number(List<String> lines, String start) {
        for (String line : lines) {
            String digits = line.startsWith(start) ? line.replaceAll("\\D", "") : "";
            if (!digits.isEmpty() && digits.length() < Long.toString(Long.MAX_VALUE).length()) {
                return Long.parseLong(digits);
            }
        }
        return -1;
    }
}
