package org.slubcheck.mm;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.LockObserver;
import org.slubcheck.machine.Machine;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.MemoryMap;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;

/** A machine with a page and a per-CPU allocator, initialised, on checked or bare memory. */
final class MmMachine {
    final Geometry geometry;
    final Console console = new Console();
    final Memory memory;
    final Machine machine;
    final Faults faults;
    final PageWiring pageWiring;
    final PercpuWiring percpuWiring;
    final PageAllocator pages;
    final Percpu percpu;
    final Slab slab = new Slab();
    final Task task = Task.on(0);

    private MmMachine(Geometry geometry, boolean checked, int reserved) {
        this.geometry = geometry;
        MemoryMap map = new MemoryMap();
        long lines = Machine.reserveLines(map, geometry);
        long attr = Faults.reserve(map);
        percpuWiring =
                PercpuWiring.design(
                        map, geometry, true, new PercpuSizes(geometry.percpuEarlySize(), reserved));
        pageWiring = PageWiring.design(map, geometry);
        long size = map.seal(Memory.WORD);
        memory = checked ? Memory.checked(size, console) : Memory.plain(size);
        machine = new Machine(memory, geometry, console, LockObserver.NONE, lines);
        faults = Faults.at(memory, attr);
        pages = new PageAllocator(machine, pageWiring, faults, (t, node) -> 0);
        percpu = new Percpu(machine, percpuWiring, pages, faults, slab, Steps.mainline());
        pages.init(task);
        percpu.init(task);
        pages.setAllowedMask(Gfp.ALL);
    }

    /**
     * A small machine with an early reserve of 2 KiB, four pages, whatever the preset grows to: the
     * tests count its bytes.
     */
    static Geometry smallReserve() {
        Geometry g = Geometry.small();
        return new Geometry(
                g.name(),
                g.cpus(),
                g.nodes(),
                g.numa(),
                g.pageSize(),
                g.cacheLine(),
                g.maxOrder(),
                g.pages(),
                g.kmallocMin(),
                g.kmallocMax(),
                2048,
                g.percpuEarlySlots());
    }

    static MmMachine checked(Geometry geometry) {
        return new MmMachine(geometry, true, 0);
    }

    /** With so many bytes a CPU reserved for modules. */
    static MmMachine reserving(int bytes) {
        return new MmMachine(smallReserve(), true, bytes);
    }

    static MmMachine bare(Geometry geometry) {
        return new MmMachine(geometry, false, 0);
    }

    List<String> reports() {
        return console.reports();
    }

    /** All lines of the log in one text. */
    String dmesg() {
        StringBuilder text = new StringBuilder();
        console.lines().forEach(line -> text.append(line.text()).append('\n'));
        return text.toString();
    }

    /** Stands for the slab allocator: a block of pages for each object, and it counts. */
    final class Slab implements SlabMemory {
        final Map<Long, Integer> live = new HashMap<>();
        boolean up;
        boolean exhausted;

        @Override
        public boolean slabIsAvailable() {
            return up;
        }

        @Override
        public long zalloc(Task t, long bytes) {
            int order = 0;
            while ((long) geometry.pageSize() << order < bytes) {
                order++;
            }
            long address = exhausted ? 0 : pages.getFreePages(t, Gfp.KERNEL | Gfp.ZERO, order);
            if (address != 0) {
                live.put(address, order);
            }
            return address;
        }

        @Override
        public void free(Task t, long address) {
            if (address == 0) {
                return;
            }
            Integer order = live.remove(address);
            if (order == null) {
                machine.report("kfree of what is no object: 0x" + Long.toHexString(address));
                return;
            }
            pages.freePagesAt(t, address, order);
        }
    }
}
