package org.slubcheck.layout;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Compares the caches of a real kernel with what the rules of 2.6.36 make of them.
 *
 * <p>A row is equal; or it is laid out by newer rules, which are named and which predict all its
 * numbers; or it differs and nothing explains it. Only the last is a failure: a newer rule says
 * nothing against the older ones. A kernel has one set of rules ({@link RuleSets}), so a row that
 * only rules explain which the other rows rule out differs. Hence what is not equal is judged when
 * all rows have been seen, in {@link #finish}.
 *
 * <p>Not for several threads at once.
 */
public final class LayoutCheck implements Consumer<CacheRow> {
    private final SlabLimits limits;
    private final Consumer<Result> differing;
    private final RuleSets sets;
    private final List<CacheRow> unequal = new ArrayList<>();
    private long rows;
    private long equal;
    private long newer;
    private long differ;

    /**
     * Starts a check.
     *
     * @param machine that the caches were read on
     * @param differing gets each row that is not equal, in their order, at the end
     */
    public LayoutCheck(HostMachine machine, Consumer<Result> differing) {
        this.limits = machine.limits();
        this.differing = differing;
        this.sets = new RuleSets(machine);
    }

    /**
     * A row that is not equal.
     *
     * @param row what the kernel has
     * @param expected what the rules of 2.6.36 give
     * @param newer the newer rules of this kernel that the row needs; empty if they do not explain it
     */
    public record Result(CacheRow row, ObjectLayout expected, List<NewerRule> newer) {
        /** Copies the list. */
        public Result {
            newer = List.copyOf(newer);
        }

        /** Whether newer rules predict the row. */
        public boolean explained() {
            return !newer.isEmpty();
        }

        /** One line for a user. */
        public String describe() {
            String text =
                    String.format(
                            "%s: slab_size=%d order=%d objects=%d, by the rules of 2.6.36 %s",
                            row.name(),
                            row.slabSize(),
                            row.order(),
                            row.objects(),
                            expected.fits()
                                    ? String.format(
                                            "slab_size=%d order=%d objects=%d",
                                            expected.size(), expected.order(), expected.objects())
                                    : "no order fits");
            if (!explained()) {
                return text + "; no rule explains it";
            }
            return newer.stream()
                    .map(rule -> rule.id() + ", since " + rule.since() + ": " + rule.text())
                    .collect(Collectors.joining("; and ", text + "; newer rule ", ""));
        }
    }

    /** Sees a row. */
    @Override
    public void accept(CacheRow row) {
        rows++;
        sets.add(row);
        if (row.matches(byOldRules(row))) {
            equal++;
        } else {
            unequal.add(row);
        }
    }

    /** Judges the rows that are not equal; to be called once, behind the last row. */
    public void finish() {
        Set<NewerRule> rules = sets.chosen();
        for (CacheRow row : unequal) {
            List<NewerRule> why = sets.explain(row, rules);
            if (why.isEmpty()) {
                differ++;
            } else {
                newer++;
            }
            differing.accept(new Result(row, byOldRules(row), why));
        }
    }

    private ObjectLayout byOldRules(CacheRow row) {
        return SlubLayout.calculateSizes(
                row.objectSize(), row.align(), row.flags(), row.ctor(), limits);
    }

    /** Rows seen. */
    public long rows() {
        return rows;
    }

    /** Rows that the rules of 2.6.36 predict. */
    public long equal() {
        return equal;
    }

    /** Rows that only newer rules predict, of which there is one set; 0 until {@link #finish}. */
    public long newer() {
        return newer;
    }

    /** Rows that nothing predicts: a failure; 0 until {@link #finish}. */
    public long differ() {
        return differ;
    }

    /** The last line of the command; {@code newer} appears when there is such a row. */
    public String summary() {
        String text = "layout: rows=" + rows + " equal=" + equal + " differ=" + differ;
        return newer == 0 ? text : text + " newer=" + newer;
    }
}
