package org.slubcheck.verdict;

/** A way of looking for a defect. */
public enum Technique {
    /** JCStress: real threads on real hardware, weak memory included; sampled. */
    STRESS("stress", "samples"),
    /** Lincheck: interleavings of a scenario, bounded by preemptions; deterministic. */
    MODEL("model", "interleavings"),
    /** jqwik: generated operations on generated machines, shrunk to a readable case. */
    PROPERTY("property", "tries"),
    /** Boot sequences over topologies. */
    BOOT("boot", "boots"),
    /** The lock-order graph of one passing run. */
    LOCKDEP("lockdep", "runs"),
    /** The K-th allocation fails, for every K. */
    FAULT("fault", "faults");

    private final String label;
    private final String unit;

    Technique(String label, String unit) {
        this.label = label;
        this.unit = unit;
    }

    /** The word on the command line. */
    public String label() {
        return label;
    }

    /** What its runs are counted in. */
    public String unit() {
        return unit;
    }

    /** The technique of a label, or null. */
    public static Technique of(String label) {
        for (Technique technique : values()) {
            if (technique.label.equals(label)) {
                return technique;
            }
        }
        return null;
    }
}
