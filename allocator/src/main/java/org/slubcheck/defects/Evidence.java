package org.slubcheck.defects;

import java.util.List;
import java.util.stream.Collectors;

/** How it is known that a defect is one; the marks are those of the catalogue. */
public enum Evidence {
    /** The message says so. */
    SAID("S", "the message says so"),
    /** It can be seen in the message's code. */
    CODE("C", "seen in the code of the message"),
    /** It is in the full mail, of which archives show a part. */
    FULL_MAIL("F", "in the full mail"),
    /** A later fix upstream confirms it. */
    UPSTREAM("U", "confirmed by a later fix upstream"),
    /** Nobody says so; reproducing it is the proof. */
    INFERRED("inf", "inferred, and confirmed by reproducing it");

    private final String mark;
    private final String meaning;

    Evidence(String mark, String meaning) {
        this.mark = mark;
        this.meaning = meaning;
    }

    /** As it stands in the catalogue, for example {@code F}. */
    public String mark() {
        return mark;
    }

    /** In words. */
    public String meaning() {
        return meaning;
    }

    static List<Evidence> of(Evidence... evidence) {
        return List.of(evidence);
    }

    /** For people: {@code [F] in the full mail; [U] confirmed by a later fix upstream}. */
    public static String describe(List<Evidence> evidence) {
        return evidence.stream()
                .map(e -> "[" + e.mark + "] " + e.meaning)
                .collect(Collectors.joining("; "));
    }
}
