package org.slubcheck.slub;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.kernel.Census;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.layout.CacheRow;
import org.slubcheck.layout.GeometryTable;
import org.slubcheck.layout.LayoutException;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Ctors;
import org.slubcheck.slab.SlabAttributes;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.slab.SlubDebug;

/**
 * The caches of a real kernel, made on a kernel of ours: without debugging they have the real
 * kernel's sizes, with it those that come of a computation by hand; and objects lie where the sizes
 * say.
 */
class SampleCachesTest {
    private static final Path TABLE =
            Path.of(System.getProperty("basedir", "."), "..", "traces", "slab-geometry-sample.tsv");

    /** Laid out by a rule that 2.6.36 does not have: docs/decisions/0004. */
    private static final String NEWER = "vm_area_struct";

    /** As the real machine, with less memory. */
    private static final Geometry MACHINE =
            new Geometry(
                    "sample",
                    2,
                    1,
                    true,
                    4096,
                    64,
                    11,
                    new Geometry.ZonePages(0, 0, 2048, 0, 0),
                    8,
                    8192,
                    96 << 10,
                    128);

    private static List<CacheRow> sample() throws LayoutException {
        List<CacheRow> rows = new ArrayList<>();
        GeometryTable.read(TABLE, rows::add);
        assertThat(rows.removeIf(row -> row.name().equals(NEWER))).isTrue();
        assertThat(rows).hasSize(38);
        return rows;
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "Z", "P", "U", "ZP", "FZPU"})
    void aKernelLaysThemOutAsItShould(String letters) throws LayoutException {
        KernelConfig config = KernelConfig.of(MACHINE).withEngine("slub");
        SlubDebug debug = SlubDebug.parse("slub_debug=" + letters);
        config = config.with(config.slab().withMerge(false).withDebug(debug));
        Kernel kernel = Kernel.boot(config, Steps.mainline());
        Task t = kernel.task(0);
        List<Long> held = new ArrayList<>();
        for (CacheRow row : sample()) {
            String name = "sample-" + row.name();
            long ctor = row.ctor() ? Ctors.STAMP : 0;
            long s =
                    kernel.slab().create(t, name, row.objectSize(), row.align(), row.flags(), ctor);
            assertThat(s).as(name).isNotZero();
            assertThat(show(kernel, s, "object_size")).isEqualTo(row.objectSize());
            int size = show(kernel, s, "slab_size");
            int objects = show(kernel, s, "objs_per_slab");
            int order = show(kernel, s, "order");
            if (letters.equals("-")) {
                assertThat(List.of(size, objects, order))
                        .as(name)
                        .isEqualTo(List.of(row.slabSize(), row.objects(), row.order()));
            }
            assertThat(size).as(name).isEqualTo(sizeByHand(row, debug.flags(name)));
            assertThat(objects).as(name).isEqualTo((4096 << order) / size);
            held.addAll(fillASlab(kernel, t, s, size, objects, row.align()));
        }
        assertThat(kernel.reports()).isEmpty();
        assertThat(Census.of(kernel, held.stream().mapToLong(Long::longValue).toArray())).isEmpty();
    }

    /** Byte by byte: the object, what is behind it, and nothing twice. */
    private static int sizeByHand(CacheRow row, long debug) {
        boolean red = (debug & SlabFlags.RED_ZONE) != 0;
        boolean poison = (debug & SlabFlags.POISON) != 0;
        int end = row.objectSize();
        // The red zone is what rounding leaves, a word where it leaves none.
        end += red && end % 8 == 0 ? 8 : 0;
        while (end % 8 != 0) {
            end++;
        }
        // Nobody may write a pointer over what others look at.
        boolean looked = row.ctor() || (row.flags() & SlabFlags.DESTROY_BY_RCU) != 0 || poison;
        end += looked ? 8 : 0;
        // Who allocated it and who freed it: address, time, CPU and pid.
        end += (debug & SlabFlags.STORE_USER) != 0 ? 2 * (8 + 8 + 4 + 4) : 0;
        // A word that no object may reach from below.
        end += red ? 8 : 0;
        while (end % row.align() != 0) {
            end++;
        }
        return end;
    }

    /** Takes objects until one slab has given all of its own; they are a size apart and aligned. */
    private static List<Long> fillASlab(
            Kernel kernel, Task t, long s, int size, int objects, int align) {
        List<Long> held = new ArrayList<>();
        Map<Long, List<Long>> slabs = new HashMap<>();
        for (int i = 0; i < objects; i++) {
            long object = kernel.slab().alloc(t, s, Gfp.KERNEL);
            held.add(object);
            slabs.computeIfAbsent(kernel.pages().headPageOf(object), p -> new ArrayList<>())
                    .add(object);
        }
        assertThat(slabs).hasSize(1);
        slabs.forEach(
                (page, of) -> {
                    long start = kernel.pages().addressOf(page);
                    of.sort(null);
                    for (int i = 0; i < objects; i++) {
                        assertThat(of.get(i)).isEqualTo(start + (long) i * size);
                        assertThat(of.get(i) % align).isZero();
                    }
                });
        return held;
    }

    private static int show(Kernel kernel, long s, String file) {
        return Integer.parseInt(
                SlabAttributes.show(kernel.slab(), kernel.task(0), s, file).strip());
    }
}
