package org.slubcheck.detection;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A table of how often defects are found: defect by technique by seed.
 *
 * @param schema the version of this format
 * @param commit the sources that were measured last
 * @param limit tries of a run that finds nothing
 * @param rows in the order of the catalogue
 */
public record Detection(int schema, String commit, int limit, List<Row> rows) {
    /** The version of the format. */
    public static final int SCHEMA = 1;

    /** Copies the list. */
    public Detection {
        rows = rows == null ? List.of() : List.copyOf(rows);
    }

    /** The row of a key. */
    public Optional<Row> row(String key) {
        return rows.stream().filter(row -> row.key().equals(key)).findFirst();
    }

    /** With a row put in, in place of the one of its key or at the end. */
    public Detection with(Row row) {
        List<Row> all = new ArrayList<>(rows);
        int place = rows.stream().map(Row::key).toList().indexOf(row.key());
        if (place < 0) {
            all.add(row);
        } else {
            all.set(place, row);
        }
        return new Detection(schema, commit, limit, all);
    }
}
