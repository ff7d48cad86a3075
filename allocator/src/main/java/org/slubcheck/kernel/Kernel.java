package org.slubcheck.kernel;

import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.slubcheck.machine.CheckedMemory;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.LockObserver;
import org.slubcheck.machine.Lockdep;
import org.slubcheck.machine.Machine;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.MemoryMap;
import org.slubcheck.machine.Observer;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.PageAllocator;
import org.slubcheck.mm.PageWiring;
import org.slubcheck.mm.Percpu;
import org.slubcheck.mm.PercpuSizes;
import org.slubcheck.mm.PercpuSteps;
import org.slubcheck.mm.PercpuWiring;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabWiring;
import org.slubcheck.slubq.Slubq;

/**
 * One kernel on one machine. All its state is in memory, so {@link #fork} is an array copy and a
 * handful of objects.
 *
 * <p><b>Boot</b> goes through the {@link Stage stages} that start_kernel goes through, and can be
 * stopped at any of them. Irqs are off and the gfp mask is that of early boot until {@link
 * Stage#IRQS_ON}.
 *
 * <p>A checked kernel runs on {@link CheckedMemory} with lockdep; a bare one has neither. Which
 * code runs at each step is decided at boot and is the same in all forks.
 */
public final class Kernel {
    /** How far the boot has come. */
    public enum Stage {
        /** The kernel image is loaded; all other memory is zero. */
        OFF,
        /** Page and per-CPU allocators work; irqs are off. */
        MM(BootStep.MEM_INIT),
        /** kmem_cache_init is done: kmalloc works; irqs are off. */
        SLAB_UP(BootStep.KMEM_CACHE_INIT),
        /** percpu_init_late is done, irqs are on, every gfp flag counts. */
        IRQS_ON(BootStep.PERCPU_INIT_LATE),
        /** kmem_cache_init_late is done. */
        LATE(BootStep.KMEM_CACHE_INIT_LATE),
        /** All CPUs are up, slab_sysfs_init is done, init data is gone. */
        RUNNING(BootStep.FREE_INITMEM);

        private final BootStep last;

        Stage() {
            this(null);
        }

        Stage(BootStep last) {
            this.last = last;
        }

        /** The steps that lead from the stage before to this one. */
        private List<BootStep> steps(boolean earlyKmalloc) {
            List<BootStep> order = BootStep.order(earlyKmalloc);
            // Without early kmalloc the tables are read where they are.
            if (!earlyKmalloc) {
                order.remove(BootStep.ACPI_BOOT_INIT);
            }
            BootStep before = values()[ordinal() - 1].last;
            int from = before == null ? 0 : order.lastIndexOf(before) + 1;
            return order.subList(from, order.lastIndexOf(last) + 1);
        }
    }

    /** What forks share: the addresses of everything, and the code. */
    private record Design(
            KernelConfig config,
            Steps steps,
            MemoryMap map,
            long size,
            long lines,
            long faults,
            PercpuSizes sizes,
            PageWiring pages,
            PercpuWiring percpu,
            SlabWiring slab) {

        static Design of(KernelConfig config, Steps steps) {
            int early = config.geometry().percpuEarlySize();
            return of(config, steps, PercpuSteps.buildAllocInfo(steps, config.percpu(), early));
        }

        static Design of(KernelConfig config, Steps steps, PercpuSizes sizes) {
            Geometry g = config.geometry();
            MemoryMap map = new MemoryMap();
            long lines = Machine.reserveLines(map, g);
            long faults = config.faults() ? Faults.reserve(map) : 0;
            SlabWiring slab = SlabWiring.design(map, g, config.slab());
            PercpuWiring percpu = PercpuWiring.design(map, g, config.debugPercpu(), sizes);
            PageWiring pages = PageWiring.design(map, g, config.earlyKmalloc());
            long size = map.seal(Memory.WORD);
            return new Design(config, steps, map, size, lines, faults, sizes, pages, percpu, slab);
        }
    }

    private final Design design;
    private final Memory memory;
    private final Console console;
    private final Machine machine;
    private final Faults faults;
    private final PageAllocator pages;
    private final Percpu percpu;
    private final Slab slab;
    private Stage stage;

    private Kernel(
            Design design, Memory memory, Console console, LockObserver observer, Stage stage) {
        this.design = design;
        this.memory = memory;
        this.console = console;
        this.stage = stage;
        KernelConfig config = design.config;
        machine = new Machine(memory, config.geometry(), console, observer, design.lines);
        faults = config.faults() ? Faults.at(memory, design.faults) : Faults.none();
        slab =
                new Slab(
                        machine,
                        up -> new PageAllocator(machine, design.pages, faults, up, design.steps),
                        (below, up) ->
                                new Percpu(machine, design.percpu, below, faults, up, design.steps),
                        faults,
                        design.steps,
                        config.slab(),
                        design.slab,
                        Engines.maker(config.engine()));
        pages = slab.pages();
        percpu = slab.percpu();
        if (memory instanceof CheckedMemory watched) {
            watched.nameCaches(slab::nameOf);
        }
    }

