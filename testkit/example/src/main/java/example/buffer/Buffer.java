package example.buffer;

/** What a producer hands to a consumer, in order; there is room for so many at a time. */
public interface Buffer<E> {
    /** Puts an element behind the others; waits for room. */
    void put(E element) throws InterruptedException;

    /** Takes the first element; waits for one. */
    E take() throws InterruptedException;

    /** Puts an element behind the others if there is room, and says so. */
    boolean offer(E element);

    /** Takes the first element; null if there is none. */
    E poll();
}
