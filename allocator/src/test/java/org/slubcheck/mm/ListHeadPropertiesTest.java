package org.slubcheck.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.KernelDeath;
import org.slubcheck.machine.Memory;

class ListHeadPropertiesTest {
    private static final int ENTRIES = 6;
    private static final long HEAD = 64;
    private static final long OTHER = HEAD + ListHead.SIZE;

    private final Memory m = Memory.plain(1024);
    private final List<Long> model = new ArrayList<>();
    private final List<Long> otherModel = new ArrayList<>();

    ListHeadPropertiesTest() {
        ListHead.init(m, HEAD);
        ListHead.init(m, OTHER);
    }

    /** An operation is op * 10 + entry; the model is an ArrayList. */
    @Property
    void behavesAsAListOfItsEntries(
            @ForAll @Size(max = 40) List<@IntRange(max = 7 * 10 - 1) Integer> operations) {
        for (int operation : operations) {
            step(operation / 10, entry(operation % 10 % ENTRIES));
            assertThat(walk(HEAD)).isEqualTo(model);
            assertThat(walk(OTHER)).isEqualTo(otherModel);
            assertThat(ListHead.isEmpty(m, HEAD)).isEqualTo(model.isEmpty());
        }
    }

    private void step(int op, long entry) {
        boolean listed = model.contains(entry) || otherModel.contains(entry);
        switch (op) {
            case 0 -> {
                if (!listed) {
                    ListHead.add(m, entry, HEAD);
                    model.add(0, entry);
                }
            }
            case 1 -> {
                if (!listed) {
                    ListHead.addTail(m, entry, HEAD);
                    model.add(entry);
                }
            }
            case 2 -> {
                if (listed) {
                    ListHead.del(m, entry);
                    forget(entry);
                }
            }
            case 3 -> {
                if (listed) {
                    ListHead.move(m, entry, OTHER);
                    forget(entry);
                    otherModel.add(0, entry);
                }
            }
            case 4 -> {
                if (listed) {
                    ListHead.moveTail(m, entry, HEAD);
                    forget(entry);
                    model.add(entry);
                }
            }
            default -> {
                ListHead.splice(m, OTHER, HEAD);
                ListHead.init(m, OTHER);
                model.addAll(0, otherModel);
                otherModel.clear();
            }
        }
    }

    @Example
    void aDeletedEntryFaultsWhenWalked() {
        Memory checked = Memory.checked(1024, new Console());
        ListHead.init(checked, HEAD);
        ListHead.add(checked, entry(0), HEAD);
        ListHead.del(checked, entry(0));
        long next = ListHead.next(checked, entry(0));
        assertThat(next).isEqualTo(ListHead.LIST_POISON1);
        assertThat(ListHead.prev(checked, entry(0))).isEqualTo(ListHead.LIST_POISON2);
        assertThatThrownBy(() -> ListHead.next(checked, next)).isInstanceOf(KernelDeath.class);
    }

    private void forget(long entry) {
        model.remove(entry);
        otherModel.remove(entry);
    }

    private List<Long> walk(long head) {
        List<Long> entries = new ArrayList<>();
        List<Long> backwards = new ArrayList<>();
        for (long e = ListHead.next(m, head); e != head; e = ListHead.next(m, e)) {
            entries.add(e);
        }
        for (long e = ListHead.prev(m, head); e != head; e = ListHead.prev(m, e)) {
            backwards.add(0, e);
        }
        assertThat(backwards).isEqualTo(entries);
        return entries;
    }

    private static long entry(int i) {
        return 256 + 32L * i;
    }
}
