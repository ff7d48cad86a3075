package org.slubcheck.properties;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.slubcheck.kernel.Census;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.KernelDeath;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;

/**
 * A kernel under test: runs calls on it, writes them down as kernel code reads, and keeps what is
 * wrong. A kernel that dies stays dead: later calls do nothing.
 */
final class Rig {
    private final Kernel kernel;
    private final List<String> story = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    private final List<String> expected = new ArrayList<>();
    private final List<Long> givenUp = new ArrayList<>();
    private KernelDeath.Cause death;

    private Rig(Kernel kernel, Kernel before, String machine) {
        this.kernel = kernel;
        Subject.current().watch(kernel, before);
        story.add(machine);
    }

    /** A machine that is switched off. */
    static Rig off(String machine, KernelConfig config, Steps steps) {
        Kernel kernel = Kernel.offChecked(config, steps);
        return new Rig(kernel, kernel, machine);
    }

    /** A machine that is up, or has died on the way. */
    static Rig up(String machine, KernelConfig config, Steps steps) {
        Rig rig = off(machine, config, steps);
        rig.boot();
        return rig;
    }

    /** A copy that goes on by itself, with nothing wrong yet. */
    Rig fork() {
        Kernel copy = kernel.forkChecked();
        copy.checked().stopRaceDetection();
        copy.checked().soleRunner(true);
        return new Rig(copy, kernel, story.get(0));
    }

    /** The same with the story so far. */
    Rig continued() {
        Rig copy = fork();
        copy.story.addAll(story.subList(1, story.size()));
        return copy;
    }

    Kernel kernel() {
        return kernel;
    }

    /** Boots to the end. */
    void boot() {
        attempt(() -> kernel.bootTo(Kernel.Stage.RUNNING).stage().ordinal());
    }

    /** A task on a CPU. */
    Task task(int cpu) {
        return kernel.task(cpu);
    }

    /** Runs a call as a task; returns what it returned, 0 from a kernel that is dead. */
    long call(Task task, String text, LongSupplier code) {
        return call(task, text, false, code);
    }

    /** The same for a caller that has its interrupts off already. */
    long call(Task task, String text, boolean irqsOff, LongSupplier code) {
        if (dead()) {
            return 0;
        }
        int line = story.size();
        story.add("cpu#" + task.cpu() + ": " + text);
        long result = attempt(code);
        if (!dead()) {
            kernel.machine().checkReturn(task, irqsOff, text.replaceAll("\\(.*", ""));
            story.set(line, story.get(line) + " = " + show(result));
        }
        return result;
    }

    /** The same for a call that returns nothing. */
    void run(Task task, String text, Runnable code) {
        if (dead()) {
            return;
        }
        story.add("cpu#" + task.cpu() + ": " + text);
        attempt(
                () -> {
                    code.run();
                    return 0;
                });
        if (!dead()) {
            kernel.machine().checkReturn(task, false, text.replaceAll("\\(.*", ""));
        }
    }

    /** Gives all empty slabs and per-CPU chunks back. */
    void shrinkAll() {
        if (dead()) {
            return;
        }
        story.add("kmem_cache_shrink() of every cache");
        Task task = task(0);
        attempt(
                () -> {
                    expireAll(task);
                    // Shrinking allocates for itself, so what it gives back last is its own.
                    for (int round = 0; round < 2; round++) {
                        for (long s : kernel.slab().caches()) {
                            kernel.slab().shrink(task, s);
                        }
                    }
                    kernel.percpu().reclaim(task);
                    return 0;
                });
    }

    /** What shrink_slab does, until two runs in a row give nothing: queues are empty then. */
    void expireAll(Task task) {
        int idle = 0;
        while (idle < 2) {
            idle = kernel.slab().engine().reclaim(task, -1) == 0 ? idle + 1 : 0;
        }
    }

    /** Runs a call that is not worth a line. */
    long ask(LongSupplier code) {
        return dead() ? 0 : attempt(code);
    }

    private static String show(long value) {
        return value >= -4096 && value <= 4096
                ? Long.toString(value)
                : "0x" + Long.toHexString(value);
    }

    private long attempt(LongSupplier code) {
        try {
            return code.getAsLong();
        } catch (RuntimeException end) {
            KernelDeath how = kernel.machine().deathBy(end, story.get(story.size() - 1));
            if (how == null) {
                throw end;
            }
            death = how.how();
        }
        return 0;
    }

    /** True once the kernel has died. */
    boolean dead() {
        return death != null;
    }

    /** True when the kernel stopped of its own will, with a panic or a BUG. */
    boolean stopped() {
        return death == KernelDeath.Cause.PANIC || death == KernelDeath.Cause.BUG;
    }

    /** The same with this as its last word. */
    boolean stoppedBy(Pattern lastWord) {
        List<String> reports = kernel.reports();
        return stopped() && lastWord.matcher(reports.get(reports.size() - 1)).find();
    }

    /** What was wrong with a kernel before it stopped: all but its last word. */
    List<String> wrongBeforeItStopped() {
        List<String> reports = kernel.reports();
        List<String> before = new ArrayList<>(reports.subList(0, reports.size() - 1));
        before.addAll(wrong);
        return before;
    }

    /** Writes a line that is not a call. */
    void note(String line) {
        story.add(line);
    }

    /** Keeps a sentence if something does not hold. */
    void require(boolean holds, String sentence) {
        if (!holds && !dead()) {
            wrong.add(sentence);
        }
    }

    /** Keeps a sentence about a kernel that is dead. */
    void blame(String sentence) {
        wrong.add(sentence);
    }

    /**
     * Says that reports behind the first so many are right, if they match; there must be some. They
     * are not held against the kernel.
     */
    void expect(int from, String pattern, int atLeast) {
        List<String> reports = kernel.reports();
        int found = 0;
        for (String report : reports.subList(from, reports.size())) {
            if (Pattern.compile(pattern).matcher(report).find()) {
                expected.add(report);
                found++;
            }
        }
        if (found < atLeast) {
            wrong.add("no report matches " + pattern);
        }
    }

    /** The calls so far. */
    List<String> story() {
        return story;
    }

    /** Objects in slabs that object debugging has taken out of use: nobody can get them any more. */
    void giveUp(List<Long> objects) {
        givenUp.addAll(objects);
    }

    /**
     * Everything that is wrong: the kernel's reports, the sentences kept, and of a kernel that
     * lives the census.
     */
    List<String> wrong(long... held) {
        List<String> all = complaints();
        if (!dead()) {
            long[] lost = givenUp.stream().mapToLong(Long::longValue).toArray();
            all.addAll(Census.of(kernel, held, lost));
        }
        return all;
    }

    /** The same without the census. */
    List<String> complaints() {
        List<String> all = new ArrayList<>(kernel.reports());
        all.removeAll(expected);
        all.addAll(wrong);
        return all;
    }
}
