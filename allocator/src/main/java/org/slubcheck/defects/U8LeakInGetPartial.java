package org.slubcheck.defects;

import org.slubcheck.mm.PageStruct;
import org.slubcheck.slub.LocklessSteps;
import org.slubcheck.slubbase.PartialLists;
import org.slubcheck.verdict.Technique;

/** U8: a freelist is taken and put back without a lock. Replaces {@link LocklessSteps#ACQUIRE}. */
public final class U8LeakInGetPartial extends Defect<LocklessSteps.Acquire> {
    /** Ready to be installed. */
    public U8LeakInGetPartial() {
        super(
                "U8",
                "leak in get_partial_node",
                Technique.MODEL,
                LocklessSteps.ACQUIRE,
                "^victim page#\\d+: inuse is \\d+ but \\d+ of \\d+ objects are free",
                "^BUG: KCSAN: data-race in page#\\d+ freelist");
    }

    @Override
    protected LocklessSteps.Acquire code() {
        return (k, t, page) -> {
            long freelist = PageStruct.freelist(k.memory(), page);
            PageStruct.setFreelist(k.memory(), page, 0);
            PageStruct.setFlags(k.memory(), page, PageStruct.PG_ACTIVE);
            PartialLists.slabUnlock(k, t, page);
            k.memory().writeOnce(page + PageStruct.FREELIST, freelist);
        };
    }

    @Override
    public Story story() {
        return new Story(
                "\"slub: fix a memory leak in get_partial_node()\", J. Kim, 16 May 2012",
                Evidence.of(Evidence.FULL_MAIL, Evidence.UPSTREAM),
                "A freelist that others may change is changed with what keeps them out.",
                "A CPU takes a slab off the partial list to keep it behind its own: it freezes "
                        + "it and takes its freelist away, at once. Another CPU frees an object of "
                        + "that slab and finds it frozen with an empty list. The first CPU puts the "
                        + "freelist back by a plain store.",
                "The object is free and on no list; its slab counts it as free and never "
                        + "becomes empty.",
                "Leave the freelist in a slab whose objects are not taken yet.");
    }
}
