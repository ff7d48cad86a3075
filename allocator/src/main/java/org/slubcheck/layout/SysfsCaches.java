package org.slubcheck.layout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The caches of a running kernel, from a directory like {@code /sys/kernel/slab}.
 *
 * <p>A directory is a cache. A symbolic link is an alias: the name under which a cache was asked for
 * that was then merged into another, so it leads to a directory that has already been seen and is
 * counted, not read. A cache that is destroyed while it is read is left out.
 *
 * @param rows the caches, by name
 * @param aliases how many names led to a cache already seen
 */
public record SysfsCaches(List<CacheRow> rows, int aliases) {
    /** Where the kernel shows its caches. */
    public static final Path DEFAULT = Path.of("/sys/kernel/slab");

    /** Copies the list. */
    public SysfsCaches {
        rows = List.copyOf(rows);
    }

    /**
     * Reads all caches of a directory.
     *
     * @throws LayoutException if the directory or an attribute is missing or unreadable
     */
    public static SysfsCaches read(Path directory) throws LayoutException {
        if (!Files.isDirectory(directory)) {
            throw new LayoutException(
                    "cannot read "
                            + directory
                            + ": no such directory (a kernel with SLUB and sysfs has one)");
        }
        List<CacheRow> rows = new ArrayList<>();
        Set<Path> seen = new HashSet<>();
        int aliases = 0;
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : (Iterable<Path>) entries.sorted()::iterator) {
                if (!Files.isDirectory(entry)) {
                    continue;
                }
                Path cache = entry.toRealPath();
                if (!seen.add(cache)) {
                    aliases++;
                    continue;
                }
                CacheRow row = row(cache);
                if (row != null) {
                    rows.add(row);
                }
            }
        } catch (AccessDeniedException e) {
            throw denied(directory, e);
        } catch (IOException e) {
            throw new LayoutException("cannot read " + directory + ": " + e.getMessage(), e);
        }
        if (rows.isEmpty()) {
            throw new LayoutException(directory + " holds no slab caches");
        }
        return new SysfsCaches(rows, aliases);
    }

    /** The row of a cache, or null if it vanished meanwhile. */
    private static CacheRow row(Path cache) throws LayoutException {
        Attributes read = new Attributes(cache);
        long flags = 0;
        flags |= read.flag("hwcache_align") ? LayoutFlags.HWCACHE_ALIGN : 0;
        flags |= read.flag("destroy_by_rcu") ? LayoutFlags.DESTROY_BY_RCU : 0;
        flags |= read.flag("red_zone") ? LayoutFlags.RED_ZONE : 0;
        flags |= read.flag("poison") ? LayoutFlags.POISON : 0;
        flags |= read.flag("store_user") ? LayoutFlags.STORE_USER : 0;
        CacheRow row =
                new CacheRow(
                        String.valueOf(cache.getFileName()),
                        read.number("object_size", 1),
                        read.number("align", 0),
                        read.number("slab_size", 1),
                        read.number("objs_per_slab", 1),
                        read.number("order", 0),
                        !read.text("ctor", "").isEmpty(),
                        flags,
                        read.flag("cache_dma"),
                        read.flag("reclaim_account"));
        if (read.missing == null) {
            if ((row.align() & row.align() - 1) != 0) {
                throw new LayoutException(
                        cache.resolve("align") + " must be a power of two, not " + row.align());
            }
            return row;
        }
        if (!Files.isDirectory(cache)) {
            return null;
        }
        throw new LayoutException(cache + " has no attribute " + read.missing);
    }

    private static LayoutException denied(Path path, IOException cause) {
        return new LayoutException(
                "cannot read " + path + ": permission denied (only root may read it)", cause);
    }

    /** The attribute files of one cache; remembers which one was missing. */
    private static final class Attributes {
        private final Path cache;
        private String missing;

        Attributes(Path cache) {
            this.cache = cache;
        }

        /** Attributes that depend on the kernel's configuration are off where they are absent. */
        boolean flag(String name) throws LayoutException {
            return !text(name, "0").equals("0");
        }

        int number(String name, int least) throws LayoutException {
            String text = text(name, null);
            if (text == null) {
                missing = name;
                return least;
            }
            int end = text.indexOf(' ');
            String digits = end < 0 ? text : text.substring(0, end);
            try {
                int value = Integer.parseInt(digits);
                if (value >= least && value <= SlubLayout.MAX_OBJECT) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            throw new LayoutException(
                    cache.resolve(name)
                            + " must be a number from "
                            + least
                            + ", not '"
                            + digits
                            + "'");
        }

        String text(String name, String absent) throws LayoutException {
            Path file = cache.resolve(name);
            try {
                return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip();
            } catch (NoSuchFileException e) {
                return absent;
            } catch (AccessDeniedException e) {
                throw denied(file, e);
            } catch (IOException e) {
                // An attribute of a cache that is being destroyed answers ENODEV.
                if (!Files.exists(file)) {
                    return absent;
                }
                throw new LayoutException("cannot read " + file + ": " + e.getMessage(), e);
            }
        }
    }
}
