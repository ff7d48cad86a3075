package org.slubcheck.slubq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.LockObserver;
import org.slubcheck.machine.Lockdep;
import org.slubcheck.machine.Machine;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.MemoryMap;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.ListHead;
import org.slubcheck.mm.PageAllocator;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.mm.PageWiring;
import org.slubcheck.mm.Percpu;
import org.slubcheck.mm.PercpuWiring;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabConfig;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.slab.SlabWiring;

/** A machine with this engine, brought up as far as the slab allocator goes, and a small census. */
final class Booted {
    final Memory memory;
    final Console console = new Console();
    final Machine machine;
    final PageAllocator pages;
    final Percpu percpu;
    final Faults faults;
    final Slab slab;
    final Slubq engine;

    private Booted(Geometry g, SlabConfig config, Steps steps, boolean checked) {
        MemoryMap map = new MemoryMap();
        long lines = Machine.reserveLines(map, g);
        long faultWords = Faults.reserve(map);
        SlabWiring slabWiring = SlabWiring.design(map, g, config);
        PercpuWiring percpuWiring = PercpuWiring.design(map, g, true);
        PageWiring pageWiring = PageWiring.design(map, g);
        long size = map.seal(g.pageSize());
        memory = checked ? Memory.checked(size, console) : Memory.plain(size);
        LockObserver observer = checked ? new Lockdep(console) : LockObserver.NONE;
        machine = new Machine(memory, g, console, observer, lines);
        faults = Faults.at(memory, faultWords);
        slab =
                new Slab(
                        machine,
                        up -> new PageAllocator(machine, pageWiring, faults, up),
                        (below, up) -> new Percpu(machine, percpuWiring, below, faults, up, steps),
                        faults,
                        steps,
                        config,
                        slabWiring,
                        Slubq::new);
        pages = slab.pages();
        percpu = slab.percpu();
        engine = (Slubq) slab.engine();
        Task t = Task.on(0);
        memory.runs(t);
        pages.init(t);
        percpu.init(t);
        boolean irqs = machine.irqSave(t);
        slab.loadImage();
        slab.init(t);
        machine.irqRestore(t, irqs);
        percpu.initLate(t);
        pages.setAllowedMask(Gfp.ALL);
        slab.initLate(t);
        slab.sysfsInit(t);
        percpu.freeInitmem();
    }

    static Booted on(Geometry g) {
        return new Booted(g, SlabConfig.defaults(), Steps.mainline(), false);
    }

    static Booted on(Geometry g, SlabConfig config) {
        return new Booted(g, config, Steps.mainline(), false);
    }

    static Booted on(Geometry g, SlabConfig config, Steps steps) {
        return new Booted(g, config, steps, false);
    }

    static Booted checked(Geometry g, SlabConfig config) {
        return new Booted(g, config, Steps.mainline(), true);
    }

    Task task(int cpu) {
        Task t = Task.on(cpu);
        memory.runs(t);
        return t;
    }

    long cache(String name, int size, long flags) {
        long s = slab.create(task(0), name, size, 0, flags, 0);
        assertThat(s).isNotZero();
        return s;
    }

    /** Everything is in one place, counts agree, nobody holds a lock, nothing was reported. */
    void assertSound(long s, List<Long> held) {
        assertThat(console.reports()).isEmpty();
        assertThat(violations(s, held)).isEmpty();
    }

    List<String> violations(long s, List<Long> held) {
        List<String> wrong = new ArrayList<>();
        List<Long> out = new ArrayList<>(held);
        Geometry g = machine.geometry();
        for (int cpu = 0; cpu < g.cpus(); cpu++) {
            List<Long> queue = engine.peekQueue(s, cpu);
            long area = memory.peek(s + KmemCache.CPU);
            long c = percpu.perCpuPtr(area, cpu);
            int objects = KmemCacheQueue.peekObjects(memory, engine.queueOf(c));
            if (objects != queue.size()) {
                wrong.add("queue of CPU " + cpu + " says " + objects);
            }
            for (long object : queue) {
                int node = PageStruct.node(memory, pages.pageOf(object));
                if (node != engine.areaNode(c)) {
                    wrong.add("queue of node " + engine.areaNode(c) + " has one of " + node);
                }
            }
            out.addAll(queue);
            if (memory.peek(machine.line(cpu)) != 0) {
                wrong.add("irq line of CPU " + cpu + " is held");
            }
        }
        for (int node = 0; node < g.nodes(); node++) {
            long n = engine.node(s, node);
            long head = n + KmemCacheNode.PARTIAL;
            int partial = 0;
            for (long lru = memory.peek(head); lru != head; lru = memory.peek(lru)) {
                partial++;
                if (FreeMap.isEmpty(memory, PageStruct.ofLru(lru))) {
                    wrong.add("a slab without a free object is on the partial list");
                }
                if (memory.peek(memory.peek(lru) + ListHead.PREV) != lru) {
                    wrong.add("partial list is torn");
                }
            }
            if (partial != KmemCacheNode.nrPartial(memory, n)) {
                wrong.add("nr_partial " + KmemCacheNode.nrPartial(memory, n) + " != " + partial);
            }
            checkNode(s, node, n, partial, out, wrong);
        }
        if (!out.isEmpty()) {
            wrong.add(out.size() + " objects are in no slab, or twice");
        }
        if (percpu.check() != null) {
            wrong.add(percpu.check());
        }
        if (pages.check() != null) {
            wrong.add(pages.check());
        }
        return wrong;
    }

    private void checkNode(
            long s, int node, long n, int partial, List<Long> out, List<String> wrong) {
        int slabs = 0;
        long objects = 0;
        int withFree = 0;
        for (int i = 0; i < pages.pages(); i++) {
            long page = pages.pageAt(i);
            boolean mine =
                    PageStruct.isSlab(memory, page)
                            && PageStruct.slab(memory, page) == s
                            && PageStruct.node(memory, page) == node;
            if (!mine) {
                continue;
            }
            slabs++;
            objects += FreeMap.objects(memory, page);
            withFree += FreeMap.isEmpty(memory, page) ? 0 : 1;
            if (PageStruct.test(memory, page, PageStruct.PG_LOCKED)) {
                wrong.add("a slab is locked");
            }
            for (int bit = 0; bit < FreeMap.objects(memory, page); bit++) {
                long object = pages.addressOf(page) + (long) bit * KmemCache.size(memory, s);
                boolean elsewhere = out.remove(object);
                if (elsewhere == FreeMap.test(memory, page, bit)) {
                    wrong.add("object " + object + (elsewhere ? " is twice" : " is nowhere"));
                }
            }
        }
        if (withFree != partial) {
            wrong.add(withFree + " slabs have free objects, " + partial + " are listed");
        }
        if (slabs != KmemCacheNode.nrSlabs(memory, n)
                || objects != KmemCacheNode.totalObjects(memory, n)) {
            wrong.add("nr_slabs or total_objects is wrong");
        }
    }

    /** Every debug flag at once. */
    static long allDebug() {
        return SlabFlags.DEBUG_FREE | SlabFlags.RED_ZONE | SlabFlags.POISON | SlabFlags.STORE_USER;
    }
}
