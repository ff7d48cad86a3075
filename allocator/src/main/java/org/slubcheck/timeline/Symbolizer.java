package org.slubcheck.timeline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.AccessLog;
import org.slubcheck.machine.DoubleWord;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Machine;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.MemoryMap;
import org.slubcheck.machine.StructLayout;
import org.slubcheck.mm.ListHead;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.mm.Percpu;
import org.slubcheck.mm.ZoneStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slub.Slub;
import org.slubcheck.slubq.KmemCacheCpu;

/**
 * Says what an address or a value is, in the kernel's vocabulary: {@code kmalloc-64 cpu#1 q.objects},
 * {@code page#12 freelist}, {@code kmalloc-64 node[0].list_lock}, {@code kmalloc-64 alien(0->1)
 * lock}, {@code &kmalloc-64}.
 *
 * <p>Computed from an image of memory, by the same structs as the kernel's, and by nothing else, so
 * the same image gives the same name. What an image no longer shows is remembered: caches that were
 * there when the symbolizer was made, per-CPU areas that a resize put out of use, queues of {@link
 * SharedNames} that no CPU points to any more, and entries of {@link SysfsNames} that were removed.
 *
 * <p>An observer: reads by peeking alone, and survives any image, however corrupt.
 */
public final class Symbolizer {
    private static final int MOST_CACHES = 1024;
    private static final int LONGEST_NAME = 64;

    /** A per-CPU area of a cache that is, was or will be in use. */
    private record Area(long pointer, long cache) {}

    private final Kernel kernel;
    private final Memory image;
    private final Map<Long, String> cacheNames;
    private final List<Area> areas;

    /** How many bytes an area had on each CPU when it was first seen allocated, by its pointer. */
    private final Map<Long, Integer> sizes;

    private final SharedNames shared;
    private final SysfsNames sysfs;
    private final StructLayout cpuStruct;
    private final StructLayout zoneStruct;

    /** Names what is in a kernel's memory now, and later when it has changed. */
    public Symbolizer(Kernel kernel) {
        this(
                kernel,
                kernel.memory(),
                new LinkedHashMap<>(),
                new ArrayList<>(),
                new HashMap<>(),
                null,
                null);
        look();
    }

    private void look() {
        for (long s : caches()) {
            cacheNames.put(s, string(word(s + KmemCache.NAME)));
            remember(s, word(s + KmemCache.CPU));
            shared.remember(s);
        }
        measure();
    }

    private Symbolizer(
            Kernel kernel,
            Memory image,
            Map<Long, String> cacheNames,
            List<Area> areas,
            Map<Long, Integer> sizes,
            SharedNames shared,
            SysfsNames sysfs) {
        this.kernel = kernel;
        this.image = image;
        this.cacheNames = cacheNames;
        this.areas = areas;
        this.sizes = sizes;
        this.shared = new SharedNames(kernel, this::word, this::integer, shared);
        long directory = kernel.slab().wiring().sysfsRoot();
        this.sysfs = new SysfsNames(directory, this::word, this::string, sysfs);
        boolean stats = kernel.config().slab().stats();
        this.cpuStruct =
                kernel.slab().engine() instanceof Slub slub
                        ? slub.areaLayout()
                        : KmemCacheCpu.of(stats).layout();
        this.zoneStruct = ZoneStruct.layout(kernel.geometry().maxOrder());
    }

    /** The same over another image of the same kernel, with what this one remembers. */
    public Symbolizer over(Memory other) {
        return new Symbolizer(
                kernel,
                other,
                new LinkedHashMap<>(cacheNames),
                new ArrayList<>(areas),
                new HashMap<>(sizes),
                shared,
                sysfs);
    }

    /**
     * What an image does not show and a symbolizer remembers: a cache, and an area that it had.
     *
     * @param cache the address of the struct
     * @param name what it was called
     * @param pointer of the area; 0 for none
     * @param bytes the area's size on each CPU
     */
    public record Old(long cache, String name, long pointer, int bytes) {}

