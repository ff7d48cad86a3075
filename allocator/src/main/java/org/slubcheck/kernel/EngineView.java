package org.slubcheck.kernel;

import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.slubcheck.machine.Observer;
import org.slubcheck.slub.Slub;
import org.slubcheck.slubbase.DebugView;

/**
 * What an observer has to know of an engine: how slabs keep their free objects, which list they
 * belong on, and what CPUs keep to themselves. All walks are bounded.
 */
@Observer
interface EngineView {
    /** The list of its node that a slab belongs on. */
    enum Home {
        /** It has a free object. */
        PARTIAL("it has free objects"),
        /** It has none. */
        FULL("it is full"),
        /** Neither: it is some CPU's. */
        NONE("it is a CPU's slab");

        /** As a sentence ends with it. */
        final String text;

        Home(String text) {
            this.text = text;
        }
    }

    /** Is told of each object that is neither in its slab nor with a caller. */
    @FunctionalInterface
    interface Found {
        /** An object and its place; null for bytes that are nobody's concern. */
        void at(long object, DebugView.State state, String place);
    }

    /** The view of a kernel's engine. */
    static EngineView of(Kernel kernel) {
        return kernel.slab().engine() instanceof Slub slub
                ? new CpuSlabsView(kernel, slub)
                : new QueuesView(kernel);
    }

    /** page-&gt;objects. */
    int objects(long page);

    /** The numbers of the objects that are free in their slab; what is odd about that is said. */
    BitSet free(long s, String name, long page, Consumer<String> wrong);

    /** Where the slab belongs. */
    Home home(long s, long page);

    /** Where the padding at the end of a slab begins, from its start. */
    long tail(long s, long page, long start);

    /** Bytes between an object's red zone and its tracks. */
    int pointerBytes(long s);

    /** Looks the areas of all CPUs over; the pointer to them is known to be good. */
    void cpus(long s, String name, Found found, Consumer<String> wrong);

    /** Memory beside structs and names that the cache has from kmalloc. */
    List<Long> blocks(long s);
}
