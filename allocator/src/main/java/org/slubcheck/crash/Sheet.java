package org.slubcheck.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lines of a view, in order. */
final class Sheet {
    private final List<String> lines = new ArrayList<>();

    /** Adds a line; one of several is several. */
    void line(String format, Object... arguments) {
        String text =
                arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments);
        for (String line : text.split("\n", -1)) {
            lines.add(line.stripTrailing());
        }
    }

    /** Adds a line to every one of which something is put before. */
    void all(String before, List<String> each) {
        each.forEach(text -> line("%s%s", before, text));
    }

    /** An empty line between two parts. */
    void gap() {
        if (!lines.isEmpty()) {
            lines.add("");
        }
    }

    List<String> lines() {
        return lines;
    }
}