    /**
     * What a run put out of use.
     *
     * @param before the kernel as it was when the log began
     * @param log what was done since
     * @param after the kernel as it is now
     */
    public static List<Old> old(Kernel before, AccessLog log, Kernel after) {
        Symbolizer names = new Symbolizer(before);
        for (int i = 0; i < log.size(); i++) {
            if (log.kind(i).writes()) {
                names.learn(log.address(i), log.old(i), log.value(i));
            }
        }
        Symbolizer now = names.over(after.memory());
        now.measure();
        Set<Long> listed = new LinkedHashSet<>(now.caches());
        List<Old> old = new ArrayList<>();
        for (long s : now.cacheNames.keySet()) {
            if (!listed.contains(s)) {
                old.add(new Old(s, now.cacheNames.get(s), 0, 0));
            }
        }
        for (Area area : now.areas) {
            if (!now.isLive(area) && now.sizes.containsKey(area.pointer)) {
                String name = now.cacheName(area.cache);
                old.add(new Old(area.cache, name, area.pointer, now.sizes.get(area.pointer)));
            }
        }
        return old;
    }

    /** The same image with what another one has remembered. */
    public Symbolizer knowing(List<Old> remembered) {
        Symbolizer knowing = over(image);
        knowing.areas.clear();
        for (Old old : remembered) {
            knowing.cacheNames.putIfAbsent(old.cache, old.name);
            if (old.pointer != 0) {
                knowing.remember(old.cache, old.pointer);
                knowing.sizes.putIfAbsent(old.pointer, old.bytes);
            }
        }
        areas.forEach(area -> knowing.remember(area.cache, area.pointer));
        return knowing;
    }

    /** A word has changed: remembers what that puts into use or out of it. */
    void learn(long address, long old, long value) {
        long s = cacheOfCpuPointer(address);
        if (s != 0) {
            remember(s, old);
            remember(s, value);
        }
        if (isListOfCaches(address) && value > KmemCache.LIST && !isListOfCaches(value)) {
            adopt(value - KmemCache.LIST);
        }
    }

    /** The same as {@link #over}, which remembers also what is in the other image now. */
    public Symbolizer alsoOf(Memory other) {
        Symbolizer both = over(other);
        both.look();
        return both;
    }

    /** Remembers a value that a cache's cpu pointer has had or will have. */
    void remember(long cache, long pointer) {
        Area area = new Area(pointer, cache);
        if (pointer != 0 && !areas.contains(area)) {
            areas.add(area);
        }
    }

    /** Remembers a struct that is, was or will be on slab_caches. */
    void adopt(long cache) {
        cacheNames.putIfAbsent(cache, "new cache");
    }

    /** Remembers the shared queues of the cache whose word, of that name, has changed. */
    void rememberShared(String name) {
        if (name.endsWith(" q.shared")) {
            String cache = cacheIn(name);
            for (long s : known()) {
                if (cacheName(s).equals(cache)) {
                    shared.remember(s);
                }
            }
        }
    }

    /** The word at an address is a link of slab_caches' head. */
    boolean isListOfCaches(long address) {
        long head = kernel.slab().wiring().slabCaches();
        return address == head || address == head + ListHead.PREV;
    }

    /** The cache that a name speaks of: its first word; empty when it speaks of none. */
    String cacheIn(String name) {
        int end = name.indexOf(' ');
        String first = end < 0 ? name : name.substring(0, end);
        return known().stream().anyMatch(s -> cacheName(s).equals(first)) ? first : "";
    }

    /** The cache whose struct's cpu pointer is at an address, or 0. */
    long cacheOfCpuPointer(long address) {
        long s = address - KmemCache.CPU;
        return caches().contains(s) || cacheNames.containsKey(s) ? s : 0;
    }

    // ---- names

    private static final String[] RCU = {
        "rcu_barrier_mutex", "rcu readers", "rcu_lock", "rcu callbacks"
    };

