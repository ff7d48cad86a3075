package example.buffer;

/**
 * The same with a mistake: who has waited for an element does not look whether another has come and
 * taken it. In one thread it is right.
 */
public class HastyBuffer<E> extends BoundedBuffer<E> {
    public HastyBuffer(int capacity) {
        super(capacity);
    }

    @Override
    public synchronized E take() throws InterruptedException {
        if (isEmpty()) {
            wait();
        }
        return remove();
    }
}
