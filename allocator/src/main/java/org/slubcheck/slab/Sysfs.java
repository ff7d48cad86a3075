package org.slubcheck.slab;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.LockClass;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.machine.StructLayout;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/**
 * The directory /sys/kernel/slab: directories of caches and symbolic links of aliases, as a chain
 * of sysfs_dirent structs in kmalloc memory.
 *
 * <p>sysfs_mutex guards the chain; entries are allocated before it is taken and freed behind it,
 * so it nests inside slub_lock and outside nothing. Who reads a file has an active reference of its
 * directory, and who removes the directory waits for all of these, under slub_lock: so a reader may
 * only try for slub_lock ({@link SysfsSteps#HANDLER_LOCK}). Everything here may sleep.
 */
public final class Sysfs {
    /** struct sysfs_dirent, as far as one directory needs it. */
    public static final StructLayout LAYOUT =
            StructLayout.of("sysfs_dirent")
                    .word("s_sibling")
                    .word("s_name")
                    .word("s_target")
                    .word("s_flags")
                    .word("s_active")
                    .build();

    static final int SIBLING = LAYOUT.offset("s_sibling");
    static final int NAME = LAYOUT.offset("s_name");
    static final int TARGET = LAYOUT.offset("s_target");
    static final int FLAGS = LAYOUT.offset("s_flags");

    /** Readers of the directory's files; an rwsem of class s_active. */
    static final int ACTIVE = LAYOUT.offset("s_active");

    static final int DIR = 1;
    static final int LINK = 4;

    private static final int MAX_ENTRIES = 1 << 16;

    private Sysfs() {}

    /**
     * An entry as an observer sees it.
     *
     * @param address of the sysfs_dirent
     * @param name the file name
     * @param nameAddress where that is
     * @param link a symbolic link, not a directory
     * @param cache the cache that it is about
     */
    public record Entry(long address, String name, long nameAddress, boolean link, long cache) {}

    /** All entries; an observer's view, bounded. */
    @Observer
    public static List<Entry> entries(Slab k) {
        List<Entry> found = new ArrayList<>();
        if (k.wiring().sysfsRoot() == 0) {
            return found;
        }
        Memory m = k.memory();
        long at = m.peek(k.wiring().sysfsRoot());
        while (k.isMapped(at) && found.size() < MAX_ENTRIES) {
            long name = m.peek(at + NAME);
            found.add(
                    new Entry(
                            at,
                            Names.peek(m, name),
                            name,
                            m.peek(at + FLAGS) == LINK,
                            m.peek(at + TARGET)));
            at = m.peek(at + SIBLING);
        }
        return found;
    }

    /** What create_unique_id makes of a cache, whether it has a directory of that name or not. */
    public static String uniqueId(Slab k, long s) {
        return SysfsSlab.uniqueId(k.memory(), s);
    }

    /** The cache that a name, of a directory or of a link, leads to; 0 for none. */
    public static long lookup(Slab k, Task t, String name) {
        if (k.wiring().sysfsRoot() == 0) {
            return 0;
        }
        Memory m = k.memory();
        lock(k, t);
        long found = 0;
        for (long at = m.read(k.wiring().sysfsRoot());
                at != 0 && found == 0;
                at = m.read(at + SIBLING)) {
            if (Names.load(m, m.read(at + NAME)).equals(name)) {
                found = m.read(at + TARGET);
            }
        }
        unlock(k, t);
        return found;
    }

    /**
     * Adds an entry. The name is kmalloc memory and belongs to the entry from then on; on an error
     * it stays the caller's.
     *
     * @return the sysfs_dirent, or a negative errno: EEXIST, with a warning, for a name that is
     *     taken; EINVAL for an empty one; ENOMEM
     */
    static long add(Slab k, Task t, long name, int type, long cache) {
        Memory m = k.memory();
        if (m.readByte(name) == 0) {
            k.machine()
                    .console()
                    .warn(
                            "lib/kobject.c kobject_add_internal",
                            "kobject: attempted to be registered with empty name!");
            return Errno.EINVAL;
        }
        long entry =
                k.faults().shouldFail(Faults.Kind.SYSFS)
                        ? 0
                        : k.kmalloc(t, LAYOUT.size(), Gfp.KERNEL);
        if (entry == 0) {
            return Errno.ENOMEM;
        }
        m.write(entry + NAME, name);
        m.write(entry + TARGET, cache);
        m.write(entry + FLAGS, type);
        m.writeOnce(entry + ACTIVE, 0);
        lock(k, t);
        boolean taken = find(k, name) != 0;
        if (!taken) {
            m.write(entry + SIBLING, m.read(k.wiring().sysfsRoot()));
            m.write(k.wiring().sysfsRoot(), entry);
        }
        unlock(k, t);
        if (taken) {
            k.machine()
                    .console()
                    .warn(
                            "fs/sysfs/dir.c sysfs_add_one",
                            "sysfs: cannot create duplicate filename '/kernel/slab/"
                                    + Names.load(m, name)
                                    + "'");
            k.kfree(t, entry);
            return Errno.EEXIST;
        }
        return entry;
    }

