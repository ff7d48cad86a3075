package org.slubcheck.defects;

import org.slubcheck.slab.SysfsSteps;

/** Q08: a sysfs handler waits for slub_lock. Replaces {@link SysfsSteps#HANDLER_LOCK}. */
public final class Q08SysfsUnderLock extends LockOrderDefect<SysfsSteps.HandlerLock> {
    /** Ready to be installed. */
    public Q08SysfsUnderLock() {
        super(
                "Q08",
                "a sysfs handler waits for slub_lock",
                SysfsSteps.HANDLER_LOCK,
                "^WARNING: possible circular locking dependency detected$.*"
                        + "\\((slub_lock|s_active)\\): first wanted by [^\\n]* under"
                        + " (s_active|slub_lock) [^\\n]*$"
                        + ".*\\((s_active|slub_lock)\\): wanted now$",
                "^deadlock: CPU#0 waits for slub_lock,"
                        + " CPU#1 waits for sysfs victim \\(removed\\) s_active$");
    }

    @Override
    protected SysfsSteps.HandlerLock code() {
        return (k, t) -> {
            k.downRead(t, "show_slab_objects");
            return true;
        };
    }

    @Override
    public Story story() {
        return new Story(
                "S+Q3 10/23 holds slub_lock over the removal, S+Q3 15/23 takes it in the handlers;"
                        + " both C. Lameter, 3 August 2010; taken apart again by \"slub: free slabs"
                        + " without holding locks\" (V2), C. Lameter, 14 July 2011 (69cb8e6b7c29),"
                        + " for destroy, and by \"slub: Do not hold slub_lock when calling"
                        + " sysfs_slab_add()\", C. Lameter, 17 January 2012, for create",
                Evidence.of(Evidence.CODE, Evidence.FULL_MAIL, Evidence.UPSTREAM),
                "Who holds a lock must not wait for somebody who may wait for that lock.",
                "A user reads a file of a cache: the handler runs with an active reference of the"
                        + " file's directory and waits for slub_lock. kmem_cache_destroy holds"
                        + " slub_lock for write and waits in sysfs_remove until no active reference"
                        + " is left.",
                "Both wait for ever, and with them everybody who creates a cache.",
                "The handler only tries for slub_lock; when it fails, it gives the reference back"
                        + " and has the system call restarted.");
    }
}
