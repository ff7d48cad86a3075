package org.slubcheck.defects;

import org.slubcheck.slab.CpusSteps;

/**
 * U2b: a cache leaves sysfs under cpu_hotplug.lock, which the handlers of its files wait for. Replaces
 * {@link CpusSteps#KEEP_CPUS}.
 */
public final class U2bRemovalUnderMutex extends LockOrderDefect<CpusSteps.KeepCpus> {
    /** Ready to be installed. */
    public U2bRemovalUnderMutex() {
        super(
                "U2b",
                "sysfs removal under cpu_hotplug.lock",
                CpusSteps.KEEP_CPUS,
                "^WARNING: possible circular locking dependency detected$.*"
                        + "\\((cpu_hotplug\\.lock|s_active)\\): first wanted by [^\\n]* under"
                        + " (s_active|cpu_hotplug\\.lock) [^\\n]*$"
                        + ".*\\((s_active|cpu_hotplug\\.lock)\\): wanted now$",
                "^deadlock: CPU#0 waits for cpu_hotplug\\.lock,"
                        + " CPU#0 waits for cpu_hotplug\\.lock,"
                        + " CPU#1 waits for sysfs victim \\(removed\\) s_active$");
    }

    @Override
    protected CpusSteps.KeepCpus code() {
        return (k, t, moment) -> {
            switch (moment) {
                case DESTROY, SHRINK -> k.hotplug().getOnlineCpus(t);
                case DESTROYED, SHRUNK -> k.hotplug().putOnlineCpus(t);
            }
        };
    }

    @Override
    public Story story() {
        return new Story(
                "\"slub: fix failure when we delete and create a slab cache\", M. Patocka, June 2018"
                        + " (d50d82faa0c9), with flush_all under cpus_read_lock since 2021; undone by"
                        + " \"mm/slab_common: Deleting kobject in kmem_cache_destroy() without holding"
                        + " slab_mutex/cpu_hotplug_lock\", W. Long, August 2022 (0495e337b703)",
                Evidence.of(Evidence.UPSTREAM),
                "Who waits for the readers of a sysfs file holds no lock that a handler of the file"
                        + " may wait for.",
                "kmem_cache_destroy holds cpu_hotplug.lock for read, then the mutex (slub_lock here),"
                        + " and waits until nobody has an active reference of the cache's directory."
                        + " A user who writes to its file shrink has one, and flushing the queues"
                        + " waits for cpu_hotplug.lock, for read too. A CPU that comes up waits for it"
                        + " in between, for write, and lets no new reader pass.",
                "lockdep reports cpu_hotplug.lock -> slab_mutex -> s_active against s_active ->"
                        + " cpu_hotplug.lock; with the writer in between all three wait for ever.",
                "Upstream the removal moved behind both locks, with the bugs of U2c and U2d. Here a"
                        + " flush reaches CPUs that are offline, so neither side takes"
                        + " cpu_hotplug.lock, and handlers only try for slub_lock (Q08).");
    }
}
