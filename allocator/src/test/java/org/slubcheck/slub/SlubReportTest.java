package org.slubcheck.slub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.SlubDebug;

/**
 * What object debugging of 2.6.36 says about damage, word for word and line for line. Addresses are
 * shown as what they are of, and ages as N, as both move with the kernel.
 */
class SlubReportTest {
    private static final String RULE =
            "=============================================================================\n";
    private static final String LINE =
            "-----------------------------------------------------------------------------\n\n";
    private static final String USERS =
            """
            INFO: Allocated in kernel age=N cpu=0 pid=0
            INFO: Freed in kernel age=N cpu=1 pid=0
            """;
    private static final int SIZE = 24;

    private final Kernel kernel = boot();
    private final Memory m = kernel.memory();
    private final Task t = kernel.task(0);
    private final Task other = kernel.task(1);
    private final long s = kernel.slab().create(t, "t", SIZE, 0, 0, 0);
    private final long first = kernel.slab().alloc(t, s, Gfp.KERNEL);
    private final long page = kernel.pages().headPageOf(first);
    private final long second = reused();
    private final int from = kernel.console().lines().size();

    private static Kernel boot() {
        KernelConfig config = KernelConfig.of(Geometry.small()).withEngine("slub");
        config = config.with(config.slab().withDebug(SlubDebug.parse("FZPU,t")));
        return Kernel.bootChecked(config, Steps.mainline());
    }

    /** An object that CPU 1 has freed and CPU 0 has again. */
    private long reused() {
        long object = kernel.slab().alloc(t, s, Gfp.KERNEL);
        kernel.slab().free(other, s, object);
        assertThat(kernel.slab().alloc(t, s, Gfp.KERNEL)).isEqualTo(object);
        return object;
    }

    private void damage(long address, int value) {
        m.metadataAccessEnable();
        m.writeByte(address, value);
        m.metadataAccessDisable();
    }

    private void validate() {
        kernel.slab().engine().flushAll(t, s);
        kernel.slab().engine().validate(t, s);
    }

    /** What was said since the machine was set up. */
    private String said() {
        String text =
                kernel.console().lines().stream()
                        .skip(from)
                        .map(line -> line.text() + "\n")
                        .collect(Collectors.joining());
        long start = kernel.pages().addressOf(page);
        return Pattern.compile("0x[0-9a-f]{16}")
                .matcher(text)
                .replaceAll(
                        match -> {
                            long address = Long.parseUnsignedLong(match.group().substring(2), 16);
                            boolean inside = address >= start && address < start + 2048;
                            return address == 0
                                    ? "NULL"
                                    : address == page
                                            ? "page"
                                            : inside ? "slab+" + (address - start) : match.group();
                        })
                .replaceAll("age=[0-9]+", "age=N");
    }

    @Test
    void aRedZoneThatIsFoundOverwrittenWhenItsObjectIsFreed() {
        damage(second + SIZE, 0x30);
        kernel.slab().free(t, s, second);
        assertThat(said())
                .isEqualTo(
                        RULE
                                + "BUG t: Redzone overwritten\n"
                                + LINE
                                + """
                                INFO: slab+120-slab+120. First byte 0x30 instead of 0xcc
                                """
                                + USERS
                                + """
                                INFO: Slab page objects=21 used=2 fp=slab+192 flags=0x40c1
                                INFO: Object slab+96 @offset=96 fp=slab+192

                                Bytes b4 slab+80: 00 00 00 00 00 00 00 00 5a 5a 5a 5a 5a 5a 5a 5a ........ZZZZZZZZ
                                  Object slab+96: 5a 5a 5a 5a 5a 5a 5a 5a 5a 5a 5a 5a 5a 5a 5a 5a ZZZZZZZZZZZZZZZZ
                                  Object slab+112: 5a 5a 5a 5a 5a 5a 5a a5 ZZZZZZZ.
                                 Redzone slab+120: 30 cc cc cc cc cc cc cc 0.......
                                 Padding slab+184: 5a 5a 5a 5a 5a 5a 5a 5a ZZZZZZZZ
                                FIX t: Restoring slab+120-slab+120=0xcc
                                FIX t: Object at slab+96 not freed
                                """);
    }

