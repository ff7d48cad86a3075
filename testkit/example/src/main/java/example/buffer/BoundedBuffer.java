package example.buffer;

import java.util.NoSuchElementException;

/** A ring under a monitor. */
public class BoundedBuffer<E> implements Buffer<E> {
    private final Object[] ring;
    private int first;
    private int size;

    public BoundedBuffer(int capacity) {
        ring = new Object[capacity];
    }

    @Override
    public synchronized void put(E element) throws InterruptedException {
        while (isFull()) {
            wait();
        }
        add(element);
    }

    @Override
    public synchronized E take() throws InterruptedException {
        while (isEmpty()) {
            wait();
        }
        return remove();
    }

    @Override
    public synchronized boolean offer(E element) {
        if (isFull()) {
            return false;
        }
        add(element);
        return true;
    }

    @Override
    public synchronized E poll() {
        return isEmpty() ? null : remove();
    }

    final boolean isFull() {
        return size == ring.length;
    }

    final boolean isEmpty() {
        return size == 0;
    }

    final void add(E element) {
        ring[(first + size) % ring.length] = element;
        size++;
        notifyAll();
    }

    @SuppressWarnings("unchecked") // only elements are stored
    final E remove() {
        if (isEmpty()) {
            throw new NoSuchElementException("the buffer is empty");
        }
        E element = (E) ring[first];
        ring[first] = null;
        first = (first + 1) % ring.length;
        size--;
        notifyAll();
        return element;
    }
}
