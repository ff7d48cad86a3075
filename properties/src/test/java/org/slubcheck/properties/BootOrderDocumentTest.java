package org.slubcheck.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.slubcheck.kernel.BootStep;

/** What the orders are held against is what docs/boot-order.md says. */
class BootOrderDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "boot-order.md");

    /** Needs and never-afters of a table, by step. */
    private record Table(
            Map<BootStep, Set<BootStep>> needs,
            Map<BootStep, Set<BootStep>> neverAfter,
            Set<BootStep> firstUsers) {}

    @Test
    void theTablesAreTheDocuments() throws IOException {
        List<Table> tables = tables();
        assertThat(tables).hasSize(2);
        assertThat(tables.get(0).needs).isEqualTo(BootOrder.NEEDS);
        assertThat(tables.get(0).neverAfter).isEqualTo(BootOrder.NEVER_AFTER);
        assertThat(tables.get(0).firstUsers).isEqualTo(BootOrder.AT_LAST);
        assertThat(tables.get(1).needs).containsAllEntriesOf(BootOrder.EARLY_NEEDS);
        assertThat(tables.get(1).neverAfter).containsAllEntriesOf(BootOrder.EARLY_NEVER_AFTER);
    }

    @Test
    void whatAKernelSaysIsTheDocuments() throws IOException {
        List<String> lines = Files.readAllLines(DOCUMENT);
        int head = lines.indexOf("| what is broken | shows | what is said |");
        List<String> behind = lines.subList(head + 2, lines.size());
        assertThat(behind.subList(0, behind.indexOf("")))
                .isEqualTo(BootFailures.ROWS.stream().map(BootFailures.Row::line).toList());
    }

    /** Of all that an order may break no row is missing, and none is of something that may not be. */
    @Test
    void everyPreconditionHasItsRow() {
        Set<String> may = new TreeSet<>();
        List.of(BootOrder.NEEDS, BootOrder.EARLY_NEEDS)
                .forEach(map -> collect(map, " without ", may));
        List.of(BootOrder.NEVER_AFTER, BootOrder.EARLY_NEVER_AFTER)
                .forEach(map -> collect(map, " after ", may));
        BootOrder.AT_LAST.forEach(step -> may.add("the first users without " + step));
        assertThat(BootFailures.ROWS)
                .extracting(row -> row.line().split("[|]", -1)[1].strip())
                .containsExactlyInAnyOrderElementsOf(may);
    }

    private static void collect(
            Map<BootStep, Set<BootStep>> map, String between, Set<String> sentences) {
        map.forEach(
                (step, others) -> others.forEach(other -> sentences.add(step + between + other)));
    }

    private static List<Table> tables() throws IOException {
        List<Table> tables = new ArrayList<>();
        for (String line : Files.readAllLines(DOCUMENT)) {
            String[] cells = line.split("\\|", -1);
            if (line.startsWith("| step |")) {
                tables.add(
                        new Table(
                                new EnumMap<>(BootStep.class),
                                new EnumMap<>(BootStep.class),
                                EnumSet.noneOf(BootStep.class)));
            } else if (cells.length == 5 && !line.startsWith("|---")) {
                Table table = tables.get(tables.size() - 1);
                if (cells[1].strip().equals("the first users")) {
                    table.firstUsers.addAll(stepsIn(cells[2]));
                    continue;
                }
                if (line.startsWith("| what is broken")) {
                    break;
                }
                BootStep step = stepsIn(cells[1]).iterator().next();
                put(table.needs, step, cells[2]);
                put(table.neverAfter, step, cells[3]);
            }
        }
        return tables;
    }

    private static void put(Map<BootStep, Set<BootStep>> map, BootStep step, String cell) {
        if (!cell.isBlank()) {
            map.put(step, stepsIn(cell));
        }
    }

    /** The functions that a cell names; words around them are for people. */
    private static Set<BootStep> stepsIn(String cell) {
        Set<String> words = Set.copyOf(Arrays.asList(cell.strip().split("[ ,]+", -1)));
        Set<BootStep> steps = EnumSet.noneOf(BootStep.class);
        for (BootStep step : BootStep.values()) {
            if (words.contains(step.kernelName())) {
                steps.add(step);
            }
        }
        return steps;
    }
}
