package org.slubcheck.properties;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.kernel.BootStep;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.mm.PageStruct;

/**
 * A kernel with early kmalloc that is booted by hand, step by step as its boot CPU takes them, and
 * somebody who allocates in between and knows what he wrote.
 */
final class EarlyWorld {
    private final Rig rig;
    private final Kernel kernel;
    private final Task task;
    private final List<Held> held = new ArrayList<>();
    private boolean irqsOff = true;
    private int next = 1;

    /** Memory that somebody has, filled with a byte. */
    private record Held(long address, int size, int fill) {}

    EarlyWorld(String name, KernelConfig config, Steps steps) {
        rig = Rig.off(name, config.withEarlyKmalloc(true), steps);
        kernel = rig.kernel();
        task = rig.task(0);
        kernel.machine().irqDisable(task);
    }

    Kernel kernel() {
        return kernel;
    }

    /** Takes steps of the boot. */
    void take(BootStep... steps) {
        take(List.of(steps));
    }

    void take(List<BootStep> steps) {
        for (BootStep step : steps) {
            irqsOff &= step != BootStep.LOCAL_IRQ_ENABLE;
            rig.call(
                    task,
                    step.kernelName() + "()",
                    irqsOff,
                    () -> {
                        kernel.take(task, step);
                        return 0;
                    });
        }
    }

    /** kmalloc of each size; none of these may fail. */
    void allocate(List<Integer> sizes) {
        for (int size : sizes) {
            allocate(size, 0, -1);
        }
    }

    /** kmalloc_node with GFP_ATOMIC and more flags; the address. */
    long allocate(int size, int flags, int node) {
        String gfp = flags == Gfp.DMA ? "GFP_DMA" : "GFP_ATOMIC";
        String text =
                node < 0
                        ? "kmalloc(" + size + ", " + gfp + ")"
                        : "kmalloc_node(" + size + ", " + gfp + ", " + node + ")";
        long p =
                rig.call(
                        task,
                        text,
                        irqsOff,
                        () -> kernel.slab().kmallocNode(task, size, Gfp.ATOMIC | flags, node));
        rig.require(p != 0, text + " fails");
        if (p != 0) {
            Held object = new Held(p, size, next++ & 0x7f);
            rig.ask(
                    () -> {
                        kernel.memory().fill(p, size, object.fill);
                        return 0;
                    });
            held.add(object);
        }
        return p;
    }

    /** Frees so many of those that were allocated first. */
    void free(int count) {
        for (int i = 0; i < count && !held.isEmpty() && !rig.dead(); i++) {
            Held object = held.remove(0);
            rig.ask(
                    () -> {
                        rig.require(intact(object), "somebody wrote to what is in a caller's hand");
                        return 0;
                    });
            rig.call(
                    task,
                    "kfree(" + Long.toHexString(object.address) + ")",
                    irqsOff,
                    () -> {
                        kernel.slab().kfree(task, object.address);
                        return 0;
                    });
        }
    }

    /** Frees everything. */
    void freeAll() {
        free(held.size());
    }

    /** Behind mem_init every page is free or in use, whatever the lists look like by now. */
    void addUp() {
        long free = kernel.pages().freePages();
        long all = kernel.pages().pages();
        long used = 0;
        for (long i = 0; i < all; i++) {
            long page = kernel.pages().pageAt(i);
            boolean tail =
                    (kernel.memory().peek(page + PageStruct.FLAGS) & PageStruct.PG_TAIL) != 0;
            used += tail || kernel.memory().peekInt(page + PageStruct.COUNT) > 0 ? 1 : 0;
        }
        if (free + used != all) {
            rig.blame(
                    "the pages behind mem_init do not add up: "
                            + free
                            + " are free and "
                            + used
                            + " in use, of "
                            + all);
        }
    }

    private boolean intact(Held object) {
        Memory m = kernel.memory();
        for (int i = 0; i < object.size; i += Memory.WORD) {
            if (m.readByte(object.address + i) != object.fill) {
                return false;
            }
        }
        return true;
    }

    /** Keeps a sentence if something does not hold. */
    void require(boolean holds, String sentence) {
        rig.require(holds, sentence);
    }

    boolean dead() {
        return rig.dead();
    }

    /** Writes as the boot CPU, whoever had the memory before. */
    void poke(Runnable writes) {
        rig.ask(
                () -> {
                    writes.run();
                    return 0;
                });
    }

    List<String> story() {
        return rig.story();
    }

    /** Everything that is wrong. */
    List<String> wrong() {
        boolean off = task.irqsOff();
        if (off) {
            kernel.machine().irqEnable(task);
        }
        List<String> wrong = rig.wrong(held.stream().mapToLong(Held::address).toArray());
        if (off && wrong.isEmpty()) {
            kernel.machine().irqDisable(task);
        }
        return wrong;
    }
}
