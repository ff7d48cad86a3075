package org.slubcheck.properties;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.AccessLog;
import org.slubcheck.machine.CheckedMemory;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Errno;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.Slab;
import org.slubcheck.slab.SlabAttributes;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.slubq.FreeMap;
import org.slubcheck.slubq.Tunables;

/** Sequences of calls on random machines, against what their callers know. */
@AddLifecycleHook(Handover.class)
final class ApiProperties {
    private static final Pattern CREATION_FAILED =
            Pattern.compile(
                    "^Kernel panic - not syncing: (Creation of kmalloc slab|Cannot create slab) ");

    /** Steps of the stateful model; a try of 30 steps takes 3 to 10 ms. */
    private static final int MAX_STEPS = 40;

    private final Subject subject = Subject.current();

    @Provide
    Arbitrary<Shape> machines() {
        return Shapes.forSteps();
    }

    @Provide
    Arbitrary<Shape> anyMachines() {
        return Shapes.any();
    }

    @Provide
    Arbitrary<Shape> parallelMachines() {
        return Shapes.parallel();
    }

    @Provide
    Arbitrary<String> engines() {
        return Arbitraries.of("slubq", "slub");
    }

    @Provide
    Arbitrary<Shape> debuggingMachines() {
        return Shapes.debugging();
    }

    @Provide
    Arbitrary<List<Op>> steps() {
        return sequence(Op.any());
    }

    /** jqwik's own choice of sizes is mostly short, and short sequences find little. */
    static Arbitrary<List<Op>> sequence(Arbitrary<Op> op) {
        return op.list()
                .ofMinSize(1)
                .ofMaxSize(MAX_STEPS)
                .withSizeDistribution(RandomDistribution.uniform());
    }

    @Provide
    Arbitrary<List<Op>> migrations() {
        Arbitrary<Op.Kind> kinds =
                Arbitraries.frequency(
                        Tuple.of(6, Op.Kind.ALLOC_MIGRATING),
                        Tuple.of(3, Op.Kind.ALLOC_MANY),
                        Tuple.of(3, Op.Kind.FREE_MANY),
                        Tuple.of(1, Op.Kind.ALLOC_NODE),
                        Tuple.of(1, Op.Kind.RESIZE));
        return sequence(Op.of(kinds));
    }

    /** Whatever is called in whatever order on whatever machine, nothing is lost or shared. */
    @Property
    void machineStaysSound(@ForAll("machines") Shape shape, @ForAll("steps") List<Op> steps) {
        if (subject.tired()) {
            return;
        }
        World world = new World(subject.machine(shape));
        for (Op op : steps) {
            world.apply(op);
            subject.judge(world.wrong(), world.story());
        }
    }

    /** A task that migrates in mid-allocation loses no object and mixes no nodes. */
    @Property
    void migrationLosesNothing(
            @ForAll("parallelMachines") Shape shape, @ForAll("migrations") List<Op> steps) {
        if (subject.tired()) {
            return;
        }
        World world = new World(subject.machine(shape));
        world.apply(new Op(Op.Kind.CREATE, 0, 0, 1));
        for (Op op : steps) {
            world.apply(op);
            subject.judge(world.wrong(), world.story());
        }
    }

    /** A cache that nobody knows yet is no other CPU's business. */
    @Property
    void creatingACacheInterruptsNobody(
            @ForAll("parallelMachines") Shape shape,
            @ForAll("engines") String engine,
            @ForAll @IntRange(min = 8, max = 200) int size) {
        if (subject.tired()) {
            return;
        }
        Rig rig = subject.machine(new OnEngine(shape, engine));
        Slab slab = rig.kernel().slab();
        Task task = rig.task(shape.cpus() - 1);
        CheckedMemory memory = rig.kernel().checked();
        memory.startLog(false);
        // This flag keeps it from being merged.
        rig.call(
                task,
                "kmem_cache_create(\"apart\", " + size + ")",
                () -> slab.create(task, "apart", size, 0, SlabFlags.DESTROY_BY_RCU, 0));
        memory.stopLog();
        interrupted(memory.log())
                .forEach(
                        cpu ->
                                rig.blame(
                                        "kmem_cache_create interrupts CPU#"
                                                + cpu
                                                + ", which cannot know the cache yet"));
        subject.judge(rig.wrong(), rig.story());
    }

