package org.slubcheck.schedule;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Counts, of each task, the accesses that points are about, so that the how-manyth one is known. To
 * name a word costs as much as a hundred accesses, so that is asked only where the rest fits.
 */
final class Tally {
    /** Of one task: kinds of points, which are points with the number 0, and how often they were met. */
    private final Map<Integer, Map<Point, Integer>> counts = new HashMap<>();

    private final Places places;
    private final boolean anyCodeInSteps;

    /**
     * @param anyCodeInSteps whether a point in the code of a replaced step may be in any function
     */
    Tally(Places places, boolean anyCodeInSteps) {
        this.places = places;
        this.anyCodeInSteps = anyCodeInSteps;
    }

    /** Counts accesses like this one from here on. */
    void watch(int task, Point point) {
        counts.computeIfAbsent(task, any -> new HashMap<>()).putIfAbsent(point.kind(), 0);
    }

    /** Counts the access that a task is about to make; returns the points that it is. */
    Collection<Point> count(int task, long address) {
        Map<Point, Integer> watched = counts.getOrDefault(task, Map.of());
        if (watched.isEmpty()) {
            return Set.of();
        }
        Places.Where where = places.where();
        List<Point> fitting = new ArrayList<>(watched.keySet());
        fitting.removeIf(kind -> !fits(kind, where));
        if (fitting.isEmpty()) {
            return Set.of();
        }
        String word = places.word(address);
        Set<Point> here = new HashSet<>();
        for (Point kind : fitting) {
            if (kind.word().equals(word)) {
                here.add(kind.number(watched.merge(kind, 1, Integer::sum)));
            }
        }
        return here;
    }

    private boolean fits(Point point, Places.Where where) {
        boolean replaced = anyCodeInSteps && point.function().startsWith(Places.STEP);
        return point.operation().equals(where.operation())
                && (replaced || point.function().equals(where.function()));
    }
}
