package org.slubcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slubcheck.machine.LockClass.LIST_LOCK;
import static org.slubcheck.machine.LockClass.SLAB_LOCK;
import static org.slubcheck.machine.LockClass.SLUB_LOCK;
import static org.slubcheck.machine.LockClass.SYSFS_MUTEX;
import static org.slubcheck.machine.LockClass.ZONE_LOCK;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The corpus of runs that lockdep must report, each beside the nearest run that it must not; what it
 * says is held to the text in the resource of the same name. In none of them does anything go wrong.
 */
final class LockdepReportsTest {
    private static final Map<LockClass, Long> PLACES =
            Map.of(
                    SLUB_LOCK, 0x4c0L,
                    SYSFS_MUTEX, 0x580L,
                    SLAB_LOCK, 0x680L,
                    LIST_LOCK, 0x6c0L,
                    ZONE_LOCK, 0x740L);

    private static final int NESTED = Machine.SINGLE_DEPTH_NESTING;
    private static final Map<String, Consumer<Bench>> MUST_FAIL = new TreeMap<>();
    private static final Map<String, Consumer<Bench>> MUST_NOT_FAIL = new TreeMap<>();

    static {
        MUST_FAIL.put(
                "ab-ba",
                b -> {
                    b.nest(SLAB_LOCK, LIST_LOCK);
                    b.nest(LIST_LOCK, SLAB_LOCK);
                });
        MUST_NOT_FAIL.put(
                "ab-ab",
                b -> {
                    b.nest(SLAB_LOCK, LIST_LOCK);
                    b.nest(SLAB_LOCK, LIST_LOCK);
                });
        MUST_FAIL.put(
                "ab-bc-ca",
                b -> {
                    b.nest(SLAB_LOCK, LIST_LOCK);
                    b.nest(LIST_LOCK, ZONE_LOCK);
                    b.nest(ZONE_LOCK, SLAB_LOCK);
                });
        MUST_NOT_FAIL.put(
                "ab-bc-ac",
                b -> {
                    b.nest(SLAB_LOCK, LIST_LOCK);
                    b.nest(LIST_LOCK, ZONE_LOCK);
                    b.nest(SLAB_LOCK, ZONE_LOCK);
                });
        MUST_FAIL.put("recursion", b -> b.two(0));
        MUST_NOT_FAIL.put("nested-annotation", b -> b.two(NESTED));
        MUST_FAIL.put(
                "nested-inversion",
                b -> {
                    b.two(NESTED);
                    b.lock(LIST_LOCK, 1, NESTED);
                    b.lock(LIST_LOCK, 0, 0);
                    b.unlock(LIST_LOCK, 0);
                    b.unlock(LIST_LOCK, 1);
                });
        MUST_FAIL.put(
                "reader-under-reader",
                b -> {
                    b.machine.downRead(b.task, at(SLUB_LOCK, 0), SLUB_LOCK, "test");
                    b.machine.downRead(b.task, at(SLUB_LOCK, 0), SLUB_LOCK, "test");
                });
        MUST_NOT_FAIL.put(
                "readers-of-two-tasks",
                b -> {
                    b.machine.downRead(b.task, at(SLUB_LOCK, 0), SLUB_LOCK, "test");
                    b.machine.downRead(Task.on(1), at(SLUB_LOCK, 0), SLUB_LOCK, "test");
                });
        MUST_FAIL.put(
                "reader-writer",
                b -> {
                    b.mutexThenRead();
                    b.writeThenMutex();
                });
        MUST_NOT_FAIL.put(
                "reader-that-tries",
                b -> {
                    b.machine.mutexLock(b.task, at(SYSFS_MUTEX, 0), SYSFS_MUTEX, "test");
                    assertThat(b.machine.downReadTryLock(b.task, at(SLUB_LOCK, 0), SLUB_LOCK))
                            .isTrue();
                    b.machine.upRead(b.task, at(SLUB_LOCK, 0), SLUB_LOCK);
                    b.machine.mutexUnlock(b.task, at(SYSFS_MUTEX, 0), SYSFS_MUTEX);
                    b.writeThenMutex();
                });
        MUST_FAIL.put(
                "irqs-on",
                b -> {
                    b.inInterrupt();
                    b.nest(LIST_LOCK);
                });
        MUST_NOT_FAIL.put(
                "irqs-off",
                b -> {
                    b.inInterrupt();
                    boolean irqs = b.machine.irqSave(b.task);
                    b.nest(LIST_LOCK);
                    b.machine.irqRestore(b.task, irqs);
                });
        MUST_FAIL.put(
                "irq-unsafe-under-irq-safe",
                b -> {
                    b.nest(ZONE_LOCK);
                    b.inInterrupt();
                    boolean irqs = b.machine.irqSave(b.task);
                    b.nest(LIST_LOCK, ZONE_LOCK);
                    b.machine.irqRestore(b.task, irqs);
                });
        MUST_FAIL.put(
                "reclaim-waits",
                b -> {
                    b.allocateUnderWrite();
                    b.reclaim(
                            () -> {
                                b.machine.downRead(b.task, at(SLUB_LOCK, 0), SLUB_LOCK, "test");
                                b.machine.upRead(b.task, at(SLUB_LOCK, 0), SLUB_LOCK);
                            });
                });
        MUST_NOT_FAIL.put(
                "reclaim-that-tries",
                b -> {
                    b.allocateUnderWrite();
                    b.reclaim(
                            () -> {
                                long lock = at(SLUB_LOCK, 0);
                                assertThat(b.machine.downReadTryLock(b.task, lock, SLUB_LOCK))
                                        .isTrue();
                                b.machine.upRead(b.task, lock, SLUB_LOCK);
                            });
                });
        MUST_FAIL.put(
                "reclaim-allocates", b -> b.reclaim(() -> FsReclaim.mayRun(b.machine, b.task)));
        MUST_NOT_FAIL.put(
                "allocation-then-reclaim",
                b -> {
                    FsReclaim.mayRun(b.machine, b.task);
                    b.reclaim(() -> {});
                });
        MUST_FAIL.put("unlock-balance", b -> b.unlock(LIST_LOCK, 0));
    }

