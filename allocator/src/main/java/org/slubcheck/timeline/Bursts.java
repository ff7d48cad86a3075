package org.slubcheck.timeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slubcheck.machine.Memory;
import org.slubcheck.verdict.Mark.What;

/**
 * Gathers stores that belong together: those of one task, one after the other, to one struct. They
 * become one event that names each field once, from its first old to its last new value.
 */
final class Bursts {
    private static final int MOST_FIELDS = 3;
    private static final int PLAUSIBLE = 1 << 16;
    private static final int MAX_MASK = 0xffff;

    /** A field and what became of it. */
    private static final class Change {
        final String before;
        String after;
        String how;

        Change(String before) {
            this.before = before;
        }
    }

    private final List<Event> events;
    private final Held held;
    private final Map<String, Change> changes = new LinkedHashMap<>();
    private int thread = -1;
    private int column;
    private int step;
    private int accesses;
    private int rank;
    private String struct = "";
    private String prefix = "";

    Bursts(List<Event> events, Held held) {
        this.events = events;
        this.held = held;
    }

    void store(
            int by,
            int cpu,
            int at,
            String mark,
            String name,
            Symbolizer names,
            long address,
            int bytes,
            long old,
            long value,
            String how,
            int importance) {
        int space = name.lastIndexOf(' ');
        String of = space < 0 ? name : name.substring(0, space);
        if (by != thread || cpu != column || !of.equals(struct) || importance != rank) {
            end();
            thread = by;
            column = cpu;
            step = at;
            prefix = mark;
            struct = of;
            rank = importance;
        }
        accesses++;
        if (bytes == Memory.WORD && isPair(name)) {
            pair(name, old, value, how);
        } else {
            change(field(name), names.value(address, old), names.value(address, value), how);
        }
    }

    /** Two ints that are stored as one word: the second changes only when both are set up. */
    private static boolean isPair(String name) {
        return name.endsWith(" q.objects")
                || name.endsWith(" objects") && SharedNames.isQueue(name);
    }

    private void pair(String name, long old, long value, String how) {
        change(field(name), count((int) old), count((int) value), how);
        if (max(old) != max(value)) {
            change(
                    field(name).replace("objects", "max"),
                    Integer.toString(max(old)),
                    Integer.toString(max(value)),
                    how);
        }
    }

    /** The capacity in a queue's first word; what says that the queue was used stands above it. */
    private static int max(long word) {
        return (int) (word >>> Integer.SIZE) & MAX_MASK;
    }

    /** A number of objects, also one below 0; anything else is what was written over it. */
    private static String count(int objects) {
        return Math.abs(objects) < PLAUSIBLE
                ? Integer.toString(objects)
                : String.format("0x%x", objects);
    }

    private void change(String field, String before, String after, String how) {
        Change change = changes.computeIfAbsent(field, f -> new Change(before));
        change.after = after;
        change.how = how;
    }

    private static String field(String name) {
        return name.substring(name.lastIndexOf(' ') + 1);
    }

    private String text(String field, Change c) {
        if (field.startsWith("q.object[") || field.startsWith("object[")) {
            return field + " = " + c.after + c.how;
        }
        return (field.equals(struct) ? "" : field + " ") + c.before + " -> " + c.after + c.how;
    }

    /** Makes an event of what was gathered. */
    void end() {
        if (thread < 0) {
            return;
        }
        List<String> parts = new ArrayList<>();
        changes.forEach(
                (field, c) -> {
                    if (changes.size() == 1 || !c.before.equals(c.after)) {
                        parts.add(text(field, c));
                    }
                });
        int more = parts.size() - MOST_FIELDS;
        if (more > 0) {
            parts.subList(MOST_FIELDS, parts.size()).clear();
            parts.add(more + " more");
        }
        events.add(
                new Event(
                        rank,
                        accesses,
                        held.mark(
                                step,
                                thread,
                                column,
                                !prefix.isEmpty(),
                                What.WRITE,
                                struct,
                                prefix + struct + " " + String.join(", ", parts))));
        changes.clear();
        thread = -1;
        struct = "";
        accesses = 0;
    }
}
