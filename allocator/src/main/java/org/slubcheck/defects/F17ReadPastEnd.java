package org.slubcheck.defects;

import org.slubcheck.machine.Memory;
import org.slubcheck.slubq.SlubqNumaSteps;
import org.slubcheck.verdict.Technique;

/** F17: a drain reads behind its end. Replaces {@link SlubqNumaSteps#NEXT}. */
public final class F17ReadPastEnd extends Defect<SlubqNumaSteps.Next> {
    /** Ready to be installed. */
    public F17ReadPastEnd() {
        super(
                "F17",
                "drain reads behind its end",
                Technique.PROPERTY,
                SlubqNumaSteps.NEXT,
                "^BUG: KASAN: [^\\n]*\\nRead of size 8 [^\\n]*(\\nThe buggy address last [^\\n]*)?"
                        + "\\nThe buggy address lies 0 bytes behind the end of (percpu|kmalloc-\\d+),"
                        + " handed out on CPU#\\d+$");
    }

    @Override
    protected SlubqNumaSteps.Next code() {
        return (m, vector, i, count) -> {
            long object = m.read(vector + (long) i * Memory.WORD);
            return i < count ? object : 0;
        };
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 14/23, C. Lameter, 3 August 2010, whose code of drain_objects it is",
                Evidence.of(Evidence.CODE, Evidence.FULL_MAIL),
                "An array of nr objects ends before object[nr].",
                "drain_objects fetches the next object before it asks whether "
                        + "there is one. When it drains a queue to the last object that "
                        + "there is room for, it reads the word behind the per-CPU area, or "
                        + "behind the block that a shared queue was given.",
                "KASAN: a read that begins where an area or a block ends, whatever lies "
                        + "there; without it whatever the word is, unused.",
                "Ask for the end first.");
    }
}
