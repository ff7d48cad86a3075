package org.slubcheck.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/** Threads for tests: every one is joined, and what one throws is thrown to the test. */
final class Threads {
    private Threads() {}

    /** Runs a body in a thread of its own to its end. */
    static void run(Runnable body) throws InterruptedException {
        join(List.of(start(body, new AtomicReference<>())));
    }

    /** Runs bodies 0..n-1 at the same time, each in a thread, to their ends. */
    static void together(int n, IntConsumer body) throws InterruptedException {
        CountDownLatch begin = new CountDownLatch(n);
        List<Started> all = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            int index = i;
            all.add(
                    start(
                            () -> {
                                begin.countDown();
                                try {
                                    begin.await();
                                } catch (InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                                body.accept(index);
                            },
                            new AtomicReference<>()));
        }
        join(all);
    }

    /** A thread that runs. */
    record Started(Thread thread, AtomicReference<Throwable> failure) {}

    static Started start(Runnable body, AtomicReference<Throwable> failure) {
        Thread thread = new Thread(body);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((t, e) -> failure.set(e));
        thread.start();
        return new Started(thread, failure);
    }

    static void join(List<Started> all) throws InterruptedException {
        for (Started one : all) {
            one.thread.join();
            if (one.failure.get() != null) {
                throw new AssertionError("a thread failed", one.failure.get());
            }
        }
    }
}
