package org.slubcheck.defects;

import org.slubcheck.slab.SlabSteps;
import org.slubcheck.verdict.Technique;

/** Q16: kasprintf unchecked. Replaces {@link SlabSteps#CHECK_NAME}. */
public final class Q16NamelessCache extends Defect<SlabSteps.Check> {
    /** Ready to be installed. */
    public Q16NamelessCache() {
        super(
                "Q16",
                "kasprintf unchecked",
                Technique.FAULT,
                SlabSteps.CHECK_NAME,
                "has no name|NULL pointer dereference at 0{16}\nIP: read of size 1 ");
    }

    @Override
    protected SlabSteps.Check code() {
        return name -> true;
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 6/23, C. Lameter, 3 August 2010",
                Evidence.of(Evidence.SAID),
                "A cache has a name.",
                "The names of the kmalloc caches come from kasprintf. When it "
                        + "fails the NULL is taken for a name and boot goes on; it "
                        + "surfaces much later, when sysfs asks for the name.",
                "A cache without a name: an oops or a refusal in sysfs.",
                "Check the result where it is made.");
    }
}
