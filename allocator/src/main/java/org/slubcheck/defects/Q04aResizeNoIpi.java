package org.slubcheck.defects;

import org.slubcheck.slubq.SlubqSteps;
import org.slubcheck.verdict.Technique;

/** Q04a: resize without the flush IPI. Replaces {@link SlubqSteps#FLUSH_OLD}. */
public final class Q04aResizeNoIpi extends Defect<SlubqSteps.FlushOld> {
    /** Ready to be installed. */
    public Q04aResizeNoIpi() {
        super(
                "Q04a",
                "resize without the flush IPI",
                Technique.MODEL,
                SlubqSteps.FLUSH_OLD,
                "^victim object 0x[0-9a-f]+ is accounted [02] times",
                "^BUG: KCSAN: data-race in victim cpu#\\d \\(old area\\) q\\.|"
                        + "^BUG: KASAN: percpu-use-after-free in victim cpu#\\d \\(old area\\) q\\.|"
                        + "^pcpu_chunk 0x[0-9a-f]+ offset \\d+ was written to while free|"
                        + "^BUG victim: Object 0x[0-9a-f]+ from non-slab page|^BUG: unable to handle kernel");
    }

    @Override
    protected SlubqSteps.FlushOld code() {
        return (k, t, s, old) -> {
            boolean wereOff = k.machine().irqSave(t);
            for (int cpu = 0; cpu < k.machine().geometry().cpus(); cpu++) {
                k.flushArea(t, s, k.percpu().perCpuPtr(old, cpu));
            }
            k.machine().irqRestore(t, wereOff);
        };
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 15/23, C. Lameter, 3 August 2010: a comment of "
                        + "resize_cpu_queue says why the interrupt is needed, and its code "
                        + "sends it; the code without is ours",
                Evidence.of(Evidence.INFERRED),
                "Rule A again, from the other side: only the CPU itself, or who "
                        + "runs on it as an interrupt, may touch its area.",
                "The resizer publishes new areas and then empties the old ones "
                        + "from where it stands, without interrupting the CPUs they belong "
                        + "to. A CPU that was in the middle of an allocation or a free "
                        + "still works on its old area.",
                "An object is lost, or handed out twice.",
                "Flush each old area by a synchronous IPI on its CPU: alloc and "
                        + "free run with irqs off, so they have ended by then.");
    }
}
