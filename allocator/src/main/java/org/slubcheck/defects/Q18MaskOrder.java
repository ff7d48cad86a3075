package org.slubcheck.defects;

import org.slubcheck.slubbase.HookSteps;
import org.slubcheck.verdict.Technique;

/** Q18: hooks judge flags that do not count yet. Replaces {@link HookSteps#MASK}. */
public final class Q18MaskOrder extends Defect<HookSteps.Mask> {
    /** Ready to be installed. */
    public Q18MaskOrder() {
        super(
                "Q18",
                "the hooks do not mask gfp flags",
                Technique.BOOT,
                HookSteps.MASK,
                "^BUG: sleeping function called from invalid context at mm/slub.c slab_alloc$");
    }

    @Override
    protected HookSteps.Mask code() {
        return (gfp, allowed) -> gfp;
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 12/23 and 13/23, C. Lameter, 3 August 2010, whose order states the rule",
                Evidence.of(Evidence.CODE),
                "Who judges a request by its flags takes gfp_allowed_mask into account.",
                "The mask moves from the entry of slab_alloc to its slow path. "
                        + "The hooks run before that, and look at the flags as they were "
                        + "asked for.",
                "Every GFP_KERNEL request of early boot is reported as sleeping "
                        + "with irqs off, and none of them sleeps.",
                "The hooks mask for themselves.");
    }
}
