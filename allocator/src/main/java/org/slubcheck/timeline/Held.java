package org.slubcheck.timeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slubcheck.verdict.Mark;
import org.slubcheck.verdict.Mark.What;

/**
 * What each CPU holds at a moment of a run: its irq line, another's interrupt, locks. Every mark is
 * told what its CPU holds behind it, so that a drawing stays right when lines are left out.
 */
final class Held {
    private final Set<Integer> off = new TreeSet<>();
    private final Set<Integer> interrupted = new TreeSet<>();
    private final Map<Integer, List<String>> locks = new LinkedHashMap<>();

    /** A mark that changes what is held, or does not. */
    Mark mark(int step, int task, int cpu, boolean irq, What what, String object, String text) {
        switch (what) {
            case IRQ_OFF -> off.add(cpu);
            case IRQ_ON -> off.remove(cpu);
            case IPI -> interrupted.add(cpu);
            case IPI_DONE -> interrupted.remove(cpu);
            case LOCK -> held(cpu).add(object);
            case UNLOCK -> release(cpu, object);
            default -> {}
        }
        boolean ipi = interrupted.contains(cpu);
        return new Mark(
                step, task, cpu, irq, what, object, text, ipi || off.contains(cpu), ipi, held(cpu));
    }

    private List<String> held(int cpu) {
        return locks.computeIfAbsent(cpu, any -> new ArrayList<>());
    }

    /** Who gives a lock back may have moved since it took it. */
    private void release(int cpu, String lock) {
        if (!held(cpu).remove(lock)) {
            for (List<String> others : locks.values()) {
                if (others.remove(lock)) {
                    return;
                }
            }
        }
    }
}
