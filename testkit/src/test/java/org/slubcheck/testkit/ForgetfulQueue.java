package org.slubcheck.testkit;

import java.util.AbstractQueue;
import java.util.ArrayDeque;
import java.util.Iterator;

/** A bounded queue that is full one element too late: wrong in one thread already. */
final class ForgetfulQueue<E> extends AbstractQueue<E> {
    private final ArrayDeque<E> elements = new ArrayDeque<>();
    private final int capacity;

    ForgetfulQueue(int capacity) {
        this.capacity = capacity;
    }

    @Override
    public boolean offer(E element) {
        return elements.size() <= capacity && elements.offer(element);
    }

    @Override
    public E poll() {
        return elements.poll();
    }

    @Override
    public E peek() {
        return elements.peek();
    }

    @Override
    public int size() {
        return elements.size();
    }

    @Override
    public Iterator<E> iterator() {
        return elements.iterator();
    }
}
