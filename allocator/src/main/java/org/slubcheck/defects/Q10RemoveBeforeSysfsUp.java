package org.slubcheck.defects;

import org.slubcheck.slab.BootSteps;
import org.slubcheck.verdict.Technique;

/** Q10: destroy touches a kobject that was never initialised. Replaces {@link BootSteps#REMOVE_GUARD}. */
public final class Q10RemoveBeforeSysfsUp extends Defect<BootSteps.RemoveGuard> {
    /** Ready to be installed. */
    public Q10RemoveBeforeSysfsUp() {
        super(
                "Q10",
                "destroy before sysfs is up",
                Technique.BOOT,
                BootSteps.REMOVE_GUARD,
                "kobject: 'early' is not initialized, yet kobject_put\\(\\) is being called");
    }

    @Override
    protected BootSteps.RemoveGuard code() {
        return k -> true;
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 10/23, C. Lameter, 3 August 2010",
                Evidence.of(Evidence.SAID),
                "A kobject is put only after it was initialised.",
                "A cache is created and destroyed while the state is UP: it "
                        + "waits on slab_caches for sysfs, and its kobject is all zeroes. "
                        + "sysfs_slab_remove deletes and puts it all the same.",
                "kobject: is not initialized, yet kobject_put() is being called.",
                "sysfs_slab_remove returns at once while the state is below SYSFS.");
    }
}
