package org.slubcheck.crash;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.machine.AccessLog;
import org.slubcheck.machine.AccessLog.Kind;
import org.slubcheck.timeline.Symbolizer;

/**
 * The accesses that concern some bytes: those to them, and those that moved their address about, from
 * queue to queue or from hand to hand.
 */
final class History {
    private static final int MOST = 40;

    private final Dump dump;
    private final Symbolizer names;
    private final List<Integer> entries = new ArrayList<>();

    private History(Dump dump, Symbolizer names) {
        this.dump = dump;
        this.names = names;
    }

    /** The accesses to bytes and to what points to their first. */
    static History of(Dump dump, Symbolizer names, long from, long bytes) {
        History history = new History(dump, names);
        AccessLog log = dump.log();
        for (int i = 0; i < log.size(); i++) {
            boolean touches =
                    log.address(i) < from + bytes && from < log.address(i) + log.bytes(i)
                            || log.kind(i) == Kind.COPY
                                    && log.old(i) < from + bytes
                                    && from < log.old(i) + log.bytes(i);
            boolean moves =
                    log.kind(i).writes()
                            && log.kind(i) != Kind.FILL
                            && log.kind(i) != Kind.COPY
                            && (log.value(i) == from || log.old(i) == from);
            if (touches || moves) {
                history.entries.add(i);
            }
        }
        return history;
    }

    void show(Sheet out) {
        out.gap();
        if (entries.isEmpty()) {
            out.line("HISTORY nobody touched it in the %s", span(dump));
            return;
        }
        out.line("HISTORY %d of the %s", entries.size(), span(dump));
        if (entries.size() > MOST) {
            out.line("        ... %d earlier ones ...", entries.size() - MOST);
        }
        for (int i : entries.subList(Math.max(0, entries.size() - MOST), entries.size())) {
            out.line("%s", entry(dump, names, i));
        }
    }

    /** What the log is of. */
    static String span(Dump dump) {
        return dump.left() == 0
                ? dump.log().size() + " accesses since the tasks began"
                : "last " + dump.log().size() + " accesses";
    }

    /** An access as a line. */
    static String entry(Dump dump, Symbolizer names, int i) {
        AccessLog log = dump.log();
        String who =
                (log.cpu(i) < 0 ? "nobody " : "CPU " + log.cpu(i))
                        + (log.interrupt(i) ? " irq" : "");
        return String.format("%8d  %-10s %s", dump.left() + i, who, what(log, names, i));
    }

    private static String what(AccessLog log, Symbolizer names, int i) {
        long address = log.address(i);
        String name = names.name(address);
        return switch (log.kind(i)) {
            case READ, READ_ONCE, DATA_RACE, ACQUIRE, AWAIT ->
                    label(log.kind(i)) + name + " = " + names.value(address, log.value(i));
            case CMPXCHG_FAIL -> "cmpxchg of " + name + " fails";
            case FILL -> String.format("memset(%s, 0x%02x, %d)", name, log.value(i), log.bytes(i));
            case COPY ->
                    String.format("memcpy(%s, %s, %d)", name, names.name(log.old(i)), log.bytes(i));
            default ->
                    label(log.kind(i))
                            + name
                            + " "
                            + names.value(address, log.old(i))
                            + " -> "
                            + names.value(address, log.value(i));
        };
    }

    private static String label(Kind kind) {
        return switch (kind) {
            case READ -> "reads ";
            case READ_ONCE -> "READ_ONCE ";
            case DATA_RACE -> "data_race ";
            case ACQUIRE -> "load_acquire ";
            case AWAIT -> "waited for ";
            case WRITE_ONCE -> "WRITE_ONCE ";
            case RELEASE -> "store_release ";
            case CMPXCHG_OK -> "cmpxchg ";
            case ADD -> "atomic_add ";
            default -> "";
        };
    }
}
