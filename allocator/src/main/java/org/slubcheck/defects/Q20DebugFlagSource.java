package org.slubcheck.defects;

import org.slubcheck.slab.AttributeSteps;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.verdict.Technique;

/** Q20: debug flags are set at run time. Replaces {@link AttributeSteps#DEBUG_FLAG}. */
public final class Q20DebugFlagSource extends Defect<AttributeSteps.DebugFlag> {
    /** Ready to be installed. */
    public Q20DebugFlagSource() {
        super(
                "Q20",
                "debug flags set at run time",
                Technique.PROPERTY,
                AttributeSteps.DEBUG_FLAG,
                "^after echo 1 > /sys/kernel/slab/c\\d/(red_zone|poison|store_user), for which"
                        + " no object was made: (BUG: KASAN: (slab-)?(use-after-free|out-of-bounds)"
                        + "|BUG c\\d: |c\\d object |the object at 0x[0-9a-f]+ was written by"
                        + "|c\\d node#\\d+: page#\\d+ should be on the full list)");
    }

    @Override
    protected AttributeSteps.DebugFlag code() {
        return (k, t, s, flag, on) -> {
            long flags = KmemCache.flags(k.memory(), s);
            k.memory().write(s + KmemCache.FLAGS, on ? flags | flag : flags & ~flag);
            return 0;
        };
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 7/23, C. Lameter, 3 August 2010",
                Evidence.of(Evidence.CODE, Evidence.UPSTREAM),
                "Debugging of an object is decided when its slab is made.",
                "Patch 7 drops the page flag that said whether a slab has the "
                        + "layout of debugging, and looks at s->flags instead, which "
                        + "sysfs files change at run time. Their store functions refuse "
                        + "while the cache has slabs, but take no lock: a slab that is "
                        + "made between the question and the change has no red zones, and "
                        + "is searched for them from then on. Here the question is left "
                        + "out.",
                "Redzone or Poison overwritten, of an object that nobody touched; a note of the "
                        + "user, for which there is no room, is written over the next object or "
                        + "behind the slab; full slabs that debugging lists from then on are not "
                        + "on the list.",
                "Files that cannot be written (5.9).");
    }
}
