package org.slubcheck.layout;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Compares the caches of a real kernel with what the rules of 2.6.36 make of them.
 *
 * <p>A row is equal; or it is laid out by a newer rule, which is named and which predicts all its
 * numbers; or it differs and nothing explains it. Only the last is a failure: a newer rule says
 * nothing against the older ones.
 *
 * <p>Not for several threads at once.
 */
public final class LayoutCheck implements Consumer<CacheRow> {
    private final HostMachine machine;
    private final SlabLimits limits;
    private final Consumer<Result> differing;
    private long rows;
    private long equal;
    private long newer;
    private long differ;

    /**
     * Starts a check.
     *
     * @param machine that the caches were read on
     * @param differing gets each row that is not equal, as it is found
     */
    public LayoutCheck(HostMachine machine, Consumer<Result> differing) {
        this.machine = machine;
        this.limits = machine.limits();
        this.differing = differing;
    }

    /**
     * A row that is not equal.
     *
     * @param row what the kernel has
     * @param expected what the rules of 2.6.36 give
     * @param newer the newer rules that predict the row, in the order of their names; empty if
     *     nothing explains it
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

    @Override
    public void accept(CacheRow row) {
        rows++;
        ObjectLayout expected =
                SlubLayout.calculateSizes(
                        row.objectSize(), row.align(), row.flags(), row.ctor(), limits);
        if (row.matches(expected)) {
            equal++;
            return;
        }
        Optional<Set<NewerRule>> rules = new NewerLayout(machine).explain(row);
        if (rules.isPresent()) {
            newer++;
        } else {
            differ++;
        }
        differing.accept(new Result(row, expected, rules.map(List::copyOf).orElse(List.of())));
    }

    /** Rows seen. */
    public long rows() {
        return rows;
    }

    /** Rows that the rules of 2.6.36 predict. */
    public long equal() {
        return equal;
    }

    /** Rows that only newer rules predict. */
    public long newer() {
        return newer;
    }

    /** Rows that nothing predicts: a failure. */
    public long differ() {
        return differ;
    }

    /** The last line of the command; {@code newer} appears when there is such a row. */
    public String summary() {
        String text = "layout: rows=" + rows + " equal=" + equal + " differ=" + differ;
        return newer == 0 ? text : text + " newer=" + newer;
    }
}
