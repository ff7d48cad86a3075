package org.slubcheck.defects;

import org.slubcheck.slab.CloseSteps;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.verdict.Technique;

/** F10: areas freed before the busy check. Replaces {@link CloseSteps#AREAS}. */
public final class F10AreasFreedBeforeBusyCheck extends Defect<CloseSteps.Areas> {
    /** Of a drain that reads on behind an area in use; the first word of an area is two fields. */
    private static final String BEHIND_AN_AREA =
            "Read of size 8 [^\\n]*\\n(The buggy address last [^\\n]*\\n)?"
                    + "The buggy address lies 0 bytes ";

    /** Ready to be installed. */
    public F10AreasFreedBeforeBusyCheck() {
        super(
                "F10",
                "areas freed before the busy check",
                Technique.PROPERTY,
                CloseSteps.AREAS,
                "^(freeing an object that a destroy left behind|destroying a cache):"
                        + " BUG: KASAN: percpu-use-after-free in [^\\n]*\\n(?!"
                        + BEHIND_AN_AREA
                        + ")");
    }

    @Override
    protected CloseSteps.Areas code() {
        return (k, t, s, moment) -> {
            if (moment == CloseSteps.Areas.Moment.FLUSHED) {
                k.percpu().free(t, KmemCache.cpu(k.memory(), s));
            }
        };
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 15/23, C. Lameter, 3 August 2010",
                Evidence.of(Evidence.FULL_MAIL),
                "Per-CPU areas live as long as anybody can free an object of the cache.",
                "kmem_cache_close flushes all queues and frees the per-CPU "
                        + "areas, and looks for objects only then. A cache with live "
                        + "objects stays, its pointer leads to freed per-CPU memory, and "
                        + "who frees such an object puts it there.",
                "A use after free in the first free of an object that was live "
                        + "when its cache was destroyed; with statistics also in a destroy "
                        + "itself, which counts the slabs that it gives back.",
                "Free the areas when no slab is left.");
    }
}
