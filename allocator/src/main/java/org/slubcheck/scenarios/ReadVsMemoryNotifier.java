package org.slubcheck.scenarios;

import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Hotplug;
import org.slubcheck.machine.Task;

/**
 * A user reads a file of a cache while memory goes, and the notifier of a driver that served that
 * memory destroys the driver's cache.
 */
public final class ReadVsMemoryNotifier extends CacheScenario {
    /** Ready to run. */
    public ReadVsMemoryNotifier() {
        super(
                "read-vs-memory-notifier",
                "A file of a cache is read while memory goes and a notifier destroys the cache.",
                "read /sys/kernel/slab/victim/slabs",
                "offline_pages, kmem_cache_destroy in a notifier");
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        return new long[] {cache(kernel, "victim")};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        if (task == 0) {
            trial.kernel().slab().readAttribute(self, "victim", "slabs");
            return;
        }
        Hotplug hotplug = trial.kernel().slab().hotplug();
        hotplug.memHotplugBegin(self);
        trial.kernel().slab().destroy(self, trial.setup(0));
        hotplug.memHotplugDone(self);
    }
}
