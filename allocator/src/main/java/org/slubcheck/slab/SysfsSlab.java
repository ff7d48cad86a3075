package org.slubcheck.slab;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.ListHead;

/**
 * How caches appear in sysfs. slub_lock is held for write in all of it (S+Q3 10/23).
 *
 * <p>A cache that can be merged gets a directory named by its shape, such as {@code :dt-0000064}
 * (d DMA, a reclaim account, F debug free, t tracked, then the size), and a link for each name; one
 * that cannot has a directory of its own name. Before {@link SlabState#SYSFS} caches wait on
 * slab_caches and aliases on alias_list.
 *
 * <p>Two corrections to 2.6.35. A link of a name that was given up stays, as it did, until its
 * cache goes; but then it goes too. And an alias that waits for a cache that goes before sysfs is
 * up is forgotten with it.
 */
final class SysfsSlab {
    /** kobj.state of a cache with a directory. */
    static final int IN_SYSFS = 1;

    /** kobj.state of a boot cache that sysfs had no room for. */
    static final int REFUSED = 2;

    /** struct saved_alias: s, name, next. */
    static final int ALIAS_S = 0;

    static final int ALIAS_NAME = 8;
    static final int ALIAS_NEXT = 16;
    static final int ALIAS_SIZE = 24;

    private static final int MAX_ALIASES = 1 << 16;

    private SysfsSlab() {}

    /** slab_sysfs_init. */
    static int init(Slab k, Task t) {
        Memory m = k.memory();
        k.downWrite(t, "slab_sysfs_init");
        if (!k.isAvailable() || k.config().sysfs() && k.faults().shouldFail(Faults.Kind.SYSFS)) {
            // kset_create_and_add has no memory.
            k.upWrite(t);
            k.machine().console().printk(Console.Level.ERR, "Cannot register slab subsystem.");
            return Errno.ENOSYS;
        }
        k.setState(SlabState.SYSFS);
        long head = k.wiring().slabCaches();
        for (long at = ListHead.next(m, head); at != head; at = ListHead.next(m, at)) {
            long s = at - KmemCache.LIST;
            if (add(k, t, s) != 0) {
                m.writeInt(s + KmemCache.KOBJ_STATE, REFUSED);
                complain(k, "slab", KmemCache.name(m, s));
            }
            k.engine().sysfsUp(t, s);
        }
        long saved;
        while ((saved = m.read(k.wiring().aliasList())) != 0) {
            m.write(k.wiring().aliasList(), m.read(saved + ALIAS_NEXT));
            long name = m.read(saved + ALIAS_NAME);
            if (alias(k, t, m.read(saved + ALIAS_S), name) != 0) {
                complain(k, "slab alias", name);
            }
            k.kfree(t, saved);
        }
        k.upWrite(t);
        return 0;
    }

    private static void complain(Slab k, String what, long name) {
        k.machine()
                .console()
                .printk(
                        Console.Level.ERR,
                        "SLUB: Unable to add boot %s %s to sysfs",
                        what,
                        Names.load(k.memory(), name));
    }

    /** sysfs_slab_add: 0 or a negative errno, and then nothing of it is left. */
    static int add(Slab k, Task t, long s) {
        if (!up(k)) {
            return 0;
        }
        Memory m = k.memory();
        long name = KmemCache.name(m, s);
        boolean unmergeable = CacheLife.unmergeable(k, s);
        if (unmergeable) {
            Sysfs.removeLink(k, t, name);
        }
        String directory = unmergeable ? fileName(Names.load(m, name)) : uniqueId(m, s);
        long id = Names.kasprintf(k, t, Gfp.KERNEL, directory);
        if (id == 0) {
            return Errno.ENOMEM;
        }
        long entry = Sysfs.add(k, t, id, Sysfs.DIR, s);
        if (entry < 0) {
            k.kfree(t, id);
            return (int) entry;
        }
        m.write(s + KmemCache.KOBJ_NAME, id);
        m.write(s + KmemCache.KOBJ_SD, entry);
        m.writeInt(s + KmemCache.KOBJ_STATE, IN_SYSFS);
        if (!unmergeable) {
            // As in the kernel, a first alias that cannot be made is done without.
            link(k, t, s, name);
        }
        return 0;
    }

