package org.slubcheck.slab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.kernel.Census;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.KernelDeath;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/** What a caller must not do is reported in the kernel's words, and the machine stays consistent. */
class BadInputTest {
    private static final Kernel TEMPLATE = Kernel.boot(KernelConfig.of(Geometry.small()));

    /** A thing that a caller must not do. */
    private interface Misuse {
        void commit(Slab slab, Task t, long cache, long object);
    }

    static Stream<Arguments> misuses() {
        return Stream.of(
                misuse("kfree of a wild pointer", "paging request", (k, t, s, o) -> k.kfree(t, -8)),
                misuse(
                        "kfree beyond memory",
                        "paging request",
                        (k, t, s, o) -> k.kfree(t, 0x7fff_ffff_fff8L)),
                misuse("kfree of a low address", "NULL pointer", (k, t, s, o) -> k.kfree(t, 24)),
                misuse(
                        "kfree of a free page",
                        "kernel BUG at mm/slub.c",
                        (k, t, s, o) -> k.kfree(t, freePage(k, t))),
                misuse(
                        "ksize of a wild pointer",
                        "paging request",
                        (k, t, s, o) -> k.ksize(t, -16)),
                misuse("kmem_cache_free of NULL", "NULL pointer", (k, t, s, o) -> k.free(t, s, 0)),
                misuse(
                        "kmem_cache_free of pages",
                        "outside of slab",
                        (k, t, s, o) -> k.free(t, s, freePage(k, t))),
                misuse(
                        "kmem_cache_free of pages to no cache",
                        "NULL pointer",
                        (k, t, s, o) -> k.free(t, 0, freePage(k, t))),
                misuse(
                        "kmem_cache_free of an object to no cache",
                        "NULL pointer",
                        (k, t, s, o) -> k.free(t, 0, o)),
                misuse(
                        "kmem_cache_free to another cache",
                        "Wrong slab cache",
                        (k, t, s, o) -> k.free(t, k.kmallocCache(64, 0), o)),
                misuse(
                        "destroy of what is no cache",
                        "which is no cache",
                        (k, t, s, o) -> k.destroy(t, o)),
                misuse("destroy of NULL", "NULL pointer", (k, t, s, o) -> k.destroy(t, 0)),
                misuse(
                        "krealloc to more than there is",
                        "mm/page_alloc.c",
                        (k, t, s, o) -> refused(k.krealloc(t, o, -1, Gfp.KERNEL))),
                misuse(
                        "a NULL name",
                        "the name is NULL",
                        (k, t, s, o) -> refused(k.create(t, 0L, 32, 0, 0, 0))),
                misuse(
                        "an empty name",
                        "the name is empty",
                        (k, t, s, o) -> refused(k.create(t, "", 40, 0, 0, 0))),
                misuse(
                        "size 0",
                        "integrity check failed",
                        (k, t, s, o) -> refused(k.create(t, "none", 0, 0, 0, 0))),
                misuse(
                        "a negative size",
                        "integrity check failed",
                        (k, t, s, o) -> refused(k.create(t, "none", -1, 0, 0, 0))),
                misuse(
                        "too large",
                        "integrity check failed",
                        (k, t, s, o) -> refused(k.create(t, "none", 1L << 40, 0, 0, 0))),
                misuse(
                        "an odd alignment",
                        "integrity check failed",
                        (k, t, s, o) -> refused(k.create(t, "none", 32, 24, 0, 0))),
                misuse(
                        "an unknown constructor",
                        "integrity check failed",
                        (k, t, s, o) -> refused(k.create(t, "none", 32, 0, 0, 99))));
    }

    private static Arguments misuse(String what, String report, Misuse misuse) {
        return Arguments.of(what, report, misuse);
    }

    private static long freePage(Slab k, Task t) {
        long page = k.kmalloc(t, 2L * k.geometry().pageSize(), Gfp.KERNEL);
        k.kfree(t, page);
        return page;
    }

