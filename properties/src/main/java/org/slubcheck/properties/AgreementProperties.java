package org.slubcheck.properties;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.PageStruct;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.Slab;

/**
 * Every call of the API, on every engine, in the midst of a random load: callers see the same.
 *
 * <p>What they see is whether a call succeeds, its error number, whether it returns NULL, how many
 * bytes they may use, that an object is aligned, and what lives in the end. On each engine the census
 * holds. Which node an object is of is the engine's choice where the caller names none: a CPU slab may
 * be of any. How many bytes of an object with a constructor may be used differs, too.
 */
@AddLifecycleHook(Handover.class)
final class AgreementProperties {
    /** A call comes after so many steps of the load. */
    private static final int EVERY = 3;

    private final Subject subject = Subject.current();

    @Provide
    Arbitrary<Shape> machines() {
        return Shapes.forSteps();
    }

    @Provide
    Arbitrary<List<Op>> steps() {
        return ApiProperties.sequence(Op.any());
    }

    /** jqwik's own choice of numbers is mostly small: the last calls would seldom be made. */
    @Provide
    Arbitrary<List<Integer>> calls() {
        return Arbitraries.integers()
                .between(0, ApiCall.all().size() - 1)
                .withDistribution(RandomDistribution.uniform())
                .list()
                .ofMinSize(4)
                .ofMaxSize(12);
    }

    /** The same calls on all engines return the same and leave the same. */
    @Property
    void everyCallReturnsTheSame(
            @ForAll("machines") Shape shape,
            @ForAll("steps") List<Op> steps,
            @ForAll("calls") List<Integer> calls) {
        if (subject.tired()) {
            return;
        }
        List<String> engines = KernelConfig.ENGINES;
        List<Rig> rigs = new ArrayList<>();
        List<World> worlds = new ArrayList<>();
        for (String engine : engines) {
            Rig rig = subject.machine(new OnEngine(shape, engine));
            rigs.add(rig);
            worlds.add(new World(rig));
        }
        for (int i = 0; i < steps.size(); i++) {
            Op op = steps.get(i);
            // Tunables and their files differ with the engine.
            boolean own =
                    op.kind() == Op.Kind.RESIZE
                            || op.kind() == Op.Kind.BATCH
                            || op.kind() == Op.Kind.SHOW;
            ApiCall call = ApiCall.all().get(calls.get(i / EVERY % calls.size()));
            boolean due = i % EVERY == 0 && rigs.stream().allMatch(call::applies);
            for (int e = 0; e < rigs.size(); e++) {
                if (!own) {
                    worlds.get(e).apply(op);
                }
                if (due) {
                    make(rigs.get(e), call);
                }
            }
        }
        for (int e = 0; e < rigs.size(); e++) {
            World world = worlds.get(e);
            subject.judge(world.wrong(), world.story());
            List<String> difference =
                    difference(
                            engines.get(e), world.known(), engines.get(0), worlds.get(0).known());
            subject.judge(difference, world.story());
        }
    }

    /** Makes a call, writes down what a caller can see of the objects that he got, and undoes it. */
    private static void make(Rig rig, ApiCall call) {
        if (rig.dead()) {
            return;
        }
        Task task = rig.task(0);
        long prepared = call.prepare(rig, task);
        long result = rig.call(task, call.text(), () -> call.run(rig, task, prepared));
        rig.require(call.succeeded(result), call.text() + " fails although memory is free");
        if (!rig.dead()) {
            Slab slab = rig.kernel().slab();
            for (long object : call.held(prepared, result)) {
                if (!constructed(rig, object)) {
                    rig.note("ksize " + rig.ask(() -> slab.ksize(task, object)));
                }
                int node = rig.kernel().pages().nodeOf(rig.kernel().pages().pageOf(object));
                rig.require(
                        call.node() < 0 || node == call.node(),
                        call.text() + " returns an object of node " + node);
                long align = alignment(rig, object);
                rig.note("align " + align);
                rig.require(
                        object % align == 0,
                        String.format(
                                "%s returns 0x%x, not aligned to %d", call.text(), object, align));
            }
        }
        call.undo(rig, task, prepared, result);
    }

    /** What the cache of an object says that its objects are aligned to; a page without a cache. */
    private static long alignment(Rig rig, long object) {
        long page = rig.kernel().pages().headPageOf(object);
        Memory m = rig.kernel().memory();
        return PageStruct.isSlab(m, page)
                ? m.peekInt(m.peek(page + PageStruct.SLAB) + KmemCache.ALIGN)
                : rig.kernel().geometry().pageSize();
    }

    /**
     * An object with a constructor has its free pointer behind it on the engines of 2.6.36, and their
     * ksize counts that pointer in, as the kernel's does, which asks for RCU and tracking only.
     */
    private static boolean constructed(Rig rig, long object) {
        long page = rig.kernel().pages().headPageOf(object);
        Memory m = rig.kernel().memory();
        long s = m.peek(page + PageStruct.SLAB);
        return s != 0 && m.peek(s + KmemCache.CTOR) != 0;
    }

    /** The first line in which two callers' views differ; empty when they are the same. */
    static List<String> difference(
            String engine, List<String> seen, String other, List<String> expected) {
        for (int i = 0; i < Math.min(seen.size(), expected.size()); i++) {
            if (!seen.get(i).equals(expected.get(i))) {
                return List.of(
                        String.format(
                                "the engines differ: %s '%s', %s '%s'",
                                engine, seen.get(i), other, expected.get(i)));
            }
        }
        return seen.size() == expected.size()
                ? List.of()
                : List.of("the engines differ in length: " + engine + " and " + other);
    }
}