    /** The fixed kernel, up and running on bare memory. */
    public static Kernel boot(KernelConfig config) {
        return boot(config, Steps.mainline());
    }

    /** A kernel with the given code at its steps, up and running on bare memory. */
    public static Kernel boot(KernelConfig config, Steps steps) {
        return off(config, steps).bootTo(Stage.RUNNING);
    }

    /** The same on checked memory, with lockdep. */
    public static Kernel bootChecked(KernelConfig config, Steps steps) {
        return offChecked(config, steps).bootTo(Stage.RUNNING);
    }

    /** A machine that is switched off, with bare memory. */
    public static Kernel off(KernelConfig config, Steps steps) {
        Design design = Design.of(config, steps);
        return new Kernel(
                        design,
                        Memory.plain(design.size),
                        new Console(),
                        LockObserver.NONE,
                        Stage.OFF)
                .loaded();
    }

    /**
     * A machine that is switched off, with checked memory. One thread runs it, so a wait that cannot
     * end is reported at once.
     */
    public static Kernel offChecked(KernelConfig config, Steps steps) {
        Design design = Design.of(config, steps);
        Console console = new Console();
        CheckedMemory memory = Memory.checked(design.size, console);
        memory.soleRunner(true);
        return new Kernel(design, memory, console, new Lockdep(console), Stage.OFF).loaded();
    }

    /**
     * A kernel on memory that was kept of one: nothing runs, and nothing is written. Its steps are the
     * mainline's whatever they were, so it is for observers, and for what a copy of it is asked.
     *
     * @param sizes what the first per-CPU chunk was made of: {@link #percpuSizes}
     * @throws IllegalArgumentException when a machine of this configuration has another size
     */
    @Observer
    public static Kernel attach(
            KernelConfig config,
            PercpuSizes sizes,
            Stage stage,
            LongFunction<Memory> memory,
            Console console) {
        Design design = Design.of(config, Steps.mainline(), sizes);
        Memory kept = memory.apply(design.size);
        if (kept.size() != design.size) {
            throw new IllegalArgumentException(
                    "it has " + kept.size() + " bytes, such a machine has " + design.size);
        }
        return new Kernel(design, kept, console, LockObserver.NONE, stage);
    }

    /** What the first per-CPU chunk was made of. */
    public PercpuSizes percpuSizes() {
        return design.sizes;
    }

    private Kernel loaded() {
        slab.loadImage();
        pages.bootmem().unmap();
        pages.setAllowedMask(slab.bootGfpMask());
        return this;
    }

    /**
     * Boots on to a stage that is not behind already, as CPU 0's first task. Where the kernel dies,
     * the exception passes and the stage stays. A stage that returns with locks held, or with irqs
     * other than the boot has them there, is reported.
     */
    public Kernel bootTo(Stage goal) {
        Task task = Task.on(0);
        memory.runs(task);
        if (stage.compareTo(Stage.IRQS_ON) < 0) {
            machine.irqDisable(task);
        }
        while (stage.compareTo(goal) < 0) {
            Stage next = Stage.values()[stage.ordinal() + 1];
            enter(task, next);
            stage = next;
            boolean irqsAreOffHere = next.compareTo(Stage.IRQS_ON) < 0;
            machine.checkReturn(task, irqsAreOffHere, "boot stage " + next);
            // Whatever the stage left, the next one finds what it may count on.
            if (irqsAreOffHere != task.irqsOff()) {
                machine.irqRestore(task, irqsAreOffHere);
            }
        }
        if (task.irqsOff()) {
            // The boot goes on later, as another task, which takes the line again.
            machine.irqEnable(task);
        }
        return this;
    }

    private void enter(Task task, Stage next) {
        if (next == Stage.MM) {
            banner();
        }
        next.steps(config().earlyKmalloc()).forEach(step -> take(task, step));
    }