    /** sysfs_slab_alias: 0 or a negative errno. */
    static int alias(Slab k, Task t, long s, long name) {
        if (up(k)) {
            return link(k, t, s, name);
        }
        if (!k.config().sysfs()) {
            return 0;
        }
        Memory m = k.memory();
        long saved = k.kmalloc(t, ALIAS_SIZE, Gfp.KERNEL);
        if (saved == 0) {
            return Errno.ENOMEM;
        }
        m.write(saved + ALIAS_S, s);
        m.write(saved + ALIAS_NAME, name);
        m.write(saved + ALIAS_NEXT, m.read(k.wiring().aliasList()));
        m.write(k.wiring().aliasList(), saved);
        return 0;
    }

    /** Makes a link, in place of one that an earlier cache of the name has left. */
    private static int link(Slab k, Task t, long s, long name) {
        Sysfs.removeLink(k, t, name);
        long copy = Names.kasprintf(k, t, Gfp.KERNEL, fileName(Names.load(k.memory(), name)));
        if (copy == 0) {
            return Errno.ENOMEM;
        }
        long entry = Sysfs.add(k, t, copy, Sysfs.LINK, s);
        if (entry < 0) {
            k.kfree(t, copy);
            return (int) entry;
        }
        return 0;
    }

    /** sysfs_slab_remove, and of the aliases that wait for the cache. */
    static void remove(Slab k, Task t, long s) {
        if (!k.code.removeGuard.removes(k)) {
            forgetAliases(k, t, s);
            return;
        }
        Memory m = k.memory();
        if (m.readInt(s + KmemCache.KOBJ_STATE) == 0) {
            k.machine()
                    .console()
                    .warn(
                            "lib/kobject.c kobject_put",
                            "kobject: '"
                                    + Names.load(m, KmemCache.name(m, s))
                                    + "' is not initialized, yet kobject_put() is being called.");
        }
        Sysfs.removeLinksTo(k, t, s);
        long entry = m.read(s + KmemCache.KOBJ_SD);
        if (entry != 0) {
            Sysfs.remove(k, t, entry);
            m.write(s + KmemCache.KOBJ_SD, 0);
            m.write(s + KmemCache.KOBJ_NAME, 0);
            m.writeInt(s + KmemCache.KOBJ_STATE, 0);
        }
    }

    private static void forgetAliases(Slab k, Task t, long s) {
        Memory m = k.memory();
        long link = k.wiring().aliasList();
        long saved;
        while ((saved = m.read(link)) != 0) {
            if (m.read(saved + ALIAS_S) == s) {
                m.write(link, m.read(saved + ALIAS_NEXT));
                k.kfree(t, saved);
            } else {
                link = saved + ALIAS_NEXT;
            }
        }
    }

    /** The saved_alias structs that wait for sysfs; an observer's view, bounded. */
    @Observer
    static List<Long> savedAliases(Slab k) {
        List<Long> found = new ArrayList<>();
        long saved = k.memory().peek(k.wiring().aliasList());
        while (k.isMapped(saved) && found.size() < MAX_ALIASES) {
            found.add(saved);
            saved = k.memory().peek(saved + ALIAS_NEXT);
        }
        return found;
    }

    static boolean up(Slab k) {
        return k.config().sysfs() && k.stateOrdinal() == SlabState.SYSFS.ordinal();
    }

    /** create_unique_id: what caches that could merge have in common. */
    static String uniqueId(Memory m, long s) {
        long flags = KmemCache.flags(m, s);
        return ":"
                + ((flags & SlabFlags.CACHE_DMA) != 0 ? "d" : "")
                + ((flags & SlabFlags.RECLAIM_ACCOUNT) != 0 ? "a" : "")
                + ((flags & SlabFlags.DEBUG_FREE) != 0 ? "F" : "")
                + "t-"
                + String.format("%07d", KmemCache.size(m, s));
    }

    /** A slash cannot stand in a file name; kobjects turn it round. */
    private static String fileName(String name) {
        return name.replace('/', '!');
    }
}
