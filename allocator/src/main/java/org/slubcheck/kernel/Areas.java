package org.slubcheck.kernel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slubcheck.mm.Percpu;

/**
 * The conservation of per-CPU areas: every allocated area is the {@code cpu} of exactly one cache,
 * or in a caller's hand. What may be left over is as many areas as resizes had to give up before
 * sysfs was up, when the areas of early boot are not freed yet (S+Q3 15/23).
 *
 * <p>The books are filled by claims; {@link #wrong} closes them.
 */
final class Areas {
    private static final String NOBODY = "";

    private final Kernel kernel;
    private final Map<Long, String> owners = new LinkedHashMap<>();
    private final List<String> wrong = new ArrayList<>();

    Areas(Kernel kernel) {
        this.kernel = kernel;
        for (Percpu.Area area : kernel.percpu().areas()) {
            owners.put(area.pointer(), NOBODY);
        }
    }

    /** An area has an owner. False, and nothing is claimed, for what is no allocated area. */
    boolean claim(long pointer, String owner) {
        String before = owners.get(pointer);
        if (before == null) {
            return false;
        }
        if (before.equals(NOBODY)) {
            owners.put(pointer, owner);
        } else {
            wrong.add(
                    String.format(
                            "the per-CPU area 0x%x belongs to %s and to %s",
                            pointer, before, owner));
        }
        return true;
    }

    /** All claims were made: what does not add up. */
    List<String> wrong() {
        List<Long> left = new ArrayList<>();
        owners.forEach(
                (pointer, owner) -> {
                    if (owner.equals(NOBODY)) {
                        left.add(pointer);
                    }
                });
        long abandoned = kernel.memory().peek(kernel.slab().wiring().abandonedAreas());
        if (left.size() < abandoned) {
            wrong.add(
                    String.format(
                            "%d per-CPU areas were given up in early boot but %d are left",
                            abandoned, left.size()));
        } else if (left.size() > abandoned) {
            for (long pointer : left) {
                wrong.add(String.format("the per-CPU area 0x%x is lost: no cache has it", pointer));
            }
        }
        return wrong;
    }
}
