package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.machine.Geometry;
import org.slubcheck.slab.KmallocStructs;
import org.slubcheck.verdict.Technique;

/** What the commands print when all is well. */
class CommandsTest {
    @Test
    void listNamesEveryDefect() {
        Cli cli = Cli.run("list");
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.OK);
        for (Catalogue.Entry entry : Catalogue.entries()) {
            assertThat(cli.out()).contains(entry.defect().id()).contains(entry.defect().title());
        }
    }

    @Test
    void listAsJsonIsJson() throws IOException {
        JsonNode json = Json.MAPPER.readTree(Cli.run("list", "--json").out());
        assertThat(json).hasSameSizeAs(Catalogue.entries());
        assertThat(json).allMatch(row -> row.path("schema").asInt() == Report.SCHEMA);
    }

    @Test
    void listNamesTheEngineThatADefectIsIn() throws IOException {
        Map<String, String> engines = new TreeMap<>();
        for (JsonNode row : Json.MAPPER.readTree(Cli.run("list", "--json").out())) {
            engines.put(row.path("id").asText(), row.path("engine").asText());
        }
        assertThat(engines)
                .containsEntry("Q01", "slubq")
                .containsEntry("U7", "slub-lockless")
                .containsEntry("U15", "slub, slub-lockless")
                .containsEntry("U17", "all")
                .containsEntry("B02", "all");
        assertThat(Cli.run("list").out())
                .containsPattern("(?m)^U7 .*  slub-lockless  +model")
                .containsPattern("(?m)^Q01 .*  slubq  +model");
    }

    @Test
    void aReproductionAsJsonIsAVerdictWithItsSchema() throws IOException {
        JsonNode json = Json.MAPPER.readTree(Cli.run("reproduce", "F01", "--json").out());
        assertThat(json.path("schema").asInt()).isEqualTo(Report.SCHEMA);
        assertThat(json.path("id").asText()).isEqualTo("F01");
        assertThat(json.path("outcome").asText()).isEqualTo("FOUND");
        assertThat(json.path("expected").asBoolean()).isTrue();
        assertThat(json.path("canary").isBoolean()).isTrue();
    }

    @Test
    void withoutATechniqueTheOneThatTellsATimeLineIsTaken() {
        for (String id : new String[] {"Q03", "Q04", "Q04a", "Q11"}) {
            assertThat(Ids.technique(Ids.entry(id), null)).isEqualTo(Technique.MODEL);
        }
        assertThat(Ids.technique(Ids.entry("Q03"), "stress")).isEqualTo(Technique.STRESS);
        assertThat(Ids.technique(Ids.entry("B01"), null)).isEqualTo(Technique.BOOT);
    }

    @Test
    void oneIsNotMany() {
        assertThat(Matrix.count(1, "preemptions")).isEqualTo("1 preemption");
        assertThat(Matrix.count(1, "tries")).isEqualTo("1 try");
        assertThat(Matrix.count(2, "tries")).isEqualTo("2 tries");
        assertThat(Matrix.count(0, "boots")).isEqualTo("0 boots");
    }

    @Test
    void everyStoryIsToldInLinesThatFit() {
        for (Catalogue.Entry entry : Catalogue.entries()) {
            Cli cli = Cli.run("explain", entry.defect().id());
            assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.OK);
            assertThat(cli.out()).contains(entry.defect().id());
            assertThat(cli.out().lines()).allMatch(line -> line.length() <= 100);
        }
    }

    /** Whatever the options allow there is memory for: 4 GiB is the most that a machine can have. */
    @Test
    void everyMachineThatBootTakesFits() {
        for (int pageSize = 512; pageSize <= 65536; pageSize *= 2) {
            for (int nodes = 1; nodes <= 64; nodes++) {
                Geometry.ZonePages zones = Machines.forBoot(64, nodes, pageSize).pages();
                long bytes = ((long) zones.dma() + (long) nodes * zones.normal()) * pageSize;
                assertThat(zones.normal()).isPositive();
                assertThat(bytes).as("%d nodes", nodes).isLessThan(300L << 20);
            }
        }
        assertThat(Machines.forBoot(2, 16, 4096).pages().normal())
                .as("no fewer where there is room")
                .isEqualTo(Machines.forBoot(2, 1, 4096).pages().normal());
    }

    @Test
    void manyNodesWithLargePagesBoot() {
        Cli cli = Cli.run("boot", "--nodes", "64", "--page-size", "65536", "--engine", "slub");
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.OK);
        assertThat(cli.out()).contains("slabinfo - version: 2.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"boot", "boot --cpus 4 --nodes 4", "boot --page-size 1024"})
    void bootShowsTheLogAndThenTheCaches(String command) {
        Cli cli = Cli.run(command.split(" "));
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.OK);
        assertThat(cli.out()).contains("SLUB: Genslabs=").contains("slabinfo - version: 2.1");
        assertThat(cli.out().indexOf("Genslabs")).isLessThan(cli.out().indexOf("slabinfo"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"slubq", "slub"})
    void aBootWithEarlyKmallocHasItsSlabsBeforeItsMemory(String engine) {
        Cli cli = Cli.run("boot", "--engine", engine, "--nodes", "2", "--early-kmalloc");
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.OK);
        assertThat(cli.out()).containsSubsequence("Genslabs=", "ACPI: ", "Memory: ", "slabinfo");
        assertThat(Cli.run("boot", "--nodes", "2").out())
                .containsSubsequence("On node 1 totalpages", "Memory: ", "Genslabs=", "slabinfo");
    }

    @ParameterizedTest
    @ValueSource(strings = {"slubq", "slub"})
    void theStampsOfABootRiseAndAreTheSameEachTime(String engine) {
        Cli first = Cli.run("boot", "--engine", engine);
        List<Long> stamps =
                first.out()
                        .lines()
                        .filter(line -> line.startsWith("["))
                        .map(line -> Long.parseLong(line.substring(1, 13).replaceAll("[ .]", "")))
                        .toList();
        assertThat(stamps).isSorted().hasSizeGreaterThan(4);
        assertThat(stamps.get(stamps.size() - 1)).isPositive();
        assertThat(Cli.run("boot", "--engine", engine).out()).isEqualTo(first.out());
    }

    @Test
    void theSizeClaimShowsBothSides() {
        Cli cli = Cli.run("explain", "dynamic-kmem-cache");
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.OK);
        for (int supported : new int[] {1, 4, 64, 1024}) {
            KmallocStructs bytes = KmallocStructs.of(Geometry.desktop(1, 1), supported);
            assertThat(cli.out())
                    .containsPattern(
                            supported
                                    + " nodes \\| +"
                                    + bytes.staticArrays()
                                    + " \\| +1 nodes.* "
                                    + bytes.saved());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"slubq", "slub"})
    void bootTakesTheOptionsOfObjectDebugging(String engine) {
        Cli cli = Cli.run("boot", "--engine", engine, "slub_debug=FZPU,kmalloc-16", "--validate");
        assertThat(cli.exit()).as(cli.all()).isEqualTo(Exit.OK);
        assertThat(cli.out()).contains("Kernel command line: slub_debug=FZPU,kmalloc-16");
        assertThat(cli.out().strip()).matches("(?s).*validate: caches=\\d+ debugged=1 errors=0");
        Cli all = Cli.run("boot", "--engine", engine, "--slub-debug", "--validate");
        assertThat(all.exit()).as(all.all()).isEqualTo(Exit.OK);
        assertThat(all.out()).contains("Kernel command line: slub_debug=FZPU");
        assertThat(all.out().strip())
                .matches("(?s).*validate: caches=(\\d+) debugged=\\1 errors=0");
    }

    @Test
    void layoutOfOneCache() {
        Cli cli = Cli.run("layout", "2304", "--hwcache", "--rcu");
        assertThat(cli.out().strip()).isEqualTo("slab_size=2368 order=3 objects=13");
        Cli lockless = Cli.run("layout", "2304", "--hwcache", "--rcu", "--engine", "slub-lockless");
        assertThat(lockless.out()).isEqualTo(cli.out());
    }

    @Test
    void aDefectIsReproducedTheSameWayTwice() {
        Cli first = Cli.run("reproduce", "F01");
        assertThat(first.exit()).as(first.all()).isEqualTo(Exit.OK);
        assertThat(first.out()).contains("F01").contains("FOUND");
        assertThat(Cli.run("reproduce", "F01").out()).isEqualTo(first.out());
        Cli fixed = Cli.run("reproduce", "F01", "--fixed");
        assertThat(fixed.exit()).as(fixed.all()).isEqualTo(Exit.OK);
        assertThat(fixed.out()).contains("CLEAN").contains("canaries of property");
    }
}
