package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A defect leaves a dump, and the dump says of the object in question what the symptom says. */
class CrashCommandTest {
    @TempDir private Path temp;

    private Path dump(String... command) {
        Path file = temp.resolve("test.dump");
        String[] whole = Arrays.copyOf(command, command.length + 2);
        whole[command.length] = "--dump";
        whole[command.length + 1] = file.toString();
        Cli.run(whole);
        assertThat(file).exists();
        return file;
    }

    private static String crash(Path file, String... view) {
        String[] whole = new String[view.length + 2];
        whole[0] = "crash";
        whole[1] = file.toString();
        System.arraycopy(view, 0, whole, 2, view.length);
        Cli cli = Cli.run(whole);
        assertThat(cli.err()).isEmpty();
        assertThat(cli.exit()).isEqualTo(Exit.OK);
        return cli.out();
    }

    @Test
    void theObjectThatTheSymptomNamesIsFound() {
        Path file = dump("reproduce", "Q04a");
        String summary = crash(file);
        Matcher symptom =
                Pattern.compile("PANIC: victim object (0x[0-9a-f]+) is accounted (\\d) times: (.*)")
                        .matcher(summary);
        assertThat(symptom.find()).as(summary).isTrue();
        String address = symptom.group(1);
        assertThat(summary).contains("see kmem " + address, "CODE: Q04a", "SEEN: at the end");
        String state =
                symptom.group(2).equals("0") ? "STATE +(lost|with a caller)" : "STATE +accounted 2";
        assertThat(crash(file, "kmem", address))
                .contains("CACHE   victim at 0x", "OBJECT ", "SLAB    page#")
                .containsPattern(state)
                .containsPattern("\\n +\\d+  CPU \\d");
        assertThat(crash(file, "slabinfo")).contains("\nvictim ");
        assertThat(crash(file, "dmesg")).contains("Linux version");
    }

    @ParameterizedTest
    @CsvSource({
        "Q01, model, percpu-use-after-free in victim cpu#1 (old area)",
        "Q09, lockdep, possible circular locking dependency",
    })
    void eachTechniqueLeavesOne(String id, String technique, String report) {
        Path file = dump("reproduce", id, "--technique", technique);
        assertThat(crash(file))
                .contains(report, "RUN: reproduce " + id + " --technique " + technique)
                .contains("SEEN: when it was reported");
        assertThat(crash(file, "dmesg")).contains(report);
    }

    @Test
    void aPropertyLeavesTheMachineOfItsSmallestCase() {
        Path file = dump("reproduce", "F16", "--technique", "property");
        String summary = crash(file);
        Matcher symptom =
                Pattern.compile("PANIC: c\\d object (0x[0-9a-f]+) is accounted 2 times")
                        .matcher(summary);
        assertThat(symptom.find()).as(summary).isTrue();
        assertThat(crash(file, "kmem", symptom.group(1)))
                .containsPattern("CACHE +c\\d at 0x")
                .containsPattern("STATE +accounted 2 times: the queue of cpu#\\d");
    }

    @ParameterizedTest
    @CsvSource({"B01, boot", "B08, fault"})
    void aBootThatFailsLeavesOne(String id, String technique) {
        Path file = dump("reproduce", id, "--technique", technique);
        assertThat(crash(file)).contains("CODE: " + id, "PANIC: ");
        assertThat(crash(file, "dmesg")).contains("Linux version");
    }

    @ParameterizedTest
    @CsvSource({"Q01, model", "F16, property"})
    void theSameCommandWritesTheSameBytes(String id, String technique) throws IOException {
        byte[] first = Files.readAllBytes(dump("reproduce", id, "--technique", technique));
        byte[] second = Files.readAllBytes(dump("reproduce", id, "--technique", technique));
        assertThat(second).isEqualTo(first);
    }

    @Test
    void aBootThatPanicsLeavesOne() throws IOException {
        Path file = dump("boot", "--inject", "P01");
        assertThat(crash(file)).contains("RUN: boot --inject P01", "CODE: P01");
        assertThat(crash(file, "slabinfo")).contains("slabinfo - version: 2.1");
        assertThat(crash(file, "dmesg")).contains("Linux version");
    }

    @Test
    void aDamagedOneIsRefusedInOneLine() throws IOException {
        Path file = dump("reproduce", "Q01");
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        refused(file, "cut off");
        whole[whole.length / 2] ^= 1;
        Files.write(file, whole);
        refused(file, "checksum");
        Files.writeString(file, "slubcheck crash dump 7\n");
        refused(file, "version 7");
        Files.delete(file);
        refused(file, "no such file");
        refused(temp, "cannot be read");
    }

    private static void refused(Path file, String why) {
        Cli cli = Cli.run("crash", file.toString(), "slabinfo");
        assertThat(cli.exit()).isEqualTo(Exit.USAGE);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.err()).startsWith("slubcheck: " + file + ": ").contains(why).hasLineCount(1);
    }

    @Test
    void whatCannotBeDoneIsSaidBeforeAnythingRuns() {
        String nowhere = temp.resolve("none").resolve("x").toString();
        Cli cli = Cli.run("reproduce", "Q01", "--dump", nowhere);
        assertThat(cli.exit()).isEqualTo(Exit.USAGE);
        assertThat(cli.err()).contains("cannot write a dump to").hasLineCount(1);
        Cli stress = Cli.run("reproduce", "Q04", "--technique", "stress", "--dump", "x");
        assertThat(stress.exit()).isEqualTo(Exit.USAGE);
        assertThat(stress.err()).contains("stress runs on bare memory").hasLineCount(1);
        assertThat(temp).isEmptyDirectory();
    }
}
