package org.slubcheck.layout;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The geometry sample of a real kernel that lies with the project. */
final class Samples {
    static final Path TABLE =
            Path.of(System.getProperty("basedir", "."), "..", "traces", "slab-geometry-sample.tsv");

    private Samples() {}

    static List<CacheRow> rows() {
        List<CacheRow> rows = new ArrayList<>();
        try {
            GeometryTable.read(TABLE, rows::add);
        } catch (LayoutException e) {
            throw new AssertionError(e);
        }
        return rows;
    }
}
