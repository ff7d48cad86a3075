package org.slubcheck.timeline;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.AccessLog;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;

/**
 * A log made by hand: single accesses on a copy of a booted machine, each by a thread of the test's
 * choice. Threads are numbered by their first access, so begin them in order.
 */
final class Tape implements AutoCloseable {
    /** A writer in an rwsem word; a waiting one is twice as much. */
    static final long WRITER = 1L << 32;

    final Kernel template;
    final Kernel kernel;
    final Memory m;
    final long victim;
    private final List<ExecutorService> threads = new ArrayList<>();

    Tape() {
        this(Geometry.micro());
    }

    Tape(Geometry geometry) {
        KernelConfig plain = KernelConfig.of(geometry).withDebugPercpu(true);
        template = Kernel.bootChecked(plain.with(plain.slab().withMerge(false)), Steps.mainline());
        victim = template.slab().create(template.task(0), "victim", 32, 0, 0, 0);
        kernel = template.forkChecked();
        kernel.checked().startLog(true);
        kernel.checked().checkAddresses(false);
        m = kernel.memory();
    }

    /** An access by a thread as a task on a CPU. */
    Tape on(int thread, int cpu, Runnable access) {
        while (threads.size() <= thread) {
            threads.add(Executors.newSingleThreadExecutor());
        }
        CompletableFuture.runAsync(
                        () -> {
                            m.runs(Task.on(cpu));
                            access.run();
                        },
                        threads.get(thread))
                .join();
        return this;
    }

    long slubLock() {
        return kernel.slab().wiring().slubLock();
    }

    /** The word of a name. */
    long address(String name) {
        Symbolizer names = new Symbolizer(template);
        return LongStream.iterate(0, at -> at < m.size(), at -> at + Memory.WORD)
                .filter(at -> names.name(at).equals(name))
                .findFirst()
                .orElseThrow();
    }

    AccessLog log() {
        kernel.checked().stopLog();
        return kernel.checked().log();
    }

    List<Event> events(String... tasks) {
        return new Events(template, log(), List.of(tasks), "").all();
    }

    List<String> texts(String... tasks) {
        return events(tasks).stream().map(e -> "CPU " + e.cpu() + ": " + e.text()).toList();
    }

    @Override
    public void close() {
        threads.forEach(ExecutorService::shutdown);
    }
}
