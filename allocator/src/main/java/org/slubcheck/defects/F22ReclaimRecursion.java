package org.slubcheck.defects;

import org.slubcheck.slubq.SlubqNumaSteps;

/** F22: reclaim waits for a lock that its caller holds. Replaces {@link SlubqNumaSteps.EXPIRE_ALL}. */
public final class F22ReclaimRecursion extends LockOrderDefect<SlubqNumaSteps.ExpireLock> {
    /** Ready to be installed. */
    public F22ReclaimRecursion() {
        super(
                "F22",
                "reclaim waits for its caller's lock",
                SlubqNumaSteps.EXPIRE_ALL,
                "^WARNING: possible circular locking dependency detected$.*"
                        + "\\((fs_reclaim|slub_lock)\\): first wanted by [^\\n]* under"
                        + " (slub_lock at [^\\n]*|fs_reclaim)$"
                        + ".*\\((slub_lock|fs_reclaim)\\): wanted now$"
                        // The run that hangs says this first.
                        + "|^WARNING: possible recursive locking detected$"
                        + ".*^ slub_lock at [^\\n]*$",
                "^deadlock: (CPU#1 waits for .*, )?CPU#0 waits for slub_lock");
    }

    @Override
    protected SlubqNumaSteps.ExpireLock code() {
        return (k, t, walk) -> {
            k.slab().downRead(t, "kmem_cache_expire_all");
            long reclaimed = walk.getAsLong();
            k.slab().upRead(t);
            return reclaimed;
        };
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 22/23 and 23/23, C. Lameter, 3 August 2010; corrected in October 2010",
                Evidence.of(Evidence.FULL_MAIL, Evidence.UPSTREAM),
                "Page reclaim runs in whatever context allocates, and waits for no lock "
                        + "that an allocation may be made under.",
                "kmem_cache_create holds slub_lock for write and allocates with "
                        + "GFP_KERNEL. Memory is short, the page allocator reclaims, and "
                        + "kmem_cache_expire_all waits to take slub_lock for read.",
                "lockdep reports slub_lock -> fs_reclaim -> slub_lock as soon as kswapd has run once,"
                        + " be memory short or not. When it is, the task waits for itself;"
                        + " everybody who wants slub_lock waits behind it.",
                "Only try for slub_lock, and reclaim nothing when somebody has it.");
    }
}
