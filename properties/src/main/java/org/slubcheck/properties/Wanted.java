package org.slubcheck.properties;

/**
 * What somebody wants of the machines that are drawn; a property that draws none ignores it.
 *
 * <p>Also whether a case that fails is made smaller, which is for people and takes most of the time.
 *
 * @param nodes how many nodes they have, 0 for whatever is drawn
 * @param cacheGroups how many groups of CPUs that share a last-level cache, 0 for whatever is drawn
 * @param asDrawn whether a case that fails stays as it was drawn
 */
public record Wanted(int nodes, int cacheGroups, boolean asDrawn) {
    /** Any machine. */
    public static final Wanted ANY = new Wanted(0, 0);

    /** Any machine, and no smaller case: the verdict is the same but for its story. */
    public static final Wanted AS_DRAWN = new Wanted(0, 0, true);

    /** With cases made smaller. */
    public Wanted(int nodes, int cacheGroups) {
        this(nodes, cacheGroups, false);
    }

    int nodes(int drawn) {
        return nodes == 0 ? drawn : nodes;
    }

    int cacheGroups(int drawn) {
        return cacheGroups == 0 ? drawn : cacheGroups;
    }
}
