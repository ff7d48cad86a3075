package org.slubcheck.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;

/**
 * Which bytes may be used, kept as the kernel's address sanitizer keeps it.
 *
 * <p>One shadow byte for 8 bytes of memory: 0 all may be used, 1 to 7 only the first so many,
 * negative none, and why ({@link Poison}). Beside it stand what the bytes last served as and which
 * CPU handed them out and took them back, for the report.
 *
 * <p>A granule cannot say that its first bytes are poisoned and its last are not. Where a range
 * would need that, the bytes count as usable: the shadow may miss a misuse, it never invents one.
 *
 * <p>Not thread safe; {@link Observers} serialises.
 */
final class AddressShadow {
    private static final Poison[] STATES = Poison.values();
    private static final int MAX_PURPOSES = 256;

    /** As far as a page of 4 KiB a report looks for what lies beside an address, in granules. */
    private static final int REACH = 4096 / Memory.WORD;

    private final byte[] shadow;
    private final byte[] purpose;
    private final byte[] allocatedBy;
    private final byte[] freedBy;
    private Purpose[] purposes;
    private int purposeCount;

    /** The purpose that was looked for last: a task works on one cache for a while. */
    private int lastPurpose;

    private Set<Long> reported = Set.of();

    /** What bytes serve as: a text, or the objects of a cache, which may have another name later. */
    private record Purpose(String text, long cache) {
        boolean is(String what, long owner) {
            return cache == owner && (owner != 0 || text.equals(what));
        }
    }

    AddressShadow(int words) {
        shadow = new byte[words];
        purpose = new byte[words];
        allocatedBy = new byte[words];
        freedBy = new byte[words];
        purposes = new Purpose[] {new Purpose("memory", 0)};
        purposeCount = 1;
        Arrays.fill(
                shadow,
                0,
                Math.min(words, (int) MemoryMap.NULL_PAGE / Memory.WORD),
                code(Poison.UNMAPPED));
    }

    AddressShadow(AddressShadow template) {
        shadow = template.shadow.clone();
        purpose = template.purpose.clone();
        allocatedBy = template.allocatedBy.clone();
        freedBy = template.freedBy.clone();
        purposes = template.purposes;
        purposeCount = template.purposeCount;
        reported = template.reported.isEmpty() ? Set.of() : new HashSet<>(template.reported);
    }

    /** What it knows now. */
    ShadowImage image() {
        List<ShadowImage.Served> served = new ArrayList<>();
        for (int i = 0; i < purposeCount; i++) {
            served.add(
                    new ShadowImage.Served(
                            purposes[i].cache == 0 ? purposes[i].text : "", purposes[i].cache));
        }
        return new ShadowImage(shadow, purpose, allocatedBy, freedBy, served);
    }

    /** Allows a range. */
    void unpoison(long address, long bytes, String what, int cpu) {
        unpoison(address, bytes, what, 0, cpu);
    }

    /** Allows an object of a cache. */
    void unpoisonObject(long object, long bytes, long cache, int cpu) {
        unpoison(object, bytes, null, cache, cpu);
    }

    private void unpoison(long address, long bytes, String what, long cache, int cpu) {
        if (bytes <= 0) {
            return;
        }
        int from = Memory.index(address);
        int last = Memory.index(address + bytes - 1);
        int tail = (int) (address + bytes & 7);
        int before = shadow[last];
        Arrays.fill(shadow, from, last + 1, (byte) 0);
        if (tail != 0) {
            // bytes of the last granule that were usable before stay usable
            boolean more = before == 0 || before > tail;
            shadow[last] = more ? (byte) before : (byte) tail;
        }
        Arrays.fill(purpose, from, last + 1, purposeOf(what, cache));
        Arrays.fill(allocatedBy, from, last + 1, (byte) cpu);
    }

    /** Forbids a range; says nothing about the bytes around it. */
    void poison(long address, long bytes, Poison state, int cpu) {
        if (bytes <= 0) {
            return;
        }
        int from = Memory.index(address);
        long end = address + bytes;
        int head = (int) (address & 7);
        if (head != 0) {
            if (end >> 3 > from || covers(from, (int) (end & 7))) {
                shadow[from] =
                        shadow[from] == 0 || shadow[from] > head ? (byte) head : shadow[from];
            }
            from++;
        }
        int to = Memory.index(end);
        if (from < to) {
            Arrays.fill(shadow, from, to, code(state));
            Arrays.fill(freedBy, from, to, (byte) cpu);
        }
        if ((end & 7) != 0 && to >= from && covers(to, (int) (end & 7))) {
            shadow[to] = code(state);
            freedBy[to] = (byte) cpu;
        }
    }

    /** True when no byte from this one on may be used in a granule. */
    private boolean covers(int granule, int tail) {
        return shadow[granule] != 0 && shadow[granule] <= tail;
    }

    /** The first byte of a range that must not be used, or -1. */
    long firstBad(long address, long bytes) {
        int first = Memory.index(address);
        int last = Memory.index(address + bytes - 1);
        for (int i = first; i <= last; i++) {
            int state = shadow[i];
            if (state != 0) {
                int used = i == last ? (int) (address + bytes - 1 & 7) : 7;
                if (state < 0 || used >= state) {
                    long start = Math.max(address, (long) i << 3);
                    return state < 0 ? start : Math.max(start, ((long) i << 3) + state);
                }
            }
        }
        return -1;
    }

