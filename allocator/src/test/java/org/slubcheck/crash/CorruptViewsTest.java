package org.slubcheck.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slubcheck.crash.Wreck.view;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Memory;
import org.slubcheck.mm.ListHead;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slab.KmemCacheNode;

/** On a machine whose memory is corrupt every view ends, and says where it cannot go on. */
class CorruptViewsTest {
    private static final int MOST_LINES = 40_000;

    private static final List<Dump> GOOD =
            List.of(
                    Wreck.of("slubq").misuse().dump(),
                    Wreck.of("slub").misuse().dump(),
                    Wreck.of("slub-lockless").misuse().dump());

    /** A dump whose memory is a copy that was spoilt. */
    private static Dump spoilt(Dump dump, Consumer<Memory> how) {
        Memory memory = dump.kernel().memory().fork();
        how.accept(memory);
        Kernel whole = dump.kernel();
        Kernel kernel =
                Kernel.attach(
                        whole.config(),
                        whole.percpuSizes(),
                        whole.stage(),
                        size -> memory,
                        whole.console());
        return new Dump(
                kernel,
                dump.about(),
                dump.shadow(),
                dump.runners(),
                dump.log(),
                dump.left(),
                dump.tasks(),
                dump.old());
    }

    /** A word that a machine could hold, or none could. */
    private static long word(Random random, long size) {
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> random.nextLong();
            case 3 -> ListHead.LIST_POISON1;
            case 4 -> random.nextInt(1 << 10);
            case 5 -> (long) random.nextInt() << Integer.SIZE | random.nextInt(1 << 10);
            case 6 -> size - random.nextInt(64);
            default -> random.nextInt((int) size) & -Memory.WORD;
        };
    }

    @Property(tries = 60)
    void everyViewOfACorruptMachineEnds(@ForAll long seed, @ForAll @IntRange(max = 2) int engine) {
        Random random = new Random(seed);
        int words = 1 << random.nextInt(12);
        Dump dump =
                spoilt(
                        GOOD.get(engine),
                        memory -> {
                            for (int i = 0; i < words; i++) {
                                long at = random.nextInt((int) (memory.size() >>> 3)) * 8L;
                                memory.write(at, word(random, memory.size()));
                            }
                        });
        List<String> all = new ArrayList<>();
        for (String view : Views.NAMES) {
            String address = Long.toHexString(random.nextInt((int) dump.kernel().memory().size()));
            all.addAll(Views.lines(dump, view, view.equals("kmem") ? address : ""));
        }
        all.addAll(Views.lines(dump, "", ""));
        assertThat(all).hasSizeLessThan(MOST_LINES).noneMatch(l -> l.startsWith(Views.ASTRAY));
    }

    private static long victim(Dump dump) {
        return dump.kernel().slab().cacheByName("victim");
    }

    private static long node(Dump dump) {
        return dump.kernel().memory().peek(KmemCache.nodeSlot(victim(dump), 0));
    }

    @Test
    void aListThatBreaksIsFollowedUpToThere() {
        Dump good = GOOD.get(0);
        long list = victim(good) + KmemCache.LIST;
        long next = good.kernel().memory().peek(list);
        assertThat(view(good, "lists")).doesNotContain("BROKEN");
        Dump poisoned = spoilt(good, m -> m.write(list, ListHead.LIST_POISON1));
        assertThat(view(poisoned, "lists"))
                .contains("slab_caches (1): victim")
                .contains(String.format("BROKEN: it leads to LIST_POISON1 behind 0x%x", list));
        assertThat(view(poisoned, "slabinfo")).contains("\nvictim ", "slab_caches is broken");
        Dump ring = spoilt(good, m -> m.write(next, list));
        assertThat(view(ring, "lists")).containsPattern("BROKEN: prev of 0x|comes back to 0x");
        Dump backwards = spoilt(good, m -> m.write(next + ListHead.PREV, 64));
        assertThat(view(backwards, "lists"))
                .contains(String.format("BROKEN: prev of 0x%x is 0x40 and not 0x%x", next, list));
    }

    @Test
    void aSlabThatIsOnNoListStillHasItsObjects() {
        Dump good = GOOD.get(0);
        long partial = node(good) + KmemCacheNode.PARTIAL;
        Dump lost = spoilt(good, m -> m.write(partial, 0));
        assertThat(view(lost, "slabinfo"))
                .contains("victim node#0: the partial list is broken: it leads to NULL");
        long object = victim(good);
        assertThat(view(lost, "kmem", Long.toHexString(object))).contains("struct kmem_cache of");
    }

    @Test
    void aLockThatIsHeldIsSeen() {
        Dump good = GOOD.get(0);
        assertThat(view(good, "locks")).doesNotContain("held");
        long lock = node(good) + KmemCacheNode.LIST_LOCK;
        Dump held = spoilt(good, m -> m.write(lock, 2));
        assertThat(view(held, "locks"))
                .containsPattern("list_lock of victim on node 0 +held by CPU#1");
        Dump wild = spoilt(good, m -> m.write(lock, 77));
        assertThat(view(wild, "locks")).contains("holds 0x4d, which is no CPU");
        long slubLock = good.kernel().slab().wiring().slubLock();
        Dump written = spoilt(good, m -> m.write(slubLock, (1L << 32) + (1L << 33)));
        assertThat(view(written, "locks"))
                .containsPattern("slub_lock +held for write, 0 readers, 1 writers wait");
    }

    @Test
    void aFileOfSysfsThatCannotBeReadSaysWhy() {
        Dump good = GOOD.get(0);
        assertThat(view(good, "sysfs", "victim"))
                .containsPattern("object_size +40")
                .doesNotContain("cannot be read");
        Dump broken = spoilt(good, m -> m.write(node(good) + KmemCacheNode.PARTIAL, 8));
        assertThat(view(broken, "sysfs", "victim"))
                .containsPattern("object_size +40")
                .containsPattern("objects +cannot be read: BUG: unable to handle kernel paging");
    }

    @Test
    void aQueueThatIsTooFullIsSeen() {
        Dump good = GOOD.get(0);
        long queue = new Books(good).queue(victim(good), 0);
        assertThat(view(good, "queues")).containsPattern("victim cpu#0: \\d of \\d+: 0x[0-9a-f]+");
        Dump overrun = spoilt(good, m -> m.writeInt(queue, 1000));
        assertThat(view(overrun, "queues"))
                .containsPattern("victim cpu#0: 1000 of \\d+, which cannot be");
    }
}
