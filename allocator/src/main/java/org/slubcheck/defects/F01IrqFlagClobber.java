package org.slubcheck.defects;

import org.slubcheck.slubq.SlubqSteps;
import org.slubcheck.verdict.Technique;

/** F01: saved irq flags overwritten on redo. Replaces {@link SlubqSteps#REDO}. */
public final class F01IrqFlagClobber extends Defect<SlubqSteps.Redo> {
    /** Ready to be installed. */
    public F01IrqFlagClobber() {
        super(
                "F01",
                "saved irq flags overwritten on redo",
                Technique.PROPERTY,
                SlubqSteps.REDO,
                "kmem_cache_alloc returned with irqs off");
    }

    @Override
    protected SlubqSteps.Redo code() {
        return (k, t, saved) -> k.machine().irqSave(t);
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 14/23, C. Lameter, 3 August 2010",
                Evidence.of(Evidence.FULL_MAIL, Evidence.UPSTREAM),
                "What local_irq_save returned is kept until local_irq_restore.",
                "The label that a failed debug check jumps back to stands before "
                        + "local_irq_save. The second save finds irqs off and overwrites "
                        + "the flags of the first.",
                "kmem_cache_alloc returns with irqs off.",
                "Put the label behind the save.");
    }
}
