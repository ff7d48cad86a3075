package org.slubcheck.machine;

import java.util.Arrays;
import java.util.List;

/** The stack of locks that a task holds, as lockdep sees it. Local to the task's thread. */
public final class HeldLocks {
    private LockClass[] classes = new LockClass[4];
    private long[] addresses = new long[4];
    private int[] subclasses = new int[4];
    private int depth;

    void push(LockClass lockClass, long address) {
        push(lockClass, 0, address);
    }

    void push(LockClass lockClass, int subclass, long address) {
        if (depth == classes.length) {
            classes = Arrays.copyOf(classes, 2 * depth);
            addresses = Arrays.copyOf(addresses, 2 * depth);
            subclasses = Arrays.copyOf(subclasses, 2 * depth);
        }
        classes[depth] = lockClass;
        subclasses[depth] = subclass;
        addresses[depth++] = address;
    }

    /** Takes a lock out, wherever it stands; false when it is not held. */
    boolean remove(long address) {
        for (int i = depth - 1; i >= 0; i--) {
            if (addresses[i] == address) {
                System.arraycopy(classes, i + 1, classes, i, depth - i - 1);
                System.arraycopy(addresses, i + 1, addresses, i, depth - i - 1);
                System.arraycopy(subclasses, i + 1, subclasses, i, depth - i - 1);
                depth--;
                return true;
            }
        }
        return false;
    }

    /** True when a lock of this class is held at this address. */
    boolean holds(LockClass lockClass, long address) {
        for (int i = 0; i < depth; i++) {
            if (addresses[i] == address && classes[i] == lockClass) {
                return true;
            }
        }
        return false;
    }

    /** How many locks are held. */
    public int depth() {
        return depth;
    }

    /** The class of the i-th lock, oldest first. */
    public LockClass lockClass(int i) {
        return classes[i];
    }

    /** The nesting level that the i-th lock was taken at, oldest first. */
    int subclass(int i) {
        return subclasses[i];
    }

    /** The address of the i-th lock, oldest first. */
    public long address(int i) {
        return addresses[i];
    }

    /** Puts them at the end of a list, oldest first. */
    void addTo(List<Capture.HeldLock> list) {
        for (int i = 0; i < depth; i++) {
            String name = classes[i].kernelName();
            list.add(
                    new Capture.HeldLock(
                            subclasses[i] == 0 ? name : name + "/" + subclasses[i], addresses[i]));
        }
    }
}
