package org.slubcheck.gate.doctor;

import java.util.Locale;

/**
 * What a check came to.
 *
 * @param check its name
 * @param level how bad it is
 * @param measured what was seen
 * @param means what that says of verdicts
 * @param todo what to do about it; empty when nothing needs to be done
 */
public record Finding(String check, Level level, String measured, String means, String todo) {
    /** How bad a finding is. */
    public enum Level {
        /** As it should be. */
        OK,
        /** Verdicts hold, but cost more, or say less. */
        WARN,
        /** Verdicts of this machine prove nothing. */
        FAIL;

        /** As it is printed. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A finding that is as it should be. */
    public static Finding ok(String check, String measured, String means) {
        return new Finding(check, Level.OK, measured, means, "");
    }

    /** One that makes verdicts cost more or say less. */
    public static Finding warn(String check, String measured, String means, String todo) {
        return new Finding(check, Level.WARN, measured, means, todo);
    }

    /** One that makes verdicts worthless. */
    public static Finding fail(String check, String measured, String means, String todo) {
        return new Finding(check, Level.FAIL, measured, means, todo);
    }
}