    /** The CPUs that an interrupt ran on. */
    private static IntStream interrupted(AccessLog log) {
        return IntStream.range(0, log.size())
                .filter(log::interrupt)
                .map(log::cpu)
                .distinct()
                .sorted();
    }

    /** Without injected failures an allocation fails only when memory is short. */
    @Property
    void allocationSucceedsWhileMemoryIsFree(
            @ForAll("anyMachines") Shape shape, @ForAll @IntRange(min = 1, max = 700) int size) {
        if (subject.tired()) {
            return;
        }
        Rig rig = Rig.up(shape.toString(), shape.config(), subject.steps());
        Kernel k = rig.kernel();
        if (rig.dead() && k.pages().freePages() > 0) {
            // Any other death of a boot speaks for itself.
            k.reports().stream()
                    .filter(report -> CREATION_FAILED.matcher(report).find())
                    .findFirst()
                    .ifPresent(
                            report ->
                                    rig.blame(
                                            "a creation at boot fails although "
                                                    + k.pages().freePages()
                                                    + " pages are free"));
        }
        Slab slab = k.slab();
        Task task = rig.task(shape.cpus() - 1);
        for (int gfp : new int[] {Gfp.KERNEL, Gfp.ATOMIC, Gfp.NOWAIT, Gfp.KERNEL | Gfp.ZERO}) {
            String text = "kmalloc(" + size + ", " + Gfp.toString(gfp) + ")";
            long p = rig.call(task, text, () -> slab.kmalloc(task, size, gfp));
            rig.require(
                    p != 0, text + " fails although " + k.pages().freePages() + " pages are free");
            ApiCall.kfree(rig, task, p);
        }
        subject.judge(rig.wrong(), rig.story());
    }

    /**
     * An allocation that meets an overwritten object takes another one, and returns with interrupts
     * as they were. The slab of the bad object is not used again: what was free in it is given up,
     * and nothing else is.
     */
    @Property
    void failedCheckKeepsIrqState(
            @ForAll("debuggingMachines") Shape shape,
            @ForAll @IntRange(min = 1, max = 9) int objects,
            @ForAll @IntRange(min = 0, max = 63) int where,
            @ForAll boolean irqsOff) {
        if (subject.tired()) {
            return;
        }
        Rig rig = subject.machine(shape);
        Kernel k = rig.kernel();
        Task task = rig.task(shape.cpus() - 1);
        Slab slab = k.slab();
        long s =
                rig.call(
                        task,
                        "kmem_cache_create(\"own\", 40, 0, 0, NULL)",
                        () -> slab.create(task, "own", 40, 0, 0, 0));
        List<Long> held = new ArrayList<>();
        for (int i = 0; i < objects; i++) {
            held.add(
                    rig.call(task, "kmem_cache_alloc(own)", () -> slab.alloc(task, s, Gfp.KERNEL)));
        }
        long bad = held.remove(objects - 1);
        String freed = "kmem_cache_free(own, " + ApiCall.hex(bad) + ")";
        rig.run(task, freed, () -> slab.free(task, s, bad));
        subject.judge(rig.wrong(array(held)), rig.story());

        overwrite(rig, s, bad, where);
        rig.giveUp(freeOnTheSlabOf(k, s, bad));
        rig.giveUp(List.of(bad));
        if (irqsOff && !rig.dead()) {
            k.machine().irqSave(task);
        }
        String text = "kmem_cache_alloc(own, GFP_ATOMIC)";
        int reports = k.reports().size();
        long object = rig.call(task, text, irqsOff, () -> slab.alloc(task, s, Gfp.ATOMIC));
        rig.expect(reports, "own:|FIX own:", 1);
        if (!rig.dead() && irqsOff) {
            k.machine().irqRestore(task, false);
        }
        rig.require(object != 0, text + " fails although memory is free");
        rig.require(object != bad, text + " hands the overwritten object out");
        held.add(object);
        subject.judge(rig.wrong(array(held)), rig.story());
    }