    /**
     * A step of the boot, whatever came before, as the boot CPU takes it: irqs are off until
     * local_irq_enable. {@link #stage} does not follow.
     */
    public void take(Task task, BootStep step) {
        BootLog log = new BootLog(this);
        switch (step) {
            case INIT_MEMORY_MAPPING -> {
                pages.bootmem().mapMemory();
                log.mapping();
            }
            case INITMEM_INIT -> pages.bootmemInit();
            case MEMMAP_INIT -> {
                pages.memmapInit();
                log.zones();
                log.zonelists();
            }
            case SETUP_PER_CPU_AREAS -> {
                percpu.init(task);
                log.percpu(design.percpu);
            }
            case MEM_INIT -> log.memory(pages.memInit(task));
            case KMEM_CACHE_INIT -> slab.init(task);
            case ACPI_BOOT_INIT -> Acpi.bootInit(this, task);
            case REGISTER_CPU_NOTIFIER -> slab.hotplug().registerCpuNotifier();
            case LOCAL_IRQ_ENABLE -> {
                machine.irqEnable(task);
                pages.setAllowedMask(-1);
            }
            case PERCPU_INIT_LATE -> percpu.initLate(task);
            case HOTPLUG_MEMORY_NOTIFIER -> slab.registerMemoryNotifier(task);
            case KMEM_CACHE_INIT_LATE -> slab.initLate(task);
            case SMP_INIT -> smpInit(task, log);
            case SLAB_SYSFS_INIT -> slab.sysfsInit(task);
            case FREE_INITMEM -> {
                log.initmem(percpu.freeInitmem() + pages.bootmem().freeInitmem());
            }
        }
    }

    /** The CPUs of a machine are there from the start unless somebody has taken them down. */
    private void smpInit(Task task, BootLog log) {
        int online = 0;
        log.processors(IntStream.range(1, geometry().cpus()).boxed().toList());
        for (int cpu = 0; cpu < geometry().cpus(); cpu++) {
            if (!machine.cpuOnline(cpu)) {
                slab.hotplug().cpuUp(task, cpu);
            }
            online += machine.cpuOnline(cpu) ? 1 : 0;
        }
        console.printk(Console.Level.INFO, "Brought up %d CPUs", online);
    }

    private void banner() {
        Geometry g = geometry();
        console.printk(
                Console.Level.NOTICE,
                "Linux version 2.6.36-%s (%s) %s CPUs=%d Nodes=%d",
                config().engine(),
                g.name(),
                g.numa() ? "SMP NUMA" : "SMP",
                g.cpus(),
                g.nodes());
        String option = config().slab().debug().commandLine();
        if (!option.isEmpty()) {
            console.printk(Console.Level.NOTICE, "Kernel command line: %s", option);
        }
    }

    /** A copy on bare memory that goes on by itself. */
    public Kernel fork() {
        return new Kernel(design, memory.fork(), console.fork(), LockObserver.NONE, stage);
    }

    /**
     * A copy on checked memory, with lockdep and with the race detector on. What happened before
     * counts as ordered before everything that any thread does on the copy.
     */
    public Kernel forkChecked() {
        Console copy = console.fork();
        CheckedMemory checked = memory.forkChecked(copy);
        checked.soleRunner(false);
        LockObserver observer =
                machine.observer() instanceof Lockdep lockdep
                        ? lockdep.fork(copy)
                        : new Lockdep(copy);
        Kernel kernel = new Kernel(design, checked, copy, observer, stage);
        checked.startRaceDetection(geometry().cpus());
        return kernel;
    }

    /** The memory's observers; null on a bare kernel. */
    public CheckedMemory checked() {
        return memory instanceof CheckedMemory checked ? checked : null;
    }

    /** How far the boot has come. */
    public Stage stage() {
        return stage;
    }

    /** What the kernel was built for. */
    public KernelConfig config() {
        return design.config;
    }

    /** The shape of the machine. */
    public Geometry geometry() {
        return design.config.geometry();
    }

    /** What stands where in memory. */
    public MemoryMap map() {
        return design.map;
    }

    /** Physical memory. */
    public Memory memory() {
        return memory;
    }

    /** CPUs, interrupts and locks. */
    public Machine machine() {
        return machine;
    }

    /** The kernel's log. */
    public Console console() {
        return console;
    }

    /** Reports of something wrong, oldest first; empty on a healthy machine. */
    public List<String> reports() {
        return console.reports();
    }

    /** Failure on demand. */
    public Faults faults() {
        return faults;
    }

    /** The page allocator. */
    public PageAllocator pages() {
        return pages;
    }

    /** The per-CPU allocator. */
    public Percpu percpu() {
        return percpu;
    }

    /** The per-CPU allocator's wiring: where its locks are. */
    public PercpuWiring percpuWiring() {
        return design.percpu;
    }

    /** The page allocator's wiring: where its zones are. */
    PageWiring pagesWiring() {
        return design.pages;
    }

    /** The slab allocator. */
    public Slab slab() {
        return slab;
    }

    /** The slab engine of a kernel that was built with S+Q3. */
    public Slubq slubq() {
        return (Slubq) slab.engine();
    }

    /** A task on a CPU, irqs on. */
    public Task task(int cpu) {
        Task task = Task.on(cpu);
        memory.runs(task);
        return task;
    }
}
