package org.slubcheck.properties;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.slubcheck.kernel.BootRun;
import org.slubcheck.kernel.BootStep;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Geometry.LateMemory;

/** A boot taken apart, against the documented order. */
@AddLifecycleHook(Handover.class)
final class BootOrderProperties {
    private static final int STEPS = BootStep.values().length;

    private final Subject subject = Subject.current();

    /** A change to a list of steps; places beyond its end count from its start again. */
    record Edit(Kind kind, int from, int to) {
        enum Kind {
            MOVE,
            REPEAT,
            LEAVE_OUT
        }

        void apply(List<BootStep> steps) {
            if (steps.isEmpty()) {
                return;
            }
            int at = from % steps.size();
            BootStep step = kind == Kind.REPEAT ? steps.get(at) : steps.remove(at);
            if (kind != Kind.LEAVE_OUT) {
                steps.add(to % (steps.size() + 1), step);
            }
        }
    }

    /** The kernel's order with few changes, of which many are right, or any order at all. */
    @Provide
    Arbitrary<List<BootStep>> orders() {
        return orders(false);
    }

    /** The same of a kernel with early kmalloc. */
    @Provide
    Arbitrary<List<BootStep>> earlyOrders() {
        return orders(true);
    }

    private static Arbitrary<List<BootStep>> orders(boolean earlyKmalloc) {
        Arbitrary<Integer> place = Arbitraries.integers().between(0, STEPS);
        Arbitrary<List<BootStep>> near =
                Combinators.combine(Arbitraries.of(Edit.Kind.values()), place, place)
                        .as(Edit::new)
                        .list()
                        .ofMaxSize(3)
                        .map(edits -> edited(BootStep.order(earlyKmalloc), edits));
        return Arbitraries.frequencyOf(
                Tuple.of(6, near),
                Tuple.of(1, Arbitraries.shuffle(BootStep.values())),
                Tuple.of(1, Arbitraries.of(BootStep.values()).list().ofMaxSize(STEPS + 2)));
    }

    private static List<BootStep> edited(List<BootStep> steps, List<Edit> edits) {
        edits.forEach(edit -> edit.apply(steps));
        return steps;
    }

    /** Without NUMA, with it on one node and on two, of which one may come late; with each engine. */
    @Provide
    Arbitrary<KernelConfig> kernels() {
        return Combinators.combine(
                        Arbitraries.of(
                                uma(),
                                Geometry.small(),
                                Geometry.numa(2),
                                Geometry.numa(2).withLate(new LateMemory(1, 0))),
                        Arbitraries.of(KernelConfig.ENGINES))
                .as((g, engine) -> KernelConfig.of(g).withEngine(engine))
                .map(config -> config.with(config.slab().withDmaLate(true)));
    }

    private static Geometry uma() {
        Geometry g = Geometry.small();
        return new Geometry(
                "uma",
                g.cpus(),
                1,
                false,
                g.pageSize(),
                g.cacheLine(),
                g.maxOrder(),
                g.pages(),
                g.kmallocMin(),
                g.kmallocMax(),
                g.percpuEarlySize(),
                g.percpuEarlySlots());
    }

    /**
     * The kernel accepts exactly the documented orders: any other dies, or complains, in the kernel's
     * own words and by what it found in memory.
     */
    @Property
    void documentedOrdersAreAccepted(
            @ForAll("orders") List<BootStep> order, @ForAll("kernels") KernelConfig kernel) {
        if (!subject.tired()) {
            judge(kernel, order);
        }
    }

    /** The same with CONFIG_EARLY_KMALLOC, where other orders are right. */
    @Property
    void documentedOrdersAreAcceptedEarly(
            @ForAll("earlyOrders") List<BootStep> order, @ForAll("kernels") KernelConfig kernel) {
        if (!subject.tired()) {
            judge(kernel.withEarlyKmalloc(true), order);
        }
    }

    private void judge(KernelConfig config, List<BootStep> order) {
        BootRun.Result result = BootRun.of(config, subject.steps(), order);
        List<BootOrder.Broken> broken = BootOrder.broken(order, config);
        List<String> wrong = new ArrayList<>();
        if (broken.isEmpty() && !result.accepted()) {
            wrong.add("a documented order fails in " + result.failedAt());
            wrong.addAll(result.failures());
        } else if (!broken.isEmpty() && result.accepted()) {
            wrong.add("an order is accepted: " + broken.get(0));
        } else if (!broken.isEmpty()) {
            wrong.addAll(BootFailures.wrong(broken, result));
        }
        List<String> story = new ArrayList<>();
        story.add(
                "boot "
                        + config.geometry().name()
                        + " engine="
                        + config.engine()
                        + (config.geometry().memoryHotplug() ? " with late memory" : "")
                        + (config.earlyKmalloc() ? " CONFIG_EARLY_KMALLOC" : "")
                        + " by hand");
        order.forEach(step -> story.add(step.kernelName()));
        subject.judge(wrong, story);
    }
}
