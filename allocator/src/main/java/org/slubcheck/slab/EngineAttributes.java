package org.slubcheck.slab;

import java.util.List;
import org.slubcheck.machine.Task;

/**
 * The sysfs attributes of a cache that only its engine can answer: queues, batches, statistics.
 *
 * <p>Irqs are on and no lock is held. A walk over the areas of all CPUs takes slub_lock for read
 * itself (S+Q3 15/23, rule B), and only tries for it.
 */
public interface EngineAttributes {
    /** What a handler gives that has to be started again: it could not get slub_lock. */
    String RESTART = "-ERESTARTSYS";

    /** An engine without attributes of its own. */
    EngineAttributes NONE =
            new EngineAttributes() {
                @Override
                public List<String> names() {
                    return List.of();
                }

                @Override
                public String show(Task task, long s, String name) {
                    return null;
                }

                @Override
                public int store(Task task, long s, String name, String value) {
                    return Errno.EIO;
                }
            };

    /** The file names, constant. */
    List<String> names();

    /**
     * The contents of one of {@link #names()}, with the newline; null when it cannot be read, {@link
     * #RESTART} when slub_lock was not to be had.
     */
    String show(Task task, long s, String name);

    /** Writes one of {@link #names()}: 0 or a negative errno; {@link Errno#EIO} when read-only. */
    int store(Task task, long s, String name, String value);
}
