package org.slubcheck.testkit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was counted while a scenario ran: enough to say what a clean verdict is worth. One thread at a
 * time writes it.
 */
final class Tally {
    private final Map<String, Long> tasks = new LinkedHashMap<>();
    private final Map<String, Long> reached = new LinkedHashMap<>();
    private final Map<String, Long> outcomes = new TreeMap<>();
    private long runs;
    private long judged;

    Tally(Scenario<?> scenario) {
        scenario.taskNames().forEach(task -> tasks.put(task, 0L));
        scenario.reaches().forEach(reach -> reached.put(reach.name(), 0L));
    }

    /** Of a suite whose parts are operations. */
    Tally(Iterable<String> operations) {
        operations.forEach(operation -> tasks.put(operation, 0L));
    }

    /** A run came to its end. */
    void run() {
        runs++;
    }

    /** The oracle was asked. */
    void judged() {
        judged++;
    }

    /** A task was begun so many times. */
    void entered(String task, long times) {
        tasks.merge(task, times, Long::sum);
    }

    /** Something that must be seen was. */
    void reached(String what) {
        reached.merge(what, 1L, Long::sum);
    }

    /** How a run ended. */
    void outcome(String how) {
        outcomes.merge(how, 1L, Long::sum);
    }

    long runs() {
        return runs;
    }

    long oracles() {
        return judged;
    }

    Map<String, Long> tasks() {
        return tasks;
    }

    Map<String, Long> reached() {
        return reached;
    }

    Map<String, Long> outcomes() {
        return outcomes;
    }
}
