package org.slubcheck.machine;

import java.util.List;
import java.util.Locale;

/**
 * The knobs of failslab, as Documentation/fault-injection of 2.6.36 has them: which requests for
 * objects are made to fail. Immutable.
 *
 * @param interval of the requests that come so far every so many-th is looked at, from 1
 * @param probability of those so many in a hundred fail, 0 to 100
 * @param times failures in all, -1 for no end
 * @param space bytes that are handed out before anything fails
 * @param ignoreGfpWait requests that may sleep do not fail
 * @param cacheFilter only caches with SLAB_FAILSLAB fail
 * @param seed what chance is drawn from
 */
public record FaultAttr(
        long interval,
        long probability,
        long times,
        long space,
        boolean ignoreGfpWait,
        boolean cacheFilter,
        long seed) {
    /** What they are before anybody sets one: nothing fails, with a probability of 0. */
    public static final FaultAttr INITIAL = new FaultAttr(1, 0, 1, 0, true, false, 1);

    /** The names of the knobs, as their files have them; the last is this machine's own. */
    public static final List<String> NAMES =
            List.of(
                    "interval",
                    "probability",
                    "times",
                    "space",
                    "ignore-gfp-wait",
                    "cache-filter",
                    "seed");

    /** Checks the ranges; the message of the exception is fit for a user. */
    public FaultAttr {
        require(interval >= 1, "interval must be 1 or more, not " + interval);
        require(
                probability >= 0 && probability <= 100,
                "probability must be 0..100, not " + probability);
        require(times >= -1, "times must be -1 or more, not " + times);
        require(space >= 0, "space must be 0 or more, not " + space);
    }

    /**
     * Knobs from a text such as {@code probability=10,times=-1}; those that it does not name are as
     * initially.
     *
     * @throws IllegalArgumentException when it makes no sense; the message is fit for a user
     */
    public static FaultAttr parse(String text) {
        FaultAttr attr = INITIAL;
        for (String setting : text.split(",", -1)) {
            int equals = setting.indexOf('=');
            require(equals > 0, "'" + setting + "' is not name=value");
            attr = attr.with(setting.substring(0, equals), setting.substring(equals + 1));
        }
        return attr;
    }

    private FaultAttr with(String name, String value) {
        String knob = name.strip().toLowerCase(Locale.ROOT);
        require(
                NAMES.contains(knob),
                "no knob '" + name + "'; there is " + String.join(", ", NAMES));
        boolean flag = knob.startsWith("ignore") || knob.startsWith("cache");
        long number = flag ? flag(knob, value) : number(knob, value);
        return new FaultAttr(
                knob.equals("interval") ? number : interval,
                knob.equals("probability") ? number : probability,
                knob.equals("times") ? number : times,
                knob.equals("space") ? number : space,
                knob.equals("ignore-gfp-wait") ? number == 1 : ignoreGfpWait,
                knob.equals("cache-filter") ? number == 1 : cacheFilter,
                knob.equals("seed") ? number : seed);
    }

    private static long number(String knob, String value) {
        try {
            return Long.parseLong(value.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "failslab: " + knob + " must be a number, not '" + value + "'", e);
        }
    }

    /** As a debugfs file of a flag takes it. */
    private static long flag(String knob, String value) {
        return switch (value.strip().toUpperCase(Locale.ROOT)) {
            case "Y", "1" -> 1;
            case "N", "0" -> 0;
            default ->
                    throw new IllegalArgumentException(
                            "failslab: " + knob + " must be Y or N, not '" + value + "'");
        };
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException("failslab: " + message);
        }
    }
}
