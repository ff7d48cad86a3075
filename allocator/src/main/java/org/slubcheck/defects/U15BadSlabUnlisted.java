package org.slubcheck.defects;

import org.slubcheck.mm.PageStruct;
import org.slubcheck.slub.KmemCacheCpu;
import org.slubcheck.slub.SlubSteps;
import org.slubcheck.slubbase.PartialLists;
import org.slubcheck.verdict.Technique;

/** U15: a damaged slab is on no list. Replaces {@link SlubSteps#BAD_SLAB}. */
public final class U15BadSlabUnlisted extends Defect<SlubSteps.BadSlab> {
    /** Ready to be installed. */
    public U15BadSlabUnlisted() {
        super(
                "U15",
                "a damaged slab is on neither list",
                Technique.PROPERTY,
                SlubSteps.BAD_SLAB,
                "^damaged node#\\d+: page#\\d+ should be on the full list and is not");
    }

    @Override
    protected SlubSteps.BadSlab code() {
        return (k, t, s, c) -> {
            long page = k.m.readOnce(c + KmemCacheCpu.PAGE);
            k.m.writeOnce(c + KmemCacheCpu.PAGE, 0);
            PageStruct.clearFlags(k.m, page, PageStruct.PG_ACTIVE);
            PartialLists.slabUnlock(k, t, page);
        };
    }

    @Override
    public Story story() {
        return new Story(
                "commit dbc16915279a \"mm/slub: Avoid list corruption when removing a slab "
                        + "from the full list\", yuan.gao, 2024",
                Evidence.of(Evidence.UPSTREAM, Evidence.INFERRED),
                "Where caches store users, a slab that is nobody's CPU slab is on the list "
                        + "of partial slabs or on that of full ones.",
                "An allocation takes an object of a partial slab and finds it damaged. It "
                        + "marks all objects of the slab as used and takes it off the "
                        + "partial list, and that is all. Later somebody frees another "
                        + "object of that slab: it has no free object, so it is taken for "
                        + "full, and removed from the list of full slabs, on which it is "
                        + "not. The SLUB of 2.6.36 put the slab on that list; how the later "
                        + "code loses it is inferred from the fix.",
                "list_del corruption: the links of the page are poison.",
                "Mark such a slab and keep it out of circulation (2024); or list it with the "
                        + "full ones, as 2.6.36 does.");
    }
}
