package org.slubcheck.slab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;

/**
 * The files of a cache's sysfs directory. Irqs are on and no lock is held; who reads keeps the
 * cache alive, as an open file of sysfs does.
 *
 * <p>Numbers end with a newline. Counts by node read {@code total N0=… N1=…} where a machine has
 * several nodes, as in 2.6.35. Tunables of queues belong to the engine.
 */
public final class SlabAttributes {
    @FunctionalInterface
    private interface Show {
        String show(Slab k, Task t, long s);
    }

    /** Whether failslab may pick the cache; there with CONFIG_FAILSLAB. */
    private static final String FAILSLAB = "failslab";

    private static final Map<String, Show> SHOW = new LinkedHashMap<>();

    static {
        number("slab_size", KmemCache.SIZE);
        number("object_size", KmemCache.OBJSIZE);
        number("align", KmemCache.ALIGN);
        SHOW.put("objs_per_slab", (k, t, s) -> KmemCache.ooObjects(oo(k, s)) + "\n");
        SHOW.put("order", (k, t, s) -> KmemCache.ooOrder(oo(k, s)) + "\n");
        SHOW.put("min_partial", (k, t, s) -> k.memory().readOnce(s + KmemCache.MIN_PARTIAL) + "\n");
        SHOW.put("aliases", SlabAttributes::aliases);
        SHOW.put("ctor", SlabAttributes::ctor);
        flag("hwcache_align", SlabFlags.HWCACHE_ALIGN);
        flag("reclaim_account", SlabFlags.RECLAIM_ACCOUNT);
        flag("cache_dma", SlabFlags.CACHE_DMA);
        flag("destroy_by_rcu", SlabFlags.DESTROY_BY_RCU);
        flag("sanity_checks", SlabFlags.DEBUG_FREE);
        flag("red_zone", SlabFlags.RED_ZONE);
        flag("poison", SlabFlags.POISON);
        flag("store_user", SlabFlags.STORE_USER);
        flag("trace", SlabFlags.TRACE);
        count("slabs", SlabInfo.Counts::slabs);
        count("total_objects", SlabInfo.Counts::objects);
        count("objects", SlabInfo.Counts::inuse);
        count("objects_partial", SlabInfo.Counts::partialObjects);
        count("partial", SlabInfo.Counts::partial);
        SHOW.put("shrink", (k, t, s) -> "");
    }

    private SlabAttributes() {}

    /** The file names of every cache. */
    public static List<String> names(Slab k) {
        List<String> names = new ArrayList<>(SHOW.keySet());
        if (k.config().failslab()) {
            names.add(FAILSLAB);
        }
        names.addAll(k.engine().attributes().names());
        return names;
    }

    /** Reads a file, as often as it takes; null for one that does not exist. */
    public static String show(Slab k, Task t, long s, String name) {
        String text = handle(k, t, s, name);
        while (EngineAttributes.RESTART.equals(text)) {
            k.awaitLock(t);
            text = handle(k, t, s, name);
        }
        return text;
    }

    /** The handler of a file: as {@link #show}, or {@link EngineAttributes#RESTART}. */
    static String handle(Slab k, Task t, long s, String name) {
        Show show = SHOW.get(name);
        if (show != null) {
            return show.show(k, t, s);
        }
        if (name.equals(FAILSLAB)) {
            boolean marked = (KmemCache.flags(k.memory(), s) & SlabFlags.FAILSLAB) != 0;
            return k.config().failslab() ? (marked ? "1\n" : "0\n") : null;
        }
        EngineAttributes own = k.engine().attributes();
        return own.names().contains(name) ? own.show(t, s, name) : null;
    }

    /**
     * Writes a file: 0 or a negative errno; ENOENT for one that does not exist, EIO for one that
     * cannot be written, EINVAL for a bad value.
     */
    public static int store(Slab k, Task t, long s, String name, String value) {
        int error = handleStore(k, t, s, name, value);
        while (error == Errno.ERESTARTSYS) {
            k.awaitLock(t);
            error = handleStore(k, t, s, name, value);
        }
        return error;
    }

