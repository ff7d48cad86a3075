package org.slubcheck.kunit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.slubbase.ObjectBytes;

/**
 * The actions of the kernel's own test of SLUB debugging (lib/slub_kunit.c) and the number of errors
 * that it expects of each: reports and repairs. Each has a twin in which nothing is damaged, or nobody
 * is to look, with the number 0.
 *
 * <p>On checked memory the damage is done with KASAN looking away, as the kernel's test does it.
 */
abstract class SlubKunit {
    private static final int SIZE = 64;

    /** Real pages, as few as will do. */
    static final Geometry MACHINE =
            new Geometry(
                    "kunit",
                    2,
                    1,
                    true,
                    4096,
                    64,
                    5,
                    new Geometry.ZonePages(0, 0, 96, 0, 0),
                    8,
                    8192,
                    32 << 10,
                    128);

    private final String engine;
    private Kernel kernel;
    Memory m;
    Task t;

    SlubKunit(String engine) {
        this.engine = engine;
    }

    void boot(boolean checked) {
        KernelConfig config = KernelConfig.of(MACHINE).withEngine(engine);
        config = config.with(config.slab().withMerge(false));
        kernel =
                checked
                        ? Kernel.bootChecked(config, Steps.mainline())
                        : Kernel.boot(config, Steps.mainline());
        m = kernel.memory();
        t = kernel.task(0);
    }

    long create(String name, int size, long flags) {
        long s = kernel.slab().create(t, name, size, 0, flags, 0);
        assertThat(s).isNotZero();
        return s;
    }

    long alloc(long s) {
        long object = kernel.slab().alloc(t, s, Gfp.KERNEL);
        assertThat(object).isNotZero();
        return object;
    }

    long allocFreed(long s) {
        long object = alloc(s);
        kernel.slab().free(t, s, object);
        return object;
    }

    /** A write that the object's user should not make. */
    void damage(long address, int value) {
        m.metadataAccessEnable();
        m.writeByte(address, value);
        m.metadataAccessDisable();
    }

    /** What validate_slab_cache adds to slab_errors. */
    int validate(long s) {
        int before = errors();
        kernel.slab().engine().validate(t, s);
        return errors() - before;
    }

    /** slab_errors: reports, repairs and wrong counts. */
    int errors() {
        long lines =
                kernel.console().lines().stream()
                        .map(line -> line.text())
                        .filter(
                                text ->
                                        text.startsWith("FIX ")
                                                || text.contains("counted but counter="))
                        .count();
        return (int) lines + kernel.reports().size();
    }

