package org.slubcheck.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.machine.Geometry;
import org.slubcheck.slab.KmallocStructs;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;
import org.slubcheck.slab.Slab;

/** What the structs of the kmalloc caches are said to take is what a booted kernel has. */
class KmallocStructsTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 64})
    void theDynamicSideIsWhatABootLeaves(int nodes) {
        // The size of a struct follows the nodes, not the memory.
        Geometry g =
                Geometry.desktop(nodes, nodes).withPages(new Geometry.ZonePages(256, 0, 256, 0, 0));
        Slab slab = Kernel.boot(KernelConfig.of(g)).slab();
        KmallocStructs bytes = KmallocStructs.of(g, nodes);
        long made = slab.caches().stream().filter(s -> slab.nameOf(s).contains("kmalloc")).count();
        assertThat(made).isEqualTo(bytes.objects());
        int object = slab.memory().peekInt(slab.kmemCache() + KmemCache.SIZE);
        assertThat(bytes.object()).isEqualTo(object);
        assertThat(bytes.dynamicStructs()).isEqualTo(made * object);
    }

    @Test
    void theStaticSideGrowsByAPointerForEachNodeAndStruct() {
        Geometry g = Geometry.desktop(1, 1);
        KmallocStructs one = KmallocStructs.of(g, 1);
        KmallocStructs many = KmallocStructs.of(g, 1024);
        long structs = one.staticArrays() / one.staticStruct();
        assertThat(structs).isEqualTo(2 * 14);
        assertThat(many.staticArrays() - one.staticArrays()).isEqualTo(structs * 1023 * Long.BYTES);
        assertThat(many.dynamicStructs()).isEqualTo(one.dynamicStructs());
        assertThat(many.saved() - one.saved()).isEqualTo(many.staticArrays() - one.staticArrays());
        assertThat(KmemCache.sizeOnUma() - KmemCache.NODE).isEqualTo(KmemCacheNode.LAYOUT.size());
    }
}
