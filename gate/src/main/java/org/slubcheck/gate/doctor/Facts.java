package org.slubcheck.gate.doctor;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a JVM says of itself and of the machine that it runs on.
 *
 * @param cpus processors that this program may use: affinity and quotas of containers count
 * @param feature the JDK's feature number
 * @param jdk its version and vendor, for people
 * @param vm the name of the virtual machine
 * @param mode how it runs code: {@code mixed mode}, {@code interpreted mode}
 * @param lastTier the last tier of compilation, 4 with C2; -1 when it does not say
 * @param heapMiB the largest heap of this JVM
 * @param memoryMiB memory that is free for more, caches included, of the machine or of the container
 *     that has less; -1 when nobody says
 */
public record Facts(
        int cpus,
        int feature,
        String jdk,
        String vm,
        String mode,
        int lastTier,
        long heapMiB,
        long memoryMiB) {

    private static final int MIB = 20;

    /** Those of this JVM. */
    public static Facts here() {
        return new Facts(
                Runtime.getRuntime().availableProcessors(),
                Runtime.version().feature(),
                System.getProperty("java.version") + ", " + System.getProperty("java.vendor"),
                System.getProperty("java.vm.name", ""),
                System.getProperty("java.vm.info", ""),
                lastTierHere(),
                Runtime.getRuntime().maxMemory() >> MIB,
                memoryHere());
    }

    private static int lastTierHere() {
        HotSpotDiagnosticMXBean flags =
                ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        try {
            return Integer.parseInt(flags.getVMOption("TieredStopAtLevel").getValue());
        } catch (IllegalArgumentException | NullPointerException e) {
            return -1;
        }
    }

    private static long memoryHere() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? Memory.free(
                        lines(Path.of("/proc/meminfo")),
                        system.getTotalMemorySize(),
                        system.getFreeMemorySize(),
                        lines(Memory.GROUP_V2, Memory.GROUP_V1))
                : -1;
    }

    /** Of the first that can be read; none when none can. */
    private static List<String> lines(Path... files) {
        for (Path file : files) {
            try {
                return Files.readAllLines(file);
            } catch (IOException e) {
                // Another system, or the other kind of group: the next.
                continue;
            }
        }
        return List.of();
    }
}
