package org.slubcheck.defects;

import org.slubcheck.mm.EarlySteps;
import org.slubcheck.verdict.Technique;

/** E03: mem_map is not cleared before memmap_init looks at it. Replaces {@link EarlySteps#MEMMAP_CLEAR}. */
public final class E03UninitialisedFlag extends Defect<EarlySteps.MemmapClear> {
    /** Ready to be installed. */
    public E03UninitialisedFlag() {
        super(
                "E03",
                "struct pages read before they are written",
                Technique.BOOT,
                EarlySteps.MEMMAP_CLEAR,
                "^BUG: Bad page state in process CPU#0  pfn:[0-9a-f]+\\npage:[0-9a-f]+ count:7 ");
    }

    @Override
    protected EarlySteps.MemmapClear code() {
        return () -> false;
    }

    @Override
    public Story story() {
        return new Story(
                "\"[PATCH] Early kmalloc/kfree\", B. Picco, 8 July 2005: memmap_init_zone "
                        + "asks PageSlab before anything has written the flags",
                Evidence.of(Evidence.CODE),
                "Memory has no value before it was written.",
                "memmap_init_zone looks at the flags of a page to know whether to leave it "
                        + "alone. After a warm reboot mem_map holds what the last kernel left there. "
                        + "Pages that were in use then are skipped, and never get their first state.",
                "mem_init finds free memory with the flags and references of another " + "kernel.",
                "Clear mem_map when the struct pages become valid, before early kmalloc "
                        + "takes the first.");
    }
}
