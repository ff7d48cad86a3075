package org.slubcheck.slab;

import java.util.Map;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;

/**
 * The object constructors that caches may name. A function pointer in memory is an id of this
 * table; 0 is no constructor. Immutable: wiring, shared by all forks.
 */
public final class Ctors {
    /** A constructor: runs on each object of a new slab, in the context of the allocation. */
    @FunctionalInterface
    public interface Ctor {
        /** Brings a raw object into its constructed state. */
        void construct(Task task, Memory memory, long object);
    }

    /** Fills the first word of each object, so that a test can see that it ran. */
    public static final long STAMP = 1;

    /** What {@link #STAMP} writes. */
    public static final long STAMP_VALUE = 0x63746f7263746f72L;

    private static final Ctors STANDARD =
            new Ctors(Map.of(STAMP, (task, memory, object) -> memory.write(object, STAMP_VALUE)));

    private final Map<Long, Ctor> table;

    /** A table of these constructors; id 0 is refused. */
    public Ctors(Map<Long, Ctor> table) {
        if (table.containsKey(0L)) {
            throw new IllegalArgumentException("constructor id 0 means no constructor");
        }
        this.table = Map.copyOf(table);
    }

    /** The table with {@link #STAMP} alone. */
    public static Ctors standard() {
        return STANDARD;
    }

    /** True when the id may stand in a cache. */
    public boolean known(long id) {
        return id == 0 || table.containsKey(id);
    }

    /** Runs a constructor by its id; id 0 does nothing. */
    public void construct(Task task, Memory memory, long id, long object) {
        Ctor ctor = table.get(id);
        if (ctor != null) {
            ctor.construct(task, memory, object);
        }
    }
}
