package org.slubcheck.layout;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Which newer rules a machine's kernel has. A kernel has one set of rules for all its caches, so the
 * rows vote: the set that predicts most of them is the kernel's, and of several the smallest. Rows
 * that the rules of 2.6.36 predict vote too, as a newer rule that would lay them out differently
 * cannot be in force.
 *
 * <p>Not for several threads at once.
 */
final class RuleSets {
    private static final NewerRule[] RULES = NewerRule.values();

    /** Every set that a kernel can have, the smallest first; a set is the bits of its rules. */
    private static final int[] POSSIBLE =
            IntStream.range(0, 1 << RULES.length)
                    .filter(bits -> possible(rules(bits)))
                    .boxed()
                    .sorted(Comparator.comparingInt(Integer::bitCount).thenComparing(b -> b))
                    .mapToInt(b -> b)
                    .toArray();

    private final NewerLayout layout;
    private final long[] predicted = new long[POSSIBLE.length];

    RuleSets(HostMachine machine) {
        layout = new NewerLayout(machine);
    }

    /** Every set that a kernel can have, the smallest first. */
    static List<Set<NewerRule>> all() {
        List<Set<NewerRule>> sets = new ArrayList<>();
        for (int bits : POSSIBLE) {
            sets.add(rules(bits));
        }
        return sets;
    }

    /** Counts the sets that predict a row. */
    void add(CacheRow row) {
        int applying = applying(row);
        // Only the rules that apply to a row decide about it, and most rows have two.
        Boolean[] known = new Boolean[1 << RULES.length];
        for (int i = 0; i < POSSIBLE.length; i++) {
            int bits = POSSIBLE[i] & applying;
            if (known[bits] == null) {
                known[bits] = predicts(bits, row);
            }
            predicted[i] += known[bits] ? 1 : 0;
        }
    }

    /** The set that predicts most rows so far; the smallest of several. */
    Set<NewerRule> chosen() {
        int best = 0;
        for (int i = 1; i < POSSIBLE.length; i++) {
            if (predicted[i] > predicted[best]) {
                best = i;
            }
        }
        return rules(POSSIBLE[best]);
    }

    /**
     * The rules of a set without which it does not predict a row, in the order of their names; empty
     * when it does not, or needs none of them.
     */
    List<NewerRule> explain(CacheRow row, Set<NewerRule> chosen) {
        int set = bits(chosen) & applying(row);
        if (!predicts(set, row)) {
            return List.of();
        }
        for (int bits : POSSIBLE) {
            if ((bits & ~set) == 0 && row.matches(layout.layout(row, rules(bits)))) {
                return List.copyOf(rules(bits));
            }
        }
        return List.of();
    }

    private boolean predicts(int bits, CacheRow row) {
        if (row.matches(layout.layout(row, rules(bits)))) {
            return true;
        }
        // A cache may name a place for the free pointer, and need not.
        int without = bits & ~(1 << NewerRule.FREEPTR_IN_OBJECT.ordinal());
        return without != bits && row.matches(layout.layout(row, rules(without)));
    }

    /** A track is of one kind. */
    private static boolean possible(Set<NewerRule> rules) {
        return !rules.contains(NewerRule.TRACK_HANDLE)
                || !rules.contains(NewerRule.TRACK_ADDRESSES);
    }

    private static int applying(CacheRow row) {
        int bits = 0;
        for (NewerRule rule : RULES) {
            bits |= rule.appliesTo(row) ? 1 << rule.ordinal() : 0;
        }
        return bits;
    }

    private static int bits(Set<NewerRule> rules) {
        int bits = 0;
        for (NewerRule rule : rules) {
            bits |= 1 << rule.ordinal();
        }
        return bits;
    }

    private static Set<NewerRule> rules(int bits) {
        Set<NewerRule> rules = EnumSet.noneOf(NewerRule.class);
        for (NewerRule rule : RULES) {
            if ((bits >> rule.ordinal() & 1) != 0) {
                rules.add(rule);
            }
        }
        return rules;
    }
}