    /** What stands at an address. */
    public String name(long address) {
        if (address >= 0 && address < MemoryMap.NULL_PAGE) {
            return address == 0 ? "NULL" : "NULL+" + address;
        }
        String area = areaName(address);
        if (area != null) {
            return area;
        }
        MemoryMap.Symbol symbol = kernel.map().symbolAt(address);
        if (symbol == null) {
            return String.format("0x%x", address);
        }
        int offset = (int) (address - symbol.address());
        Geometry g = kernel.geometry();
        return switch (symbol.name()) {
            case "irq" -> {
                int stride = Machine.lineStride(g);
                yield "cpu#" + offset / stride + (offset % stride == 0 ? " irq" : " offline");
            }
            case "hotplug" -> offset == 0 ? "cpu_hotplug.lock" : "mem_hotplug.lock";
            case "rcu" -> RCU[offset / Memory.WORD];
            case "mem_map" ->
                    "page#"
                            + offset / PageStruct.SIZE
                            + " "
                            + PageStruct.LAYOUT.fieldAt(offset % PageStruct.SIZE);
            case "memory" -> poolName(address, symbol);
            case "percpu" -> {
                int unit = kernel.percpu().unitSize();
                yield String.format("percpu cpu#%d +0x%x", offset / unit, offset % unit);
            }
            default ->
                    symbol.name().startsWith("zone ")
                            ? symbol.name() + " " + zoneStruct.fieldAt(offset)
                            : globalName(symbol, offset);
        };
    }

    private static String globalName(MemoryMap.Symbol symbol, int offset) {
        if (symbol.size() == Memory.WORD) {
            return symbol.name();
        }
        if (symbol.name().equals("slab_caches")) {
            return offset == ListHead.NEXT ? "slab_caches.next" : "slab_caches.prev";
        }
        return symbol.name().endsWith("_caches") || symbol.name().equals("pcpu_slot")
                ? symbol.name() + "[" + offset / Memory.WORD + "]"
                : symbol.name() + "+" + offset;
    }

    /** The area in use comes first: it may stand where an old one was. */
    private String areaName(long address) {
        String old = null;
        for (Area area : areas) {
            String name = areaName(area, address);
            if (name != null && isLive(area)) {
                return name;
            }
            old = old == null ? name : old;
        }
        return old;
    }

    private String areaName(Area area, long address) {
        int unit = kernel.percpu().unitSize();
        for (int cpu = 0; cpu < kernel.geometry().cpus(); cpu++) {
            long offset = address - area.pointer - (long) cpu * unit;
            if (offset >= 0 && offset < unit && offset < size(area)) {
                int header = cpuStruct.size();
                String field =
                        offset < header
                                ? cpuStruct.fieldAt((int) offset)
                                : "q.object[" + (offset - header) / Memory.WORD + "]";
                return cacheName(area.cache) + " cpu#" + cpu + use(area) + " " + field;
            }
        }
        return null;
    }

    private boolean isLive(Area area) {
        return word(area.cache + KmemCache.CPU) == area.pointer;
    }

    /** The bytes of an area on each CPU; 0 before it is allocated for the first time. */
    private int size(Area area) {
        if (!sizes.containsKey(area.pointer)) {
            measure();
        }
        return sizes.getOrDefault(area.pointer, 0);
    }

    /** Takes down how large the areas are that are allocated now. */
    private void measure() {
        for (Percpu.Area allocated : kernel.percpu().areas(image)) {
            if (areas.stream().anyMatch(area -> area.pointer == allocated.pointer())) {
                sizes.putIfAbsent(allocated.pointer(), allocated.bytes());
            }
        }
    }

    private String use(Area area) {
        if (isLive(area)) {
            return "";
        }
        long live = word(area.cache + KmemCache.CPU);
        // Areas are remembered in the order in which they come into use; one that nobody remembers
        // came last.
        int published = areas.indexOf(new Area(live, area.cache));
        return published >= 0 && areas.indexOf(area) > published ? " (new area)" : " (old area)";
    }

