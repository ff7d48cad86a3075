package org.slubcheck.defects;

import org.slubcheck.mm.PageStruct;
import org.slubcheck.slub.SlubSteps;
import org.slubcheck.verdict.Technique;

/** U12: the counts of a slab are stored with the count of references. Replaces {@link SlubSteps#COUNTS}. */
public final class U12WideCounterStore extends Defect<SlubSteps.Counts> {
    /** Ready to be installed. */
    public U12WideCounterStore() {
        super(
                "U12",
                "a wide store of counters",
                Technique.MODEL,
                SlubSteps.COUNTS,
                "^BUG: Bad page state in process CPU#1 [^\\n]*$.*^page:[0-9a-f]{16} count:0 "
                        + "|^page#\\d+: _count is \\d+, but only its slab refers to it$");
    }

    @Override
    protected SlubSteps.Counts code() {
        return (m, page, inuseAndObjects) -> {
            long seen = m.readOnce(page + PageStruct.COUNT);
            long count = seen & (1L << Integer.SIZE) - 1;
            m.writeOnce(page + PageStruct.COUNT, (long) inuseAndObjects << Integer.SIZE | count);
        };
    }

    @Override
    public Story story() {
        return new Story(
                "\"mm/slub.c: fix page->_count corruption (again)\", D. Hansen, January 2014"
                        + " (a03208652dad); the first time was \"mm: fix slab->page _count"
                        + " corruption when using slub\", P. Shelar, May 2012 (abca7c496584)",
                Evidence.of(Evidence.UPSTREAM),
                "A store under a lock covers only what the lock protects.",
                "inuse, objects and the frozen bit are worked out in a copy of the word that they"
                        + " stand in, and the copy is stored under the slab's lock. _count stands in"
                        + " the same word, where no instruction changes two words at once. Somebody"
                        + " with an object of the slab, a network driver for one, takes or drops a"
                        + " reference to its page between the copy and the store; no lock is asked"
                        + " for that.",
                "The count forgets a reference that somebody has, and the page of a live slab goes"
                        + " to the page allocator with his next put_page: Bad page state. Or it"
                        + " keeps one that nobody has, and the page is never free again.",
                "Store each of the three fields by itself (2014), or keep _count out of that word"
                        + " (2012, for kernels without cmpxchg_double).");
    }
}
