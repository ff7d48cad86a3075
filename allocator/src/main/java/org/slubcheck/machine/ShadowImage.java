package org.slubcheck.machine;

import java.util.List;

/**
 * What the address shadow of a checked memory knew at one moment: which bytes may be used, what they
 * last served as, who handed them out and who took them back. A value: nothing changes it.
 *
 * <p>One entry for each word of memory.
 */
public final class ShadowImage {
    private static final Poison[] STATES = Poison.values();

    private final byte[] states;
    private final byte[] purposes;
    private final byte[] allocatedBy;
    private final byte[] freedBy;
    private final List<Served> served;

    /** What bytes serve as: a text, or, where cache is not 0, the objects of the cache there. */
    public record Served(String text, long cache) {}

    /**
     * An image of arrays that were read from somewhere.
     *
     * @param states 0 all 8 bytes may be used, 1 to 7 the first so many, negative none: -1 less the
     *     ordinal of a {@link Poison}
     * @param purposes indexes of {@code served}
     * @param allocatedBy a CPU, -1 for nobody known
     * @param freedBy the same
     * @throws IllegalArgumentException when they do not fit together
     */
    public ShadowImage(
            byte[] states,
            byte[] purposes,
            byte[] allocatedBy,
            byte[] freedBy,
            List<Served> served) {
        if (purposes.length != states.length
                || allocatedBy.length != states.length
                || freedBy.length != states.length) {
            throw new IllegalArgumentException("the parts of the shadow differ in length");
        }
        for (int i = 0; i < states.length; i++) {
            if (states[i] > 7
                    || states[i] < -STATES.length
                    || (purposes[i] & 0xff) >= served.size()) {
                throw new IllegalArgumentException("the shadow of word " + i + " is none");
            }
        }
        this.states = states.clone();
        this.purposes = purposes.clone();
        this.allocatedBy = allocatedBy.clone();
        this.freedBy = freedBy.clone();
        this.served = List.copyOf(served);
    }

    /** How many words it is of. */
    public int words() {
        return states.length;
    }

    /** The entry of a word: see the constructor. */
    public int state(int word) {
        return states[word];
    }

    /** Why the byte at an address must not be used; null when it may, or lies outside of memory. */
    public Poison why(long address) {
        int word = word(address);
        if (word < 0) {
            return null;
        }
        int state = states[word];
        if (state < 0) {
            return STATES[-state - 1];
        }
        return state != 0 && (address & 7) >= state ? Poison.REDZONE : null;
    }

    /** What the byte at an address last served as; null when it never did. */
    public Served purpose(long address) {
        int word = word(address);
        return word < 0 || purposes[word] == 0 ? null : served.get(purposes[word] & 0xff);
    }

    /** The CPU that handed out the byte at an address last; -1 when that is not known. */
    public int allocatedBy(long address) {
        int word = word(address);
        return word < 0 ? -1 : allocatedBy[word];
    }

    /** The CPU that took the byte at an address back last; -1 when that is not known. */
    public int freedBy(long address) {
        int word = word(address);
        return word < 0 ? -1 : freedBy[word];
    }

    /** All that words served as, by the number that {@link #number} gives. */
    public List<Served> served() {
        return served;
    }

    /** What a word served as: an index of {@link #served}. */
    public int number(int word) {
        return purposes[word] & 0xff;
    }

    private int word(long address) {
        return address < 0 || address >>> 3 >= states.length ? -1 : (int) (address >>> 3);
    }
}
