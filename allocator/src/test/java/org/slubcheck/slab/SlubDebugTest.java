package org.slubcheck.slab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.kernel.Census;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/** The boot option slub_debug: which cache gets which flags. */
class SlubDebugTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "slub_debug | dentry | FZPU",
                "slub_debug= | dentry | FZPU",
                "slub_debug=FZ | dentry | FZ",
                "fzputa | dentry | FZPUTA",
                "slub_debug=- | dentry | -",
                "slub_debug=FZPU,kmalloc-16 | kmalloc-16 | FZPU",
                "slub_debug=FZPU,kmalloc-16 | kmalloc-1 | -",
                "slub_debug=FZPU,kmalloc-1 | kmalloc-16 | -",
                "slub_debug=FZPU,kmalloc-* | kmalloc-16 | FZPU",
                "slub_debug=FZPU,kmalloc-* | kmalloc | -",
                "slub_debug=,dentry | dentry | FZPU",
                "slub_debug=,dentry | inode | -",
                "slub_debug=P,dentry,inode | inode | P",
                "slub_debug=FZ;-,kmalloc-* | kmalloc-8 | -",
                "slub_debug=FZ;-,kmalloc-* | dentry | FZ",
                "slub_debug=U,dentry;P,dentry | dentry | U",
                "slub_debug=O | dentry | -",
                "slub_debug=FO | dentry | F",
            })
    void aCacheGetsItsFlags(String option, String cache, String letters) {
        assertThat(SlubDebug.letters(SlubDebug.parse(option).flags(cache))).isEqualTo(letters);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "slub_debug=X | no letter 'X'",
                "slub_debug=FZ, | a cache without a name",
                "slub_debug=FZ,a,,b | a cache without a name",
                "slub_debug=FZ; | an empty block",
                "slub_debug=F- | '-' stands alone",
                "slub_debug=F,*-16 | '*' stands at the end",
                "slub_debug=F Z | no letter ' '",
            })
    void nonsenseIsRefused(String option, String why) {
        assertThatThrownBy(() -> SlubDebug.parse(option))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(option)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "slub_debug | slub_debug=FZPU",
                "slub_debug=- | ''",
                "slub_debug=upzfo | slub_debug=FZPUO",
                "slub_debug=o | slub_debug=O",
                "slub_debug=,a,b* | slub_debug=FZPU,a,b*",
                "slub_debug=F;-,a;Z,b | slub_debug=F;-,a;Z,b",
            })
    void theOptionIsShownAsItWasUnderstood(String option, String shown) {
        SlubDebug debug = SlubDebug.parse(option);
        assertThat(debug.commandLine()).isEqualTo(shown);
        if (!shown.isEmpty()) {
            assertThat(SlubDebug.parse(shown)).isEqualTo(debug);
        }
    }

    @Test
    void flagsAreThoseThatThereAre() {
        assertThatThrownBy(() -> SlubDebug.all(SlabFlags.PANIC))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a debug flag");
    }

    private static Kernel boot(String engine, Geometry g, String option) {
        KernelConfig config = KernelConfig.of(g).withEngine(engine);
        SlubDebug debug = SlubDebug.parse(option);
        return Kernel.bootChecked(config.with(config.slab().withDebug(debug)), Steps.mainline());
    }

    private static String letters(Kernel kernel, String cache) {
        long s = kernel.slab().cacheByName(cache);
        return SlubDebug.letters(kernel.memory().peek(s + KmemCache.FLAGS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"slubq", "slub"})
    void kmallocCachesAreKnownByTheNamesThatTheyWillHave(String engine) {
        Kernel kernel = boot(engine, Geometry.desktop(2, 1), "FZPU,kmalloc-16;P,kmalloc-96,dma-*");
        assertThat(letters(kernel, "kmalloc-16")).isEqualTo("FZPU");
        assertThat(letters(kernel, "kmalloc-96")).isEqualTo("P");
        assertThat(letters(kernel, "dma-kmalloc-16")).isEqualTo("P");
        assertThat(letters(kernel, "kmalloc-32")).isEqualTo("-");
        assertThat(letters(kernel, "kmem_cache")).isEqualTo("-");
        assertThat(Census.of(kernel, new long[0])).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"slubq", "slub"})
    void whatIsToBeDebuggedIsNotMerged(String engine) {
        Kernel kernel = boot(engine, Geometry.desktop(2, 1), "Z,watched");
        Task t = kernel.task(0);
        long like = kernel.slab().kmallocCache(64, Gfp.KERNEL);
        assertThat(kernel.slab().create(t, "other", 64, 0, 0, 0)).isEqualTo(like);
        assertThat(kernel.slab().create(t, "watched", 64, 0, 0, 0)).isNotEqualTo(like);
        assertThat(letters(kernel, "watched")).isEqualTo("Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"slubq", "slub"})
    void letterOSparesCachesWhoseSlabsWouldGrow(String engine) {
        Kernel with = boot(engine, Geometry.desktop(2, 1), "FZPU");
        Kernel spared = boot(engine, Geometry.desktop(2, 1), "FZPUO");
        assertThat(letters(with, "kmalloc-4096")).isEqualTo("FZPU");
        assertThat(letters(spared, "kmalloc-4096")).isEqualTo("F");
        assertThat(letters(spared, "kmalloc-64")).isEqualTo("FZPU");
        assertThat(Census.of(spared, new long[0])).isEmpty();
    }
}
