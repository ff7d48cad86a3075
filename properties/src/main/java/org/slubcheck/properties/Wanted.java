package org.slubcheck.properties;

/**
 * What somebody wants of the machines that are drawn; a property that draws none ignores it.
 *
 * @param nodes how many nodes they have, 0 for whatever is drawn
 * @param cacheGroups how many groups of CPUs that share a last-level cache, 0 for whatever is drawn
 */
public record Wanted(int nodes, int cacheGroups) {
    /** Any machine. */
    public static final Wanted ANY = new Wanted(0, 0);

    int nodes(int drawn) {
        return nodes == 0 ? drawn : nodes;
    }

    int cacheGroups(int drawn) {
        return cacheGroups == 0 ? drawn : cacheGroups;
    }
}
