package org.slubcheck.verdict;

import java.util.List;
import java.util.Set;

/**
 * A line of a time line, taken apart: what a drawing needs that the text does not say. Marks stand
 * in the order in which things took effect.
 *
 * @param step the number of the access in the run, from 1; 0 for what is no access
 * @param task who did it, by the order in which tasks began; -1 for nobody
 * @param cpu where: the column; -1 for what belongs to none
 * @param irq whether it was done in interrupt context
 * @param what kind of thing it is
 * @param object the lock or word that it is about; empty where there is none
 * @param text the line as a person reads it
 * @param irqsOff whether that CPU has irqs off behind it
 * @param ipi whether that CPU runs another's interrupt behind it
 * @param locks what that CPU holds behind it, in the order in which it was taken
 */
public record Mark(
        int step,
        int task,
        int cpu,
        boolean irq,
        What what,
        String object,
        String text,
        boolean irqsOff,
        boolean ipi,
        List<String> locks) {
    /** Kinds of marks. */
    public enum What {
        /** A task starts. */
        BEGIN,
        /** A task is preempted. */
        PREEMPTED,
        /** A task waits for {@link Mark#object}. */
        WAITS,
        /** Irqs go off. */
        IRQ_OFF,
        /** Irqs go on. */
        IRQ_ON,
        /** An interrupt from another CPU begins. */
        IPI,
        /** It ends. */
        IPI_DONE,
        /** A lock is taken. */
        LOCK,
        /** A lock is given back. */
        UNLOCK,
        /** A load that matters. */
        READ,
        /** Stores to one struct. */
        WRITE,
        /** memset, memcpy. */
        BULK,
        /** Lines that were left out. */
        OMITTED,
        /** What is wrong at the end. */
        WRONG
    }

    /** Copies the list; a text that is missing is empty. */
    public Mark {
        object = object == null ? "" : object;
        text = text == null ? "" : text;
        locks = locks == null ? List.of() : List.copyOf(locks);
    }

    /** The same, as if there were no locks but these. */
    public Mark holding(Set<String> known) {
        return new Mark(
                step,
                task,
                cpu,
                irq,
                what,
                object,
                text,
                irqsOff,
                ipi,
                locks.stream().filter(known::contains).toList());
    }

    /** The CPUs that have marks, in order. */
    public static List<Integer> cpus(List<Mark> marks) {
        return marks.stream().map(Mark::cpu).filter(c -> c >= 0).distinct().sorted().toList();
    }

    /** What is wrong at the end of a run, as it is reported. */
    public static Mark wrong(String report) {
        return new Mark(0, -1, -1, false, What.WRONG, "", report, false, false, List.of());
    }
}