    String firstReport() {
        List<String> reports = kernel.reports();
        return reports.isEmpty() ? "" : reports.get(0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void clobberZone(boolean checked) {
        boot(checked);
        long s = create("TestSlub_RZ_alloc", SIZE, SlabFlags.RED_ZONE);
        long p = alloc(s);
        damage(p + SIZE, 0x12);
        assertThat(validate(s)).isEqualTo(2);
        assertThat(firstReport())
                .startsWith("BUG TestSlub_RZ_alloc: Redzone overwritten")
                .contains("First byte 0x12 instead of 0xcc");
        assertThat(validate(s)).as("it was put right").isZero();
        kernel.slab().free(t, s, p);
        kernel.slab().destroy(t, s);
        assertThat(errors()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsInsideTheObjectIsItsUsers(boolean checked) {
        boot(checked);
        long s = create("TestSlub_RZ_alloc", SIZE, SlabFlags.RED_ZONE);
        long p = alloc(s);
        m.writeByte(p + SIZE - 1, 0x12);
        assertThat(validate(s)).isZero();
        kernel.slab().free(t, s, p);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nobodyLooksBehindAnObjectWithoutRedZone(boolean checked) {
        boot(checked);
        // Four bytes behind the object belong to nobody.
        long bare = create("TestSlub_bare", SIZE - 4, 0);
        long watched = create("TestSlub_RZ_alloc", SIZE - 4, SlabFlags.RED_ZONE);
        damage(alloc(bare) + SIZE - 4, 0x12);
        damage(alloc(watched) + SIZE - 4, 0x12);
        assertThat(validate(bare)).isZero();
        assertThat(validate(watched)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void firstWord(boolean checked) {
        afterFree(checked, 0, 0x78);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void clobber50thByte(boolean checked) {
        afterFree(checked, 50, 0x9a);
    }

    private void afterFree(boolean checked, int offset, int value) {
        boot(checked);
        long s = create("TestSlub_word_free", SIZE, SlabFlags.POISON);
        damage(allocFreed(s) + offset, value);
        assertThat(validate(s)).isEqualTo(2);
        assertThat(firstReport())
                .startsWith("BUG TestSlub_word_free: Poison overwritten")
                .contains(String.format("First byte 0x%x instead of 0x6b", value));
        assertThat(validate(s)).isZero();
        long bare = create("TestSlub_bare", SIZE, 0);
        damage(allocFreed(bare) + 50, value);
        assertThat(validate(bare)).as("without poison").isZero();
        kernel.slab().destroy(t, s);
        assertThat(errors()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void clobberRedzoneFree(boolean checked) {
        boot(checked);
        long s = create("TestSlub_RZ_free", SIZE, SlabFlags.RED_ZONE);
        damage(allocFreed(s) + SIZE, 0xab);
        assertThat(validate(s)).isEqualTo(2);
        assertThat(firstReport()).startsWith("BUG TestSlub_RZ_free: Redzone overwritten");
        assertThat(validate(s)).isZero();
        long poisoned = create("TestSlub_RZ_free_twin", SIZE - 4, SlabFlags.DEBUG_FREE);
        damage(allocFreed(poisoned) + SIZE - 4, 0xab);
        assertThat(validate(poisoned)).as("without a red zone").isZero();
        kernel.slab().destroy(t, s);
        assertThat(errors()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void kmallocRedzoneAccess(boolean checked) {
        boot(checked);
        long flags = SlabFlags.KMALLOC | SlabFlags.STORE_USER | SlabFlags.RED_ZONE;
        long s = create("TestSlub_RZ_kmalloc", 32, flags);
        long p = kernel.slab().kmallocFrom(t, s, Gfp.KERNEL, 18);
        damage(p + 18, 0xab);
        damage(p + 19, 0xab);
        assertThat(validate(s)).isEqualTo(2);
        assertThat(firstReport())
                .startsWith("BUG TestSlub_RZ_kmalloc: kmalloc Redzone overwritten");
        assertThat(validate(s)).isZero();
        kernel.slab().kfree(t, p);
        kernel.slab().destroy(t, s);
        assertThat(errors()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void allThatWasAskedForMayBeWritten(boolean checked) {
        boot(checked);
        long flags = SlabFlags.STORE_USER | SlabFlags.RED_ZONE;
        long s = create("TestSlub_RZ_kmalloc", 32, flags | SlabFlags.KMALLOC);
        long p = kernel.slab().kmallocFrom(t, s, Gfp.KERNEL, 20);
        m.writeByte(p + 18, 0xab);
        m.writeByte(p + 19, 0xab);
        assertThat(validate(s)).isZero();
        // Without the flag nobody knows what was asked for.
        long unknown = create("TestSlub_RZ_other", 32, flags);
        long q = kernel.slab().kmallocFrom(t, unknown, Gfp.KERNEL, 18);
        m.writeByte(q + 18, 0xab);
        assertThat(validate(unknown)).isZero();
        // Who asks how much he has may use it.
        assertThat(kernel.slab().ksize(t, p)).isEqualTo(32);
        m.writeByte(p + 31, 0xab);
        assertThat(validate(s)).isZero();
        kernel.slab().kfree(t, p);
        assertThat(errors()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void leakDestroy(boolean checked) {
        boot(checked);
        long s = create("TestSlub_leak_destroy", SIZE, SlabFlags.STORE_USER);
        long p = alloc(s);
        kernel.slab().destroy(t, s);
        assertThat(errors()).isEqualTo(2);
        assertThat(firstReport()).contains("Objects remaining");
        assertThat(kernel.console().lines())
                .anyMatch(line -> line.text().contains(String.format("Object 0x%016x", p)))
                .anyMatch(
                        line -> line.text().matches("INFO: Allocated in kernel age=\\d+ cpu=0 .*"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEmptyCacheGoesInSilence(boolean checked) {
        boot(checked);
        long s = create("TestSlub_leak_destroy", SIZE, SlabFlags.STORE_USER);
        allocFreed(s);
        kernel.slab().destroy(t, s);
        assertThat(errors()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void kreallocRedzoneZeroing(boolean checked) {
        boot(checked);
        int zero = Gfp.KERNEL | Gfp.ZERO;
        long flags = SlabFlags.KMALLOC | SlabFlags.STORE_USER | SlabFlags.RED_ZONE;
        long s = create("TestSlub_krealloc", SIZE, flags);
        long p = kernel.slab().kmallocFrom(t, s, Gfp.KERNEL, 48);
        m.fill(p, 48, 0xff);

        assertThat(kernel.slab().krealloc(t, p, 40, zero)).isEqualTo(p);
        assertBytes(p, 0, 40, 0xff);
        assertBytes(p, 40, 64, ObjectBytes.RED_ACTIVE);

        assertThat(kernel.slab().krealloc(t, p, 56, zero)).isEqualTo(p);
        assertBytes(p, 0, 40, 0xff);
        assertBytes(p, 40, 56, 0);
        assertBytes(p, 56, 64, ObjectBytes.RED_ACTIVE);
        assertThat(validate(s)).isZero();

        m.fill(p, 56, 0xff);
        long larger = kernel.slab().krealloc(t, p, 112, zero);
        assertThat(larger).isNotZero().isNotEqualTo(p);
        assertBytes(larger, 0, 56, 0xff);
        assertBytes(larger, 56, 112, 0);
        kernel.slab().kfree(t, larger);
        kernel.slab().destroy(t, s);
        assertThat(errors()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatKreallocTookAwayIsGone(boolean checked) {
        boot(checked);
        long flags = SlabFlags.KMALLOC | SlabFlags.STORE_USER | SlabFlags.RED_ZONE;
        long s = create("TestSlub_krealloc", SIZE, flags);
        long p = kernel.slab().kmallocFrom(t, s, Gfp.KERNEL, 48);
        kernel.slab().krealloc(t, p, 40, Gfp.KERNEL);
        damage(p + 47, 0xff);
        assertThat(validate(s)).isEqualTo(2);
        kernel.slab().kfree(t, p);
    }

    private void assertBytes(long p, int from, int to, int value) {
        for (int i = from; i < to; i++) {
            assertThat(m.peekByte(p + i)).as("byte " + i).isEqualTo(value);
        }
    }

    Kernel kernel() {
        return kernel;
    }

    static int offset(Memory m, long s) {
        return m.peekInt(s + KmemCache.CPU_QUEUE);
    }
}