    private String poolName(long address, MemoryMap.Symbol pool) {
        int pageSize = kernel.geometry().pageSize();
        for (long s : known()) {
            if (address >= s && address < s + word(kernel.slab().wiring().kmemSize())) {
                return cacheName(s) + " " + cacheField((int) (address - s));
            }
        }
        SharedNames.Place place = shared.find(known(), address);
        if (place != null) {
            return cacheName(place.cache()) + " " + place.name();
        }
        String entry = sysfs.find(address);
        if (entry != null) {
            return entry;
        }
        long page = pageOf(address, pool);
        long s = word(page + PageStruct.SLAB);
        // A new slab knows its cache before it is marked as one.
        if (!isSlab(page) && !known().contains(s)) {
            return String.format(
                    "page#%d +0x%x", index(page), (address - pool.address()) % pageSize);
        }
        long base = pool.address() + (long) index(page) * pageSize;
        int size = integer(s + KmemCache.SIZE);
        if (size <= 0) {
            return "slab page#" + index(page);
        }
        long object = base + (address - base) / size * size;
        int offset = (int) (address - object);
        if (s == word(kernel.slab().wiring().kmemCache())) {
            return cacheName(object) + " " + cacheField(offset);
        }
        if (s == word(kernel.slab().wiring().kmemCacheNode())) {
            return nodeName(object) + "." + KmemCacheNode.LAYOUT.fieldAt(offset);
        }
        return cacheName(s)
                + " object "
                + (object - base) / size
                + " of page#"
                + index(page)
                + (offset == 0 ? "" : " +" + offset);
    }

    private String cacheField(int offset) {
        if (offset < KmemCache.NODE) {
            return KmemCache.LAYOUT.fieldAt(offset);
        }
        int behind = offset - KmemCache.NODE;
        return kernel.geometry().numa()
                ? "node[" + behind / Memory.WORD + "]"
                : "node[0]." + KmemCacheNode.LAYOUT.fieldAt(behind);
    }

    private String nodeName(long n) {
        if (kernel.geometry().numa()) {
            for (long s : caches()) {
                for (int node = 0; node < kernel.geometry().nodes(); node++) {
                    if (word(KmemCache.nodeSlot(s, node)) == n) {
                        return cacheName(s) + " node[" + node + "]";
                    }
                }
            }
        }
        return "kmem_cache_node of no cache";
    }

    /** The name of a cache: the one it has, the one it had, or that it has none. */
    String cacheName(long s) {
        String now = string(word(s + KmemCache.NAME));
        return now.isEmpty() ? cacheNames.getOrDefault(s, "nameless cache") : now;
    }

    // ---- values

    /** What a word with this value at this address means. */
    public String value(long address, long value) {
        String name = name(address);
        if (name.endsWith(" freelist_tid")) {
            long object = DoubleWord.pointer(value);
            return (object == 0 ? "none" : value(object)) + " tid " + DoubleWord.count(value);
        }
        boolean chained = kernel.slab().engine() instanceof Slub;
        if (!chained && name.endsWith(" freelist") && isSlab(pageStructOf(address))) {
            return value == 0 ? "none free" : "free {" + bits(value) + "}";
        }
        return value(value);
    }

    /** What a value means wherever it stands. */
    public String value(long value) {
        if (value == ListHead.LIST_POISON1) {
            return "LIST_POISON1";
        }
        if (value == ListHead.LIST_POISON2) {
            return "LIST_POISON2";
        }
        if (value == 0 || value == -1 || Math.abs(value) < MemoryMap.NULL_PAGE) {
            return Long.toString(value);
        }
        String thing = pointer(value);
        return thing == null
                ? Math.abs(value) < 1 << 16 ? Long.toString(value) : String.format("0x%x", value)
                : thing;
    }

