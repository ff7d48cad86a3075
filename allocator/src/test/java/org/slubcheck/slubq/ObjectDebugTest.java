package org.slubcheck.slubq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.SlabConfig;
import org.slubcheck.slab.SlabFlags;

/**
 * What object debugging says of damage, in the kernel's words; each with the healthy twin that it
 * says nothing of.
 */
class ObjectDebugTest {
    private final Booted b =
            Booted.on(Geometry.small(), SlabConfig.defaults().withDebugFlags(Booted.allDebug()));
    private final long s = b.cache("t", 64, 0);
    private final Task t = b.task(0);

    @Test
    void anOrdinaryLifeIsSilent() {
        long object = b.slab.alloc(t, s, Gfp.KERNEL);
        b.memory.fill(object, 64, 0x11);
        b.slab.free(t, s, object);
        assertThat(b.engine.validate(t, s)).isZero();
        b.slab.shrink(t, s);
        b.assertSound(s, List.of());
    }

    @Test
    void redZonesSayWhereAnObjectIs() {
        long object = b.slab.alloc(t, s, Gfp.KERNEL);
        assertThat(b.memory.peekByte(object + 64)).isEqualTo(0xcc);
        assertThat(b.memory.peekByte(object)).isEqualTo(0x5a);
        b.slab.free(t, s, object);
        assertThat(b.memory.peekByte(object + 64)).isEqualTo(0xdd);
        assertThat(b.memory.peekByte(object)).isEqualTo(0x6b);
        assertThat(b.memory.peekByte(object + 63)).isEqualTo(0xa5);
        b.engine.flushAll(t, s);
        assertThat(b.memory.peekByte(object + 64)).isEqualTo(0xbb);
    }

    @Test
    void aWriteBehindALiveObjectIsReportedAndRepaired() {
        long object = b.slab.alloc(t, s, Gfp.KERNEL);
        b.memory.writeByte(object + 64, 0x30);
        assertThat(b.engine.validate(t, s)).isEqualTo(1);
        String report = b.console.reports().get(0);
        assertThat(report).startsWith("BUG t: Redzone overwritten");
        assertThat(report).contains("First byte 0x30 instead of 0xcc");
        assertThat(report)
                .contains("INFO: Slab 0x")
                .contains("Allocated in")
                .contains("Redzone 0x");
        assertThat(b.console.lines())
                .anyMatch(line -> line.text().startsWith("FIX t: Restoring 0x"));
        assertThat(b.engine.validate(t, s)).isZero();
        assertThat(b.console.reports()).hasSize(1);
    }

    @Test
    void aWriteAfterFreeIsReportedWhenTheObjectIsWanted() {
        long object = b.slab.alloc(t, s, Gfp.KERNEL);
        b.slab.free(t, s, object);
        b.memory.writeByte(object + 50, 0x78);
        long next = b.slab.alloc(t, s, Gfp.KERNEL);
        assertThat(next).isNotZero().isNotEqualTo(object);
        assertThat(t.irqsOff()).isFalse();
        assertThat(b.console.reports()).hasSize(1);
        assertThat(b.console.reports().get(0)).startsWith("BUG t: Poison overwritten");
    }

    @Test
    void aWriteIntoAFreeSlabIsFoundByValidate() {
        long object = b.slab.alloc(t, s, Gfp.KERNEL);
        b.slab.free(t, s, object);
        b.engine.flushAll(t, s);
        b.memory.writeByte(object, 0x78);
        assertThat(b.engine.validate(t, s)).isEqualTo(1);
        assertThat(b.console.reports().get(0)).startsWith("BUG t: Poison overwritten");
        assertThat(b.engine.validate(t, s)).isZero();
    }

    @Test
    void aSecondFreeIsRefused() {
        long object = b.slab.alloc(t, s, Gfp.KERNEL);
        b.slab.free(t, s, object);
        b.slab.free(t, s, object);
        assertThat(b.console.reports()).hasSize(1);
        assertThat(b.console.reports().get(0)).startsWith("BUG t: Object already free");
        assertThat(b.console.lines()).anyMatch(line -> line.text().endsWith("not freed"));
        assertThat(b.violations(s, List.of())).isEmpty();
    }

    @Test
    void aPointerIntoAnObjectIsRefused() {
        long object = b.slab.alloc(t, s, Gfp.KERNEL);
        b.slab.free(t, s, object + 8);
        assertThat(b.console.reports()).hasSize(1);
        assertThat(b.console.reports().get(0)).startsWith("BUG t: Invalid object pointer 0x");
        assertThat(b.violations(s, List.of(object))).isEmpty();
    }

    @Test
    void paddingOfTheSlabIsChecked() {
        Booted odd =
                Booted.on(Geometry.small(), SlabConfig.defaults().withDebugFlags(SlabFlags.POISON));
        long c = odd.cache("odd", 200, 0);
        long object = odd.slab.alloc(odd.task(0), c, Gfp.KERNEL);
        long page = odd.pages.pageOf(object);
        long tail =
                odd.pages.addressOf(page)
                        + (long) FreeMap.objects(odd.memory, page) * KmemCache.size(odd.memory, c);
        odd.slab.free(odd.task(0), c, object);
        assertThat(odd.engine.validate(odd.task(0), c)).isZero();
        odd.memory.writeByte(tail, 0);
        odd.engine.validate(odd.task(0), c);
        assertThat(odd.console.reports().get(0)).startsWith("BUG odd: Padding overwritten");
    }
}
