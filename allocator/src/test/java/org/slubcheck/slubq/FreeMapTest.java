package org.slubcheck.slubq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.slubcheck.machine.Memory;
import org.slubcheck.mm.PageStruct;

/** A free map behaves as a set of object numbers, wherever it stands. */
class FreeMapTest {
    private static final long PAGE = 64;
    private static final long MAP = 256;

    @Property(tries = 300)
    void agreesWithABitSet(
            @ForAll @IntRange(min = 1, max = 300) int objects,
            @ForAll @Size(max = 80) List<@IntRange(max = 299) Integer> taken,
            @ForAll @Size(max = 80) List<@IntRange(max = 299) Integer> given) {
        Memory m = map(objects);
        BitSet model = new BitSet();
        model.set(0, objects);
        assertThat(FreeMap.isFull(m, PAGE)).isTrue();
        long map = FreeMap.address(m, PAGE);
        for (int bit : taken) {
            if (bit < objects) {
                assertThat(FreeMap.testAndClear(m, map, bit)).isEqualTo(model.get(bit));
                model.clear(bit);
            }
        }
        for (int bit : given) {
            if (bit < objects) {
                assertThat(FreeMap.testAndSet(m, map, bit)).isEqualTo(model.get(bit));
                model.set(bit);
            }
        }
        assertThat(FreeMap.available(m, PAGE)).isEqualTo(model.cardinality());
        assertThat(FreeMap.racyAvailable(m, PAGE)).isEqualTo(model.cardinality());
        assertThat(FreeMap.inuse(m, PAGE)).isEqualTo(objects - model.cardinality());
        assertThat(FreeMap.first(m, map, objects)).isEqualTo(model.nextSetBit(0));
        assertThat(FreeMap.isEmpty(m, PAGE)).isEqualTo(model.isEmpty());
        assertThat(FreeMap.isFull(m, PAGE)).isEqualTo(model.cardinality() == objects);
        for (int bit = 0; bit < objects; bit++) {
            assertThat(FreeMap.test(m, PAGE, bit)).isEqualTo(model.get(bit));
            assertThat(FreeMap.peek(m, PAGE, bit)).isEqualTo(model.get(bit));
        }
    }

    @Property(tries = 100)
    void bitsBeyondTheObjectsCountForNothing(@ForAll @IntRange(min = 1, max = 63) int objects) {
        Memory m = map(objects);
        m.write(PAGE + PageStruct.FREELIST, -1L << objects);
        assertThat(FreeMap.available(m, PAGE)).isZero();
        assertThat(FreeMap.isEmpty(m, PAGE)).isTrue();
    }

    @Property(tries = 200)
    void aQueueIsAStackThatDropsItsColdest(
            @ForAll @Size(max = 20) List<@IntRange(min = 1) Integer> pushed,
            @ForAll @IntRange(max = 20) int dropped) {
        Memory m = Memory.plain(1024);
        long q = 64;
        KmemCacheQueue.init(m, q, 20);
        List<Long> model = new ArrayList<>();
        for (int object : pushed) {
            KmemCacheQueue.put(m, q, object, true);
            model.add((long) object);
        }
        int coldest = Math.min(dropped, model.size());
        KmemCacheQueue.slide(m, q, coldest);
        model.subList(0, coldest).clear();
        assertThat(KmemCacheQueue.objects(m, q)).isEqualTo(model.size());
        assertThat(KmemCacheQueue.max(m, q)).isEqualTo(20);
        while (!model.isEmpty()) {
            assertThat(KmemCacheQueue.get(m, q)).isEqualTo(model.remove(model.size() - 1));
        }
        assertThat(KmemCacheQueue.objects(m, q)).isZero();
    }

    private static Memory map(int objects) {
        Memory m = Memory.plain(1024);
        FreeMap.setObjects(m, PAGE, objects);
        if (!FreeMap.inPageStruct(objects)) {
            PageStruct.setFreelist(m, PAGE, MAP);
        }
        FreeMap.fill(m, PAGE);
        return m;
    }
}
