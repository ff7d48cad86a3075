package org.slubcheck.defects;

import org.slubcheck.slab.SysfsSteps;

/** U3: who reads a file of a cache keeps memory from coming and going. Replaces {@link SysfsSteps#NODE_WALK}. */
public final class U3ShowSlabObjects extends LockOrderDefect<SysfsSteps.NodeWalk> {
    /** Ready to be installed. */
    public U3ShowSlabObjects() {
        super(
                "U3",
                "get_online_mems in show_slab_objects",
                SysfsSteps.NODE_WALK,
                "^WARNING: possible circular locking dependency detected$.*"
                        + "\\((mem_hotplug\\.lock|s_active)\\): first wanted by [^\\n]* under [^\\n]*$"
                        + ".*\\((s_active|mem_hotplug\\.lock)\\): wanted now$",
                "^deadlock: CPU#0 waits for mem_hotplug\\.lock,"
                        + " CPU#1 waits for sysfs victim \\(removed\\) s_active$");
    }

    @Override
    protected SysfsSteps.NodeWalk code() {
        return (k, t, walk) -> {
            k.hotplug().getOnlineMems(t);
            String text = walk.get();
            k.hotplug().putOnlineMems(t);
            return text;
        };
    }

    @Override
    public Story story() {
        return new Story(
                "\"mm/slub: fix a deadlock in show_slab_objects()\", Q. Cai, October 2019",
                Evidence.of(Evidence.UPSTREAM),
                "mem_hotplug.lock, then slab_mutex, then the active references of a file; and so"
                        + " nothing of these under an active reference.",
                "A user reads a file with a number for each node: with an active reference of the"
                        + " file it waits for memory to stay as it is. Memory comes or goes meanwhile,"
                        + " and who is told of it destroys the cache, or waits for slab_mutex"
                        + " (slub_lock here) while another destroys it: under that mutex the readers"
                        + " of the file are waited for.",
                "lockdep reports the circle; when the tasks meet, none of them goes on.",
                "The walk does not keep memory from coming or going: the numbers may be out of date, which they"
                        + " are anyhow as soon as the user sees them.");
    }
}
