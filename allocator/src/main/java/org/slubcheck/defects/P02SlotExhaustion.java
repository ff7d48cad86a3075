package org.slubcheck.defects;

import org.slubcheck.mm.PercpuSteps;
import org.slubcheck.verdict.Technique;

/** P02: sizeof the early map is taken for its slots. Replaces {@link PercpuSteps#EARLY_SLOTS}. */
public final class P02SlotExhaustion extends Defect<PercpuSteps.EarlySlots> {
    /** Ready to be installed. */
    public P02SlotExhaustion() {
        super(
                "P02",
                "bytes of the map taken for slots",
                Technique.PROPERTY,
                PercpuSteps.EARLY_SLOTS,
                "^pcpu_chunk 0x[0-9a-f]+ describes \\d+ blocks, and its map has room for \\d+$");
    }

    @Override
    protected PercpuSteps.EarlySlots code() {
        return slots -> slots * Integer.BYTES;
    }

    @Override
    public Story story() {
        return new Story(
                "commit \"percpu: allow limited allocation before slab is online\", T. Heo, 2010, which states two limits; the wrong code is ours",
                Evidence.of(Evidence.SAID, Evidence.INFERRED),
                "The reserve of early boot ends when its bytes or its slots are used up, whichever comes first.",
                "The map of the first chunk is an array in init data with a slot for each block. Whoever takes sizeof the array for the number of its entries lets allocation split blocks on behind its end when there are many small areas.",
                "What stands behind the array, which may be areas already handed out, is overwritten with lengths of blocks.",
                "map_alloc is the number of slots of the array; an allocation that finds no slot to spare extends the map, and fails while slab is not up.");
    }
}