    /** A machine with lockdep and one task. */
    private static final class Bench {
        final Console console = new Console();
        final Machine machine;
        final Task task = Task.on(0);

        Bench() {
            CheckedMemory memory = Memory.checked(4096, console);
            memory.soleRunner(true);
            machine = Machines.over(memory, console, new Lockdep(console));
            memory.runs(task);
        }

        void lock(LockClass lock, int n, int subclass) {
            machine.spinLockNested(task, at(lock, n), lock, subclass);
        }

        void unlock(LockClass lock, int n) {
            machine.spinUnlock(task, at(lock, n), lock);
        }

        /** Two locks of one class, the second at a nesting level. */
        void two(int subclass) {
            lock(LIST_LOCK, 0, 0);
            lock(LIST_LOCK, 1, subclass);
            unlock(LIST_LOCK, 1);
            unlock(LIST_LOCK, 0);
        }

        void nest(LockClass... locks) {
            for (LockClass lock : locks) {
                lock(lock, 0, 0);
            }
            for (int i = locks.length - 1; i >= 0; i--) {
                unlock(locks[i], 0);
            }
        }

        void mutexThenRead() {
            machine.mutexLock(task, at(SYSFS_MUTEX, 0), SYSFS_MUTEX, "test");
            machine.downRead(task, at(SLUB_LOCK, 0), SLUB_LOCK, "test");
            machine.upRead(task, at(SLUB_LOCK, 0), SLUB_LOCK);
            machine.mutexUnlock(task, at(SYSFS_MUTEX, 0), SYSFS_MUTEX);
        }

        void writeThenMutex() {
            machine.downWrite(task, at(SLUB_LOCK, 0), SLUB_LOCK, "test");
            machine.mutexLock(task, at(SYSFS_MUTEX, 0), SYSFS_MUTEX, "test");
            machine.mutexUnlock(task, at(SYSFS_MUTEX, 0), SYSFS_MUTEX);
            machine.upWrite(task, at(SLUB_LOCK, 0), SLUB_LOCK);
        }

        void allocateUnderWrite() {
            machine.downWrite(task, at(SLUB_LOCK, 0), SLUB_LOCK, "test");
            FsReclaim.mayRun(machine, task);
            machine.upWrite(task, at(SLUB_LOCK, 0), SLUB_LOCK);
        }

        void reclaim(Runnable body) {
            FsReclaim.acquire(machine, task);
            body.run();
            FsReclaim.release(machine, task);
        }

        void inInterrupt() {
            machine.interrupt(
                    task,
                    1,
                    irq -> {
                        machine.spinLock(irq, at(LIST_LOCK, 0), LIST_LOCK);
                        machine.spinUnlock(irq, at(LIST_LOCK, 0), LIST_LOCK);
                    });
        }
    }

    /** Where the texts have the locks: the place must not move when a class of locks is added. */
    private static long at(LockClass lock, int n) {
        return PLACES.get(lock) + 8L * n;
    }

    static Iterable<String> mustFail() {
        return MUST_FAIL.keySet();
    }

    static Iterable<String> mustNotFail() {
        return MUST_NOT_FAIL.keySet();
    }

    @ParameterizedTest
    @MethodSource("mustFail")
    void oneReportInTheWordsOfTheKernel(String name) throws IOException {
        Bench bench = new Bench();
        MUST_FAIL.get(name).accept(bench);
        assertThat(bench.console.reports()).singleElement().isEqualTo(golden(name));
    }

    @ParameterizedTest
    @MethodSource("mustNotFail")
    void noReport(String name) {
        Bench bench = new Bench();
        MUST_NOT_FAIL.get(name).accept(bench);
        assertThat(bench.console.reports()).isEmpty();
    }

    private static String golden(String name) throws IOException {
        try (InputStream in =
                LockdepReportsTest.class.getResourceAsStream("/lockdep/" + name + ".txt")) {
            assertThat(in).as("the text of " + name).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
        }
    }
}