    /**
     * sysfs_get_active: the directory that a name leads to, with a reference that keeps it and its
     * cache; 0 when there is none, or when somebody removes it.
     */
    static long getActive(Slab k, Task t, String name) {
        Memory m = k.memory();
        lock(k, t);
        long entry = m.read(k.wiring().sysfsRoot());
        while (entry != 0 && !Names.load(m, m.read(entry + NAME)).equals(name)) {
            entry = m.read(entry + SIBLING);
        }
        boolean active =
                entry != 0 && k.machine().downReadTryLock(t, entry + ACTIVE, LockClass.S_ACTIVE);
        unlock(k, t);
        return active ? entry : 0;
    }

    /** sysfs_put_active. */
    static void putActive(Slab k, Task t, long entry) {
        k.machine().upRead(t, entry + ACTIVE, LockClass.S_ACTIVE);
    }

    /** Removes a directory, waits for who reads its files, and frees it with its name. */
    static void remove(Slab k, Task t, long entry) {
        lock(k, t);
        unlink(k, entry);
        unlock(k, t);
        // Nobody finds it any more, so who gets a reference now has got it already.
        k.machine()
                .downWrite(
                        t, entry + ACTIVE, LockClass.S_ACTIVE, "fs/sysfs/dir.c sysfs_deactivate");
        k.machine().upWrite(t, entry + ACTIVE, LockClass.S_ACTIVE);
        release(k, t, entry);
    }

    /** sysfs_remove_link: removes the link of a name, if there is one. */
    static void removeLink(Slab k, Task t, long name) {
        lock(k, t);
        long entry = find(k, name);
        if (entry != 0 && k.memory().read(entry + FLAGS) == LINK) {
            unlink(k, entry);
        } else {
            entry = 0;
        }
        unlock(k, t);
        release(k, t, entry);
    }

    /** Removes all links to a cache that is about to go. */
    static void removeLinksTo(Slab k, Task t, long cache) {
        Memory m = k.memory();
        long entry;
        do {
            lock(k, t);
            entry = m.read(k.wiring().sysfsRoot());
            while (entry != 0
                    && (m.read(entry + TARGET) != cache || m.read(entry + FLAGS) != LINK)) {
                entry = m.read(entry + SIBLING);
            }
            unlink(k, entry);
            unlock(k, t);
            release(k, t, entry);
        } while (entry != 0);
    }

    /** Under sysfs_mutex. */
    private static long find(Slab k, long name) {
        Memory m = k.memory();
        for (long at = m.read(k.wiring().sysfsRoot()); at != 0; at = m.read(at + SIBLING)) {
            if (Names.same(m, m.read(at + NAME), name)) {
                return at;
            }
        }
        return 0;
    }

    /** Under sysfs_mutex. */
    private static void unlink(Slab k, long entry) {
        Memory m = k.memory();
        long link = k.wiring().sysfsRoot();
        while (entry != 0 && m.read(link) != 0) {
            long at = m.read(link);
            if (at == entry) {
                m.write(link, m.read(at + SIBLING));
                return;
            }
            link = at + SIBLING;
        }
    }

    private static void release(Slab k, Task t, long entry) {
        if (entry != 0) {
            k.kfree(t, k.memory().read(entry + NAME));
            k.kfree(t, entry);
        }
    }

    private static void lock(Slab k, Task t) {
        k.machine().mutexLock(t, k.wiring().sysfsMutex(), LockClass.SYSFS_MUTEX, "fs/sysfs/dir.c");
    }

    private static void unlock(Slab k, Task t) {
        k.machine().mutexUnlock(t, k.wiring().sysfsMutex(), LockClass.SYSFS_MUTEX);
    }
}
