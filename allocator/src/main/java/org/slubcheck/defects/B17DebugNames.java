package org.slubcheck.defects;

import org.slubcheck.slab.DebugSteps;
import org.slubcheck.verdict.Technique;

/** B17: slub_debug misses the kmalloc caches. Replaces {@link DebugSteps#KMALLOC_FLAGS}. */
public final class B17DebugNames extends Defect<DebugSteps.KmallocFlags> {
    /** Ready to be installed. */
    public B17DebugNames() {
        super(
                "B17",
                "slub_debug misses the kmalloc caches",
                Technique.BOOT,
                DebugSteps.KMALLOC_FLAGS,
                "^slub_debug=[FZPU]+,kmalloc-\\d+, but the flags of kmalloc-\\d+ are -");
    }

    @Override
    protected DebugSteps.KmallocFlags code() {
        return (k, name, size) -> k.config().debug().flags(name);
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"slub: Dynamically size kmalloc cache allocations\", C. "
                        + "Lameter, 2010; commit 4066c33d0308 \"mm/slab_common: support the "
                        + "slub_debug boot option on specific object size\", G. Guo, June 2015",
                Evidence.of(Evidence.CODE, Evidence.UPSTREAM),
                "A boot option that names a cache takes effect on it.",
                "kasprintf needs kmalloc, so the kmalloc caches are made with a literal "
                        + "name that all share, and get their own when the state is UP. But "
                        + "kmem_cache_open compares the name with slub_debug when it "
                        + "decides on the layout, and by then the cache is called "
                        + "\"kmalloc\" yet (NULL, in the form that the code had by 2015). "
                        + "The odd sizes 96 and 192 have their literal names from the start.",
                "slub_debug=FZ,kmalloc-64 is accepted and does nothing: no red zones, no "
                        + "checks.",
                "Compare with the name that the cache is going to have (a table of names, "
                        + "4.2).");
    }
}