    /** The handler of a write: as {@link #store}, or {@link Errno#ERESTARTSYS}. */
    static int handleStore(Slab k, Task t, long s, String name, String value) {
        EngineAttributes own = k.engine().attributes();
        if (own.names().contains(name)) {
            return own.store(t, s, name, value);
        }
        return switch (name) {
            case "shrink" -> value.startsWith("1") ? shrink(k, t, s) : Errno.EINVAL;
            case "min_partial" -> storeMinPartial(k, s, value);
            case "sanity_checks" -> storeFlag(k, t, s, SlabFlags.DEBUG_FREE, value);
            case "red_zone" -> storeFlag(k, t, s, SlabFlags.RED_ZONE, value);
            case "poison" -> storeFlag(k, t, s, SlabFlags.POISON, value);
            case "store_user" -> storeFlag(k, t, s, SlabFlags.STORE_USER, value);
            case FAILSLAB -> k.config().failslab() ? storeFailslab(k, s, value) : Errno.ENOENT;
            case "trace" -> storeFlag(k, t, s, SlabFlags.TRACE, value);
            default -> SHOW.containsKey(name) ? Errno.EIO : Errno.ENOENT;
        };
    }

    /**
     * shrink_store. An active reference keeps the struct, but not the areas and nodes that a shrink
     * walks over: kmem_cache_destroy frees them before it waits for readers. So it is under slub_lock
     * (rule B of S+Q3 15/23), where 2.6.35 has no lock.
     */
    private static int shrink(Slab k, Task t, long s) {
        k.code.keepCpus.at(k, t, CpusSteps.KeepCpus.Moment.SHRINK);
        int error = Errno.ERESTARTSYS;
        if (k.code.handlerLock.take(k, t)) {
            error = k.shrink(t, s);
            k.upRead(t);
        }
        k.code.keepCpus.at(k, t, CpusSteps.KeepCpus.Moment.SHRUNK);
        return error;
    }

    /**
     * failslab_store. A cache that has aliases is refused, as since 3.19: its other users did not ask
     * for failures. The flag is changed without a lock, as the kernel does, which is for a machine
     * that nobody works on.
     */
    private static int storeFailslab(Slab k, long s, String value) {
        Memory m = k.memory();
        if (KmemCache.refcount(m, s) > 1) {
            return Errno.EINVAL;
        }
        long flags = KmemCache.flags(m, s) & ~SlabFlags.FAILSLAB;
        m.write(s + KmemCache.FLAGS, value.startsWith("1") ? flags | SlabFlags.FAILSLAB : flags);
        return 0;
    }

    private static int storeFlag(Slab k, Task t, long s, long flag, String value) {
        return k.code.debugFlag.store(k, t, s, flag, value.startsWith("1"));
    }

    private static int storeMinPartial(Slab k, long s, String value) {
        try {
            long min = Long.parseUnsignedLong(value.strip());
            // set_min_partial keeps it within bounds and never complains.
            k.memory()
                    .writeOnce(
                            s + KmemCache.MIN_PARTIAL,
                            Long.compareUnsigned(min, 10) > 0 ? 10 : Math.max(5, min));
            return 0;
        } catch (NumberFormatException e) {
            return Errno.EINVAL;
        }
    }

    private static void number(String name, int offset) {
        SHOW.put(name, (k, t, s) -> k.memory().readOnceInt(s + offset) + "\n");
    }

    private static void flag(String name, long flag) {
        SHOW.put(name, (k, t, s) -> (KmemCache.flags(k.memory(), s) & flag) != 0 ? "1\n" : "0\n");
    }

    private static void count(String name, ToLongFunction<SlabInfo.Counts> what) {
        SHOW.put(name, (k, t, s) -> byNode(k, t, s, what));
    }

    private static String byNode(Slab k, Task t, long s, ToLongFunction<SlabInfo.Counts> what) {
        return k.code.nodeWalk.under(
                k, t, () -> k.underHandlerLock(t, () -> objects(k, t, s, what)));
    }

    /** show_slab_objects; slub_lock held. */
    private static String objects(Slab k, Task t, long s, ToLongFunction<SlabInfo.Counts> what) {
        long total = 0;
        StringBuilder nodes = new StringBuilder();
        for (int node = 0; node < k.geometry().nodes(); node++) {
            long x = what.applyAsLong(SlabInfo.counts(k, t, s, node));
            total += x;
            if (k.geometry().numa() && x != 0) {
                nodes.append(" N").append(node).append('=').append(x);
            }
        }
        return total + nodes.toString() + "\n";
    }

    /** As the kernel's aliases_show: without slub_lock, so an alias may come or go meanwhile. */
    private static String aliases(Slab k, Task t, long s) {
        return k.memory().dataRaceInt(s + KmemCache.REFCOUNT) - 1 + "\n";
    }

    private static String ctor(Slab k, Task t, long s) {
        Memory m = k.memory();
        long ctor = m.read(s + KmemCache.CTOR);
        return ctor == 0 ? "" : "ctor#" + ctor + "\n";
    }

    private static long oo(Slab k, long s) {
        return KmemCache.oo(k.memory(), s);
    }
}
