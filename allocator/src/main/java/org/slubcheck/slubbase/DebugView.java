package org.slubcheck.slubbase;

import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabFlags;

/**
 * What an observer sees of the bytes that object debugging looks after: red zones, poison and
 * padding, as {@link ObjectBytes} leaves them. Only peeks; nothing is restored.
 *
 * <p>To be asked while no task runs: between freeing and queueing an object the bytes are in
 * between, too.
 */
@Observer
public final class DebugView {
    /** Where an object is, which decides what its bytes must be. */
    public enum State {
        /** Free in its slab. */
        FREE(ObjectBytes.RED_INACTIVE),
        /** In a CPU's queue. */
        QUEUED(ObjectBytes.RED_QUEUE),
        /** With a caller, to whom the object's own bytes belong. */
        HELD(ObjectBytes.RED_ACTIVE);

        private final int red;

        State(int red) {
            this.red = red;
        }
    }

    private DebugView() {}

    /** True for a cache some of whose bytes are looked after. */
    public static boolean watches(Memory m, long s) {
        return (m.peek(s + KmemCache.FLAGS) & (SlabFlags.RED_ZONE | SlabFlags.POISON)) != 0;
    }

    /**
     * The first byte of an object that is not as its place wants it, such as {@code Redzone
     * overwritten: 0x30 at +24 instead of 0xcc}; null when all are.
     *
     * @param pointer bytes between the red zone and the tracks: {@link SlubBase#peekPointerBytes}
     */
    public static String check(Memory m, long s, long object, State state, int pointer) {
        long flags = m.peek(s + KmemCache.FLAGS);
        int objsize = m.peekInt(s + KmemCache.OBJSIZE);
        int inuse = m.peekInt(s + KmemCache.INUSE);
        boolean poison = (flags & SlabFlags.POISON) != 0;
        String wrong = null;
        if ((flags & SlabFlags.RED_ZONE) != 0) {
            wrong = bytes(m, "Redzone", object, objsize, inuse, state.red);
        } else if (poison) {
            wrong = bytes(m, "Alignment padding", object, objsize, inuse, ObjectBytes.POISON_INUSE);
        }
        if (wrong == null && state != State.HELD && (flags & SlabFlags.OBJECT_POISON) != 0) {
            wrong = bytes(m, "Poison", object, 0, objsize - 1, ObjectBytes.POISON_FREE);
            if (wrong == null) {
                wrong = bytes(m, "Poison", object, objsize - 1, objsize, ObjectBytes.POISON_END);
            }
        }
        if (wrong == null && poison) {
            int tracks = Tracking.bytes(flags);
            int size = m.peekInt(s + KmemCache.SIZE);
            wrong =
                    bytes(
                            m,
                            "Object padding",
                            object,
                            inuse + pointer + tracks,
                            size,
                            ObjectBytes.POISON_INUSE);
        }
        return wrong;
    }

    /**
     * The first byte at the end of a slab that is not padding; null when all are.
     *
     * @param start the address of the slab
     * @param tail where its padding begins, from there
     * @param bytes its size
     */
    public static String checkPadding(Memory m, long s, long start, long tail, long bytes) {
        if ((m.peek(s + KmemCache.FLAGS) & SlabFlags.POISON) == 0) {
            return null;
        }
        return bytes(m, "Padding", start, (int) tail, (int) bytes, ObjectBytes.POISON_INUSE);
    }

    private static String bytes(Memory m, String what, long base, int from, int to, int value) {
        for (int i = from; i < to; i++) {
            int found = m.peekByte(base + i);
            if (found != value) {
                return String.format(
                        "%s overwritten: 0x%02x at +%d instead of 0x%02x", what, found, i, value);
            }
        }
        return null;
    }
}