    /** Writes one byte of a free object that its cache watches. */
    private static void overwrite(Rig rig, long s, long object, int where) {
        Memory m = rig.kernel().memory();
        long flags = m.peek(s + KmemCache.FLAGS);
        int objsize = m.peekInt(s + KmemCache.OBJSIZE);
        int inuse = m.peekInt(s + KmemCache.INUSE);
        boolean poison = (flags & SlabFlags.POISON) != 0;
        int from = poison ? 0 : objsize;
        int to = (flags & SlabFlags.RED_ZONE) != 0 ? inuse : objsize;
        int offset = from + where % (to - from);
        m.metadataAccessEnable();
        m.writeByte(object + offset, 0x33);
        m.metadataAccessDisable();
        rig.note("somebody writes 0x33 to byte " + offset + " of " + ApiCall.hex(object));
    }

    /** The objects that the slab of an object has in its map. */
    private static List<Long> freeOnTheSlabOf(Kernel k, long s, long object) {
        long page = k.pages().headPageOf(object);
        int size = k.memory().peekInt(s + KmemCache.SIZE);
        List<Long> free = new ArrayList<>();
        for (int i = 0; i < FreeMap.peekObjects(k.memory(), page); i++) {
            if (FreeMap.peek(k.memory(), page, i)) {
                free.add(k.pages().addressOf(page) + (long) i * size);
            }
        }
        return free;
    }

    private static long[] array(List<Long> objects) {
        return objects.stream().mapToLong(Long::longValue).toArray();
    }

    /**
     * The tunables take exactly the values that the kernel's rule allows, and whatever they are set
     * to, no queue ever holds more than it has room for.
     */
    @Property
    void batchStaysWithinTheQueue(
            @ForAll("parallelMachines") Shape shape, @ForAll("stores") List<Setting> settings) {
        if (subject.tired()) {
            return;
        }
        Rig rig = subject.machine(shape);
        Kernel k = rig.kernel();
        Slab slab = k.slab();
        Task task = rig.task(0);
        long s =
                rig.call(
                        task,
                        "kmem_cache_create(\"own\", 24, 0, 0, NULL)",
                        () -> slab.create(task, "own", 24, 0, SlabFlags.DESTROY_BY_RCU, 0));
        for (Setting setting : settings) {
            setting.store(rig, task, s);
            subject.judge(rig.wrong(), rig.story());
            burst(rig, s, setting.burst());
            subject.judge(rig.wrong(), rig.story());
        }
    }

    /**
     * What a caller must not do gets the kernel's own report or an error number, and changes
     * nothing, whatever happened before.
     */
    @Property
    void misuseIsReportedAndChangesNothing(
            @ForAll("machines") Shape shape,
            @ForAll("shortSteps") List<Op> steps,
            @ForAll Misuse misuse) {
        if (subject.tired()) {
            return;
        }
        Rig rig = subject.machine(shape);
        World world = new World(rig);
        steps.forEach(world::apply);
        Slab slab = rig.kernel().slab();
        Task task = rig.task(shape.cpus() - 1);
        long flags = SlabFlags.DEBUG_FREE | SlabFlags.RED_ZONE;
        long s = create(rig, task, "victim", flags);
        long other = create(rig, task, "other", SlabFlags.DESTROY_BY_RCU);
        long object =
                rig.call(task, "kmem_cache_alloc(victim)", () -> slab.alloc(task, s, Gfp.KERNEL));
        long free =
                rig.call(task, "kmem_cache_alloc(victim)", () -> slab.alloc(task, s, Gfp.KERNEL));
        rig.run(task, "kmem_cache_free(victim)", () -> slab.free(task, s, free));
        subject.judge(world.wrong(object), rig.story());

        int reports = rig.kernel().reports().size();
        Misuse.Victim victim = new Misuse.Victim(s, object, free, other);
        long result = rig.call(task, misuse.text(), () -> misuse.commit(slab, task, victim));
        if (!misuse.report().isEmpty()) {
            rig.expect(reports, misuse.report() + "|FIX victim", 1);
        }
        rig.require(result == misuse.result(), misuse.text() + " returns " + result);
        subject.judge(world.wrong(object), rig.story());
    }