    /** Why a byte must not be used; behind the last usable byte of an object it is a red zone. */
    Poison why(long address) {
        int state = shadow[Memory.index(address)];
        return state < 0 ? STATES[-state - 1] : Poison.REDZONE;
    }

    /** The text of a report, or null when this was reported before. */
    String report(
            long bad,
            long address,
            long bytes,
            boolean write,
            String name,
            LongFunction<String> cacheNames,
            String who) {
        Poison why = why(bad);
        if (reported.isEmpty()) {
            reported = new HashSet<>();
        }
        if (!reported.add((bad & ~7L) << 3 | why.ordinal())) {
            return null;
        }
        int granule = Memory.index(bad);
        StringBuilder text = new StringBuilder("BUG: KASAN: ");
        text.append(why.kasanName()).append(" in ").append(name).append('\n');
        text.append(write ? "Write" : "Read").append(" of size ").append(bytes);
        text.append(String.format(" at addr %016x by %s", address, who));
        if (purpose[granule] != 0) {
            text.append("\nThe buggy address last served as ");
            appendServed(text, granule, cacheNames);
        }
        appendNeighbour(text, bad, cacheNames);
        return text.toString();
    }

    /** What a granule serves or served as, who handed it out and who took it back. */
    private void appendServed(StringBuilder text, int granule, LongFunction<String> cacheNames) {
        text.append(describe(purposes[purpose[granule] & 0xff], cacheNames))
                .append(", handed out on CPU#")
                .append(allocatedBy[granule]);
        if (shadow[granule] < 0) {
            text.append(", taken back on CPU#").append(freedBy[granule]);
        }
    }

    /**
     * Says what ends in front of a byte that must not be used, and how far from it; where nothing
     * does, what begins behind it. That is whose end or start was missed, if an access went astray.
     * Says nothing where that is not known, or cannot be meant: a byte that was freed lies in what
     * was freed, and only its first one can be meant for the end of something that is in use.
     */
    private void appendNeighbour(StringBuilder text, long bad, LongFunction<String> cacheNames) {
        int granule = Memory.index(bad);
        int front = shadow[granule] < 0 ? neighbour(granule, -1) : known(granule);
        if (front >= 0) {
            boolean used = shadow[front] >= 0;
            long end = ((long) front << 3) + (shadow[front] > 0 ? shadow[front] : Memory.WORD);
            // what was freed may have ended within its last granule
            appendDistance(text, used ? "" : "at least ", bad - end, " behind the end of ");
            appendServed(text, front, cacheNames);
            return;
        }
        int behind = neighbour(granule, 1);
        if (behind >= 0 && why(bad) == Poison.REDZONE) {
            appendDistance(text, "", ((long) behind << 3) - bad, " before the start of ");
            appendServed(text, behind, cacheNames);
        }
    }

    private static void appendDistance(
            StringBuilder text, String least, long bytes, String direction) {
        text.append("\nThe buggy address lies ").append(least).append(bytes);
        text.append(bytes == 1 ? " byte" : " bytes").append(direction);
    }

    /**
     * The granule where what lies beside a poisoned one ends or begins; -1 when nothing is known of it.
     * Beyond a red zone that is whatever is no red zone; beside anything else what is in use, if it is
     * the very next one.
     */
    private int neighbour(int granule, int step) {
        boolean redZone = shadow[granule] == code(Poison.REDZONE);
        int at = granule + step;
        int reach = redZone ? REACH : 1;
        for (int i = 0; i < reach && at >= 0 && at < shadow.length; i++, at += step) {
            if (shadow[at] != code(Poison.REDZONE)) {
                return redZone || shadow[at] >= 0 ? known(at) : -1;
            }
        }
        return -1;
    }

    /** A granule if it is known what it serves or served as; else -1. */
    private int known(int granule) {
        return purpose[granule] != 0 && shadow[granule] != code(Poison.UNMAPPED) ? granule : -1;
    }

    private static String describe(Purpose served, LongFunction<String> cacheNames) {
        if (served.cache == 0) {
            return served.text;
        }
        String name = cacheNames.apply(served.cache);
        return name.isEmpty() ? "an object of a cache that is gone" : name;
    }

    private byte purposeOf(String what, long cache) {
        if (purposes[lastPurpose].is(what, cache)) {
            return (byte) lastPurpose;
        }
        for (int i = 0; i < purposeCount; i++) {
            if (purposes[i].is(what, cache)) {
                lastPurpose = i;
                return (byte) i;
            }
        }
        if (purposeCount == MAX_PURPOSES) {
            return 0;
        }
        // a template's array is shared with its forks: never written again
        purposes = Arrays.copyOf(purposes, purposeCount + 1);
        purposes[purposeCount] = new Purpose(what, cache);
        return (byte) purposeCount++;
    }

    private static byte code(Poison state) {
        return (byte) (-state.ordinal() - 1);
    }
}
