package org.slubcheck.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeometryTableTest {
    private static final String ROW = "x\t56\t8\t0\t56\t73\t0\t0\t0\t0\t0\n";

    @TempDir Path folder;

    @Test
    void whatIsWrittenIsReadBack() throws Exception {
        List<CacheRow> rows = Samples.rows();
        String table = GeometryTable.write(rows.iterator());
        assertThat(read(table)).isEqualTo(rows);
        assertThat(table).isEqualTo(Files.readString(Samples.TABLE));
        assertThat(read(table.replace("\n", "\r\n"))).isEqualTo(rows);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "56|5x|line 3: object_size must be a number from 1, not '5x'",
                "56|0|line 3: object_size must be a number from 1, not '0'",
                "56|99999999999|line 3: object_size must be a number from 1, not '99999999999'",
                "56\\t8|56\\t24|line 3: align must be a power of two, not 24",
                "8\\t0|8\\t2|line 3: hwcache_align must be 0 or 1, not '2'",
                "73\\t|\\t|line 3: objs_per_slab must be a number from 1, not ''",
                "73\\t|73\\t0\\t|line 3: 11 columns expected, 12 found",
                "x\\t|\\t|line 3: the name is empty",
            })
    void aBadRowIsNamedByItsLine(String what, String with, String message) {
        String table =
                GeometryTable.HEADER
                        + "\n"
                        + ROW
                        + ROW.replaceFirst(unescape(what), unescape(with));
        assertThatExceptionOfType(LayoutException.class)
                .isThrownBy(() -> read(table))
                .withMessageEndingWith(message);
    }

    @Test
    void aFileThatIsNoTableIsRefusedInOneSentence() throws Exception {
        assertBad("", "is empty");
        assertBad("hello\n", "line 1: the columns must be name object_size");
        assertBad("\0".repeat(100_000), "line 1: longer than 4096 bytes");
        assertThatExceptionOfType(LayoutException.class)
                .isThrownBy(() -> GeometryTable.read(folder, row -> {}))
                .withMessageContaining("is a directory");
        assertThatExceptionOfType(LayoutException.class)
                .isThrownBy(() -> GeometryTable.read(folder.resolve("none"), row -> {}))
                .withMessageContaining("no such file");
    }

    private void assertBad(String table, String message) {
        assertThatExceptionOfType(LayoutException.class)
                .isThrownBy(() -> read(table))
                .withMessageContaining(message);
    }

    private static String unescape(String text) {
        return text.replace("\\t", "\t");
    }

    private List<CacheRow> read(String table) throws IOException, LayoutException {
        Path file = Files.writeString(folder.resolve("table.tsv"), table);
        List<CacheRow> rows = new ArrayList<>();
        GeometryTable.read(file, rows::add);
        return rows;
    }
}