    private String pointer(long value) {
        for (Area area : areas) {
            if (area.pointer == value && value != 0) {
                return String.format("percpu 0x%x", value);
            }
        }
        if (cacheNames.containsKey(value) || caches().contains(value)) {
            return "&" + cacheName(value);
        }
        if (value == kernel.slab().wiring().slabCaches()) {
            return "&slab_caches";
        }
        for (long s : known()) {
            if (value == s + KmemCache.LIST) {
                return "&" + cacheName(s) + ".list";
            }
        }
        MemoryMap.Symbol symbol = kernel.map().symbolAt(value);
        if (symbol == null || (value & Memory.WORD - 1) != 0) {
            return null;
        }
        int offset = (int) (value - symbol.address());
        return switch (symbol.name()) {
            case "mem_map" -> {
                int field = offset % PageStruct.SIZE;
                String page = "page#" + offset / PageStruct.SIZE;
                yield field == 0 || field == PageStruct.LRU ? page : null;
            }
            case "memory" -> {
                String name = poolName(value, symbol);
                if (SharedNames.isQueue(name) && name.endsWith(" objects")) {
                    yield "&" + name.substring(0, name.length() - " objects".length());
                }
                String entry = SysfsNames.pointerTo(name);
                if (entry != null) {
                    yield entry;
                }
                int object = name.indexOf(" object ");
                if (object >= 0) {
                    yield name.substring(object + 1);
                }
                yield name.endsWith(".list_lock")
                        ? "&" + name.substring(0, name.length() - ".list_lock".length())
                        : name.endsWith(".next")
                                ? "&" + name.substring(0, name.length() - ".next".length())
                                : name;
            }
            default -> null;
        };
    }

    private static String bits(long value) {
        StringBuilder text = new StringBuilder();
        for (long rest = value; rest != 0; rest &= rest - 1) {
            text.append(text.length() == 0 ? "" : " ").append(Long.numberOfTrailingZeros(rest));
        }
        return text.toString();
    }

    // ---- reading the image

    /** The caches on slab_caches, as far as the list can be followed. */
    private List<Long> caches() {
        List<Long> all = new ArrayList<>();
        long head = kernel.slab().wiring().slabCaches();
        long entry = word(head);
        while (entry != head && mapped(entry) && all.size() < MOST_CACHES) {
            all.add(entry - KmemCache.LIST);
            entry = word(entry);
        }
        return all;
    }

    /** Those, and what is remembered. */
    private Set<Long> known() {
        Set<Long> all = new LinkedHashSet<>(caches());
        all.addAll(cacheNames.keySet());
        return all;
    }

    private long pageOf(long address, MemoryMap.Symbol pool) {
        long pfn = (address - pool.address()) / kernel.geometry().pageSize();
        long page = memMap() + pfn * PageStruct.SIZE;
        return (word(page + PageStruct.FLAGS) & PageStruct.PG_TAIL) == 0
                ? page
                : word(page + PageStruct.FIRST_PAGE);
    }

    private long pageStructOf(long address) {
        return address - (address - memMap()) % PageStruct.SIZE;
    }

    private boolean isSlab(long page) {
        return (word(page + PageStruct.FLAGS) & PageStruct.PG_SLAB) != 0;
    }

    private int index(long page) {
        return (int) ((page - memMap()) / PageStruct.SIZE);
    }

    private long memMap() {
        for (MemoryMap.Symbol symbol : kernel.map().symbols()) {
            if (symbol.name().equals("mem_map")) {
                return symbol.address();
            }
        }
        throw new IllegalStateException("no mem_map");
    }

    private boolean mapped(long address) {
        return address > 0 && address + Memory.WORD <= image.size();
    }

    private long word(long address) {
        return mapped(address) ? image.peek(address & -Memory.WORD) : 0;
    }

    private int integer(long address) {
        return mapped(address) ? image.peekInt(address & -Integer.BYTES) : 0;
    }

    private String string(long address) {
        StringBuilder text = new StringBuilder();
        for (long a = address; mapped(a) && text.length() < LONGEST_NAME; a++) {
            int c = image.peekByte(a);
            if (c < ' ' || c > '~') {
                break;
            }
            text.append((char) c);
        }
        return text.toString();
    }
}
