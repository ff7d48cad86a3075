package org.slubcheck.schedule;

/** Says which task of a run goes on; asked by the {@link Baton}, one call at a time. */
interface Director {
    /** What {@link #next} answers when no task can go on. */
    int NOBODY = -1;

    /** The task that begins. */
    int first(Baton baton);

    /** Whether a task that is about to touch an address is to give way. */
    boolean leaves(Baton baton, int task, long address);

    /**
     * The task that goes on when one has given way, waits or is over; may be that one itself when it
     * was to give way. Only one that {@link Baton#canGo can go}, or {@link #NOBODY}.
     *
     * @throws OffCourse when this is not what the schedule says
     */
    int next(Baton baton, int task, Leg.End end, long address);
}
