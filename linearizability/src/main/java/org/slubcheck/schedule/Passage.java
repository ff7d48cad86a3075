package org.slubcheck.schedule;

/**
 * A leg as it was run.
 *
 * @param task the task
 * @param accesses how many accesses the task had made since its beginning when the leg ended
 * @param end what ended it
 * @param address what the task was about to touch, or waits for; 0 when it is over
 */
record Passage(int task, int accesses, Leg.End end, long address) {}
