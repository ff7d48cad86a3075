package org.slubcheck.kernel;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slubcheck.slab.Engine;
import org.slubcheck.slab.Slab;
import org.slubcheck.slub.LocklessSlub;
import org.slubcheck.slub.Slub;
import org.slubcheck.slubq.Slubq;

/** The slab engines that a kernel can be built with, by name. */
final class Engines {
    /** The default. */
    static final String SLUBQ = "slubq";

    /** The engine that it rests on: 2.6.36. */
    static final String SLUB = "slub";

    /** The same with the fast paths of 2.6.39, which turn no irqs off. */
    static final String SLUB_LOCKLESS = "slub-lockless";

    private static final Map<String, Function<Slab, Engine>> ENGINES =
            Map.of(SLUBQ, Slubq::new, SLUB, Slub::new, SLUB_LOCKLESS, LocklessSlub::new);

    private Engines() {}

    /** Their names, sorted. */
    static List<String> names() {
        return ENGINES.keySet().stream().sorted().toList();
    }

    /** What makes an engine of this name, which is one of {@link #names}. */
    static Function<Slab, Engine> maker(String name) {
        return ENGINES.get(name);
    }
}