    @Test
    void aWriteAfterTheFree() {
        kernel.slab().free(other, s, second);
        damage(second + 3, 0x31);
        validate();
        assertThat(said())
                .isEqualTo(
                        RULE
                                + "BUG t: Poison overwritten\n"
                                + LINE
                                + """
                                INFO: slab+99-slab+99. First byte 0x31 instead of 0x6b
                                """
                                + USERS
                                + """
                                INFO: Slab page objects=21 used=1 fp=slab+96 flags=0x4081
                                INFO: Object slab+96 @offset=96 fp=slab+192

                                Bytes b4 slab+80: 00 00 00 00 00 00 00 00 5a 5a 5a 5a 5a 5a 5a 5a ........ZZZZZZZZ
                                  Object slab+96: 6b 6b 6b 31 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b kkk1kkkkkkkkkkkk
                                  Object slab+112: 6b 6b 6b 6b 6b 6b 6b a5 kkkkkkk.
                                 Redzone slab+120: bb bb bb bb bb bb bb bb ........
                                 Padding slab+184: 5a 5a 5a 5a 5a 5a 5a 5a ZZZZZZZZ
                                FIX t: Restoring slab+99-slab+99=0x6b
                                """);
    }

    @Test
    void aSecondFree() {
        kernel.slab().free(other, s, second);
        kernel.slab().free(t, s, second);
        assertThat(said())
                .startsWith(
                        RULE + "BUG t: Object already free\n" + LINE + USERS + "INFO: Slab page")
                .endsWith("FIX t: Object at slab+96 not freed\n");
    }

    @Test
    void aPointerIntoAnObject() {
        kernel.slab().free(t, s, second + 8);
        assertThat(said())
                .isEqualTo(
                        RULE
                                + "BUG t: Invalid object pointer slab+104\n"
                                + LINE
                                + """
                                INFO: Slab page objects=21 used=2 fp=slab+192 flags=0x40c1
                                FIX t: Object at slab+104 not freed
                                """);
    }

    /** The chain ends where it was damaged, and all objects behind are counted as in use. */
    @Test
    void aFreePointerThatLeadsNowhere() {
        kernel.slab().free(other, s, second);
        damage(second + m.peekInt(s + Freelist.OFFSET) + 2, 0x77);
        validate();
        List<String> headlines =
                said().lines().filter(l -> l.startsWith("BUG") || l.startsWith("FIX")).toList();
        assertThat(headlines.subList(0, 3))
                .containsExactly(
                        "BUG t: Freechain corrupt",
                        "BUG t: Wrong object count. Counter is 1 but counted were 20",
                        "FIX t: Object count adjusted.");
    }

    @Test
    void anObjectThatIsLeftWhenItsCacheGoes() {
        kernel.slab().free(t, s, first);
        kernel.slab().destroy(t, s);
        assertThat(said())
                .isEqualTo(
                        RULE
                                + "BUG t: Objects remaining on kmem_cache_close()\n"
                                + LINE
                                + """
                                INFO: Slab page objects=21 used=1 fp=slab+0 flags=0x4081
                                INFO: Object slab+96 @offset=96
                                """
                                + USERS
                                + """
                                SLUB t: kmem_cache_destroy called for cache that still has objects.
                                """);
    }

    /** Ages are counted from the event to the report. */
    @Test
    void whatHappenedBeforeIsOlder() {
        kernel.slab().free(t, s, second + 8);
        kernel.slab().free(other, s, second);
        kernel.slab().free(t, s, second);
        Matcher ages = Pattern.compile("age=(\\d+)").matcher(kernel.reports().get(1));
        List<Long> found = ages.results().map(SlubReportTest::number).toList();
        assertThat(found).hasSize(2);
        assertThat(found.get(0)).as("allocated").isGreaterThan(found.get(1));
        assertThat(found.get(1)).as("freed").isPositive();
    }

    private static long number(MatchResult match) {
        return Long.parseLong(match.group(1));
    }
}