    private static void refused(long result) {
        assertThat(result).isZero();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("misuses")
    void isReportedAndChangesNothing(String what, String report, Misuse misuse) {
        Kernel kernel = TEMPLATE.fork();
        Slab slab = kernel.slab();
        Task t = kernel.task(0);
        long s = slab.create(t, "victim", 48, 0, 0, Ctors.STAMP);
        long object = slab.alloc(t, s, Gfp.KERNEL);
        assertThat(kernel.reports()).isEmpty();
        Throwable thrown = catchThrowable(() -> misuse.commit(slab, t, s, object));
        assertThat(thrown == null || thrown instanceof KernelDeath).as("" + thrown).isTrue();
        assertThat(kernel.reports()).anyMatch(text -> text.contains(report));
        assertThat(Census.of(kernel, new long[] {object})).isEmpty();
        // And the machine goes on.
        slab.free(t, s, object);
        slab.destroy(t, s);
        assertThat(Census.of(kernel, new long[0])).isEmpty();
    }

    /** In the word that names a head page's cache a tail page has the struct page of its head. */
    @Test
    void theStructPageOfASlabIsNoCache() {
        Kernel kernel = TEMPLATE.fork();
        Slab slab = kernel.slab();
        Task t = kernel.task(0);
        long s = slab.create(t, "victim", 400, 0, 0, Ctors.STAMP);
        List<Long> held = new ArrayList<>();
        long object;
        do {
            object = slab.alloc(t, s, Gfp.KERNEL);
            held.add(object);
        } while (kernel.pages().pageOf(object) == kernel.pages().headPageOf(object));
        long tail = object;
        long head = kernel.pages().headPageOf(tail);
        assertThat(kernel.pages().slabAt(kernel.memory(), tail)).isEqualTo(head);

        assertThat(catchThrowable(() -> slab.free(t, head, tail))).isInstanceOf(KernelDeath.class);

        assertThat(kernel.reports()).anyMatch(text -> text.contains("paging request"));
        assertThat(Census.of(kernel, held.stream().mapToLong(Long::longValue).toArray())).isEmpty();
    }

    @Test
    void debuggingFindsWhatNobodyElseCan() {
        long flags = SlabFlags.DEBUG_FREE | SlabFlags.RED_ZONE | SlabFlags.STORE_USER;
        Kernel kernel =
                Kernel.boot(
                        KernelConfig.of(Geometry.small())
                                .with(SlabConfig.defaults().withDebugFlags(flags)));
        Slab slab = kernel.slab();
        Task t = kernel.task(0);
        long s = slab.create(t, "victim", 48, 0, 0, 0);
        long object = slab.alloc(t, s, Gfp.KERNEL);
        long other = slab.alloc(t, s, Gfp.KERNEL);
        slab.free(t, s, object);
        assertThat(kernel.reports()).isEmpty();
        slab.free(t, s, object);
        assertThat(kernel.reports()).hasSize(1).anyMatch(r -> r.startsWith("BUG victim:"));
        slab.free(t, s, other + 8);
        assertThat(kernel.reports()).hasSize(2);
        slab.kfree(t, other + 16);
        assertThat(kernel.reports()).hasSize(3);
        assertThat(Census.of(kernel, new long[] {other})).isEmpty();
    }

    @Test
    void anInterruptMayNotCreate() {
        Kernel kernel = TEMPLATE.fork();
        Task t = kernel.task(0);
        kernel.machine()
                .interrupt(t, 0, irq -> refused(kernel.slab().create(irq, "irq", 32, 0, 0, 0)));
        assertThat(kernel.reports())
                .anyMatch(r -> r.equals("kmem_cache_create(irq) integrity check failed"));
        assertThat(Census.of(kernel, new long[0])).isEmpty();
    }

    @Test
    void spacesConfuseParsersButWork() {
        Kernel kernel = TEMPLATE.fork();
        Task t = kernel.task(0);
        assertThat(kernel.slab().create(t, "two words", 32, 0, 0, 0)).isNotZero();
        assertThat(kernel.reports()).anyMatch(r -> r.contains("\"two words\" has spaces"));
    }

    @Test
    void nothingAndZeroAreFine() {
        Kernel kernel = TEMPLATE.fork();
        Slab slab = kernel.slab();
        Task t = kernel.task(0);
        slab.kfree(t, 0);
        slab.kfree(t, Slab.ZERO_SIZE_PTR);
        slab.kzfree(t, 0);
        assertThat(slab.kmalloc(t, 0, Gfp.KERNEL)).isEqualTo(Slab.ZERO_SIZE_PTR);
        assertThat(slab.ksize(t, Slab.ZERO_SIZE_PTR)).isZero();
        assertThat(slab.kmalloc(t, -1, Gfp.KERNEL | Gfp.NOWARN)).isZero();
        assertThat(slab.kmalloc(t, 1L << 40, Gfp.KERNEL | Gfp.NOWARN)).isZero();
        assertThat(kernel.reports()).isEmpty();
    }

    @Test
    void kmallocFamilyKeepsContents() {
        Kernel kernel = TEMPLATE.fork();
        Slab slab = kernel.slab();
        Task t = kernel.task(0);
        long p = slab.kzalloc(t, 40, Gfp.KERNEL);
        assertThat(kernel.memory().read(p + 32)).isZero();
        kernel.memory().write(p, 42);
        for (int size : List.of(40, 56, 112, 300, 700, 1500)) {
            p = slab.krealloc(t, p, size, Gfp.KERNEL);
            assertThat(slab.ksize(t, p)).isGreaterThanOrEqualTo(size);
            assertThat(kernel.memory().read(p)).isEqualTo(42);
        }
        assertThat(slab.krealloc(t, p, 0, Gfp.KERNEL)).isEqualTo(Slab.ZERO_SIZE_PTR);
        long one = slab.kmalloc(t, 24, Gfp.KERNEL);
        slab.kzfree(t, one);
        assertThat(Census.of(kernel, new long[0])).isEmpty();
    }
}
