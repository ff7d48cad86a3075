package org.slubcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slubcheck.machine.Hotplug.CpuEvent;

/** Who registers hears of CPUs from then on, once of each. */
final class NotifierChainTest {
    private final Geometry geometry = Geometry.small();
    private final Console console = new Console();
    private final List<CpuEvent> heard = new ArrayList<>();
    private final MemoryMap map = new MemoryMap();
    private final long lines = Machine.reserveLines(map, geometry);
    private final long chain = NotifierChain.reserve(map, "cpu_chain");
    private final Machine machine = machine(Memory.plain(map.seal(Memory.WORD)));
    private final Hotplug hotplug =
            new Hotplug(machine, chain, (task, event, cpu) -> heard.add(event));
    private final Task task = Task.on(0);

    private Machine machine(Memory memory) {
        return new Machine(memory, geometry, console, LockObserver.NONE, lines);
    }

    @Test
    void anEmptyChainIsNobody() {
        assertThat(hotplug.cpuDown(task, 1)).isTrue();
        assertThat(hotplug.cpuUp(task, 1)).isTrue();
        assertThat(heard).isEmpty();
    }

    @Test
    void whoIsRegisteredHearsOfWhatComes() {
        hotplug.cpuDown(task, 1);
        hotplug.registerCpuNotifier();
        hotplug.cpuUp(task, 1);
        hotplug.cpuDown(task, 1);
        assertThat(heard)
                .containsExactly(
                        CpuEvent.UP_PREPARE, CpuEvent.ONLINE, CpuEvent.DOWN_PREPARE, CpuEvent.DEAD);
        assertThat(console.reports()).isEmpty();
    }

    @Test
    void aSecondRegistrationIsRefusedAndHarmless() {
        hotplug.registerCpuNotifier();
        hotplug.registerCpuNotifier();
        assertThat(console.reports())
                .singleElement()
                .asString()
                .contains(
                        "WARNING: at kernel/notifier.c notifier_chain_register\ndouble register"
                                + " detected");
        hotplug.cpuDown(task, 1);
        assertThat(heard).containsExactly(CpuEvent.DOWN_PREPARE, CpuEvent.DEAD);
    }

    @Test
    void theChainIsInMemory() {
        hotplug.registerCpuNotifier();
        Machine copy = machine(machine.memory().fork());
        List<Integer> told = new ArrayList<>();
        new Hotplug(copy, chain, (t, event, cpu) -> told.add(cpu)).cpuDown(Task.on(0), 1);
        assertThat(told).containsExactly(1, 1);
        assertThat(heard).isEmpty();
    }
}