    @Provide
    Arbitrary<List<Op>> shortSteps() {
        return Op.any().list().ofMaxSize(12);
    }

    private static long create(Rig rig, Task task, String name, long flags) {
        return rig.call(
                task,
                "kmem_cache_create(\""
                        + name
                        + "\", 40, 0, 0x"
                        + Long.toHexString(flags)
                        + ", NULL)",
                () -> rig.kernel().slab().create(task, name, 40, 0, flags, 0));
    }

    /** Allocates some on one CPU and frees them on another. */
    private static void burst(Rig rig, long s, int count) {
        Slab slab = rig.kernel().slab();
        Task one = rig.task(0);
        Task other = rig.task(rig.kernel().geometry().cpus() - 1);
        List<Long> held = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long object =
                    rig.call(one, "kmem_cache_alloc(own)", () -> slab.alloc(one, s, Gfp.KERNEL));
            if (object != 0) {
                held.add(object);
            }
        }
        for (long object : held) {
            rig.run(
                    other,
                    "kmem_cache_free(own, " + ApiCall.hex(object) + ")",
                    () -> slab.free(other, s, object));
        }
    }

    @Provide
    Arbitrary<List<Setting>> stores() {
        return Setting.any().list().ofMinSize(1).ofMaxSize(8);
    }

    /**
     * A value stored in a tunable, and what is done then.
     *
     * @param batch batch_size, not cpu_queue_size
     * @param value as it is written to the file
     * @param burst objects that are then allocated and freed
     */
    record Setting(boolean batch, String value, int burst) {
        static Arbitrary<Setting> any() {
            Arbitrary<String> numbers =
                    Arbitraries.frequencyOf(
                            Tuple.of(8, Arbitraries.integers().between(4, 60).map(String::valueOf)),
                            Tuple.of(2, Arbitraries.integers().between(0, 6).map(String::valueOf)),
                            Tuple.of(
                                    1,
                                    Arbitraries.of(
                                            "10000",
                                            "10001",
                                            "4294967300",
                                            "-1",
                                            "",
                                            "many",
                                            "5x")));
            return Combinators.combine(
                            Arbitraries.of(false, true),
                            numbers,
                            Arbitraries.integers().between(0, 12))
                    .as(Setting::new);
        }

        void store(Rig rig, Task task, long s) {
            Slab slab = rig.kernel().slab();
            Memory m = rig.kernel().memory();
            String file = batch ? "batch_size" : "cpu_queue_size";
            int queue = rig.dead() ? 0 : KmemCache.queue(m, s);
            long error =
                    rig.call(
                            task,
                            "echo '" + value + "' > /sys/kernel/slab/own/" + file,
                            () -> SlabAttributes.store(slab, task, s, file, value));
            long number = value.matches("[0-9]{1,18}") ? Long.parseLong(value) : -1;
            boolean legal =
                    number >= Tunables.MIN_QUEUE && number <= (batch ? queue : Tunables.MAX_QUEUE);
            // A queue that no per-CPU unit has room for is legal, but cannot be had.
            boolean tooLarge = !batch && legal && error == Errno.ENOMEM;
            rig.require(
                    tooLarge || error == (legal ? 0 : Errno.EINVAL),
                    String.format(
                            "%s takes '%s' with %d, with a queue of %d",
                            file, value, error, queue));
            if (error == 0 && !rig.dead()) {
                rig.require(
                        (batch ? KmemCache.batch(m, s) : KmemCache.queue(m, s)) == number,
                        file + " is not what was stored");
            }
        }
    }
}
