package org.slubcheck.testkit;

import java.util.AbstractQueue;
import java.util.Iterator;
import java.util.List;

/**
 * A bounded queue as for one producer, which two use: each looks at the tail, and both may store in
 * the same slot. In one thread it is right.
 */
final class TwoProducersQueue<E> extends AbstractQueue<E> {
    private final Object[] slots;
    private volatile int head;
    private volatile int tail;

    TwoProducersQueue(int capacity) {
        slots = new Object[capacity];
    }

    @Override
    public boolean offer(E element) {
        int at = tail;
        if (at - head == slots.length) {
            return false;
        }
        slots[at % slots.length] = element;
        tail = at + 1;
        return true;
    }

    @Override
    public E poll() {
        int at = head;
        E element = peek();
        if (element != null) {
            slots[at % slots.length] = null;
            head = at + 1;
        }
        return element;
    }

    @Override
    @SuppressWarnings("unchecked") // only elements are stored
    public E peek() {
        return head == tail ? null : (E) slots[head % slots.length];
    }

    @Override
    public int size() {
        return tail - head;
    }

    @Override
    public Iterator<E> iterator() {
        return List.<E>of().iterator();
    }
}
