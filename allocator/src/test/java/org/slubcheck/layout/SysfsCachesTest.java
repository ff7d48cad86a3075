package org.slubcheck.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SysfsCachesTest {
    private static final Map<String, String> FILP =
            Map.of(
                    "object_size", "184",
                    "align", "64",
                    "hwcache_align", "1",
                    "destroy_by_rcu", "1",
                    "slab_size", "192",
                    "objs_per_slab", "21",
                    "order", "0",
                    "ctor", "");

    @TempDir Path folder;

    @Test
    void aCacheIsReadOnceAndItsOtherNamesAreCounted() throws Exception {
        cache(":A-0000192", FILP);
        Files.createSymbolicLink(folder.resolve("bfilp"), Path.of(":A-0000192"));
        Files.createSymbolicLink(folder.resolve("filp"), Path.of(":A-0000192"));
        SysfsCaches caches = SysfsCaches.read(folder);
        assertThat(caches.aliases()).isEqualTo(2);
        assertThat(caches.rows()).hasSize(1);
        CacheRow row = caches.rows().get(0);
        assertThat(row.name()).isEqualTo(":A-0000192");
        assertThat(row.flags()).isEqualTo(LayoutFlags.HWCACHE_ALIGN | LayoutFlags.DESTROY_BY_RCU);
        LayoutCheck check = new LayoutCheck(HostMachine.ofCpus(2), result -> {});
        caches.rows().forEach(check);
        assertThat(check.equal()).isEqualTo(1);
    }

    @Test
    void debugFlagsAreHonoured() throws Exception {
        Path cache = cache("x", FILP);
        for (String flag : new String[] {"red_zone", "poison", "store_user"}) {
            Files.writeString(cache.resolve(flag), "1\n");
        }
        Files.writeString(cache.resolve("ctor"), "init_once+0x0/0x20\n");
        CacheRow row = SysfsCaches.read(folder).rows().get(0);
        assertThat(row.ctor()).isTrue();
        long debug = LayoutFlags.RED_ZONE | LayoutFlags.POISON | LayoutFlags.STORE_USER;
        assertThat(row.flags() & debug).isEqualTo(debug);
    }

    @Test
    void whatCannotBeReadIsSaidInOneSentence() throws Exception {
        refuse(folder.resolve("none"), "no such directory");
        refuse(folder, "holds no slab caches");
        Path cache = cache("x", FILP);
        Files.delete(cache.resolve("order"));
        refuse(folder, "has no attribute order");
        Files.writeString(cache.resolve("order"), "many\n");
        refuse(folder, "order must be a number from 0, not 'many'");
        Files.writeString(cache.resolve("order"), "0\n");
        Files.writeString(cache.resolve("align"), "24\n");
        refuse(folder, "align must be a power of two, not 24");
    }

    @Test
    void listsOfCpusAreUnderstood() {
        assertThat(CpuList.highest("0-3,8-11")).isEqualTo(11);
        assertThat(CpuList.count("0-3,8-11")).isEqualTo(8);
        assertThat(CpuList.count("0")).isEqualTo(1);
        assertThat(CpuList.read(folder.resolve("none"), CpuList::count, 7)).isEqualTo(7);
    }

    @Test
    void thePageSizeComesFromTheAuxiliaryVector() throws Exception {
        ByteBuffer words = ByteBuffer.allocate(48).order(ByteOrder.nativeOrder());
        words.putLong(33).putLong(99).putLong(6).putLong(16384).putLong(0).putLong(0);
        Path auxv = Files.write(folder.resolve("auxv"), words.array());
        assertThat(HostMachine.pageSize(auxv)).isEqualTo(16384);
        assertThat(HostMachine.pageSize(folder.resolve("none"))).isEqualTo(4096);
    }

    private void refuse(Path directory, String message) {
        assertThatExceptionOfType(LayoutException.class)
                .isThrownBy(() -> SysfsCaches.read(directory))
                .withMessageContaining(message);
    }

    private Path cache(String name, Map<String, String> attributes) throws IOException {
        Path cache = Files.createDirectory(folder.resolve(name));
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            Files.writeString(cache.resolve(attribute.getKey()), attribute.getValue() + "\n");
        }
        return cache;
    }
}
