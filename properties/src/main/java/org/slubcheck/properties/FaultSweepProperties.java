package org.slubcheck.properties;

import java.util.EnumSet;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/**
 * Every allocation of every call and of every boot fails once, on all engines; nothing is drawn by
 * chance.
 */
@AddLifecycleHook(Handover.class)
final class FaultSweepProperties {
    private final Subject subject = Subject.current();

    /** All calls on one machine of each engine, where no object is free: the quick form. */
    @Example
    void anyCallMayFail() {
        calls(
                FaultMachines.few(),
                EnumSet.of(FaultSweep.Stock.NONE),
                EnumSet.of(FaultSweep.Mode.ONE));
    }

    /** All calls on all machines, in all ways. */
    @Example
    void everyCallOfEveryEngineMayFail() {
        calls(
                FaultMachines.all(),
                EnumSet.allOf(FaultSweep.Stock.class),
                EnumSet.allOf(FaultSweep.Mode.class));
    }

    private void calls(
            List<FaultMachines.Machine> machines,
            EnumSet<FaultSweep.Stock> stocks,
            EnumSet<FaultSweep.Mode> modes) {
        FaultSweep sweep = new FaultSweep(subject, stocks, modes);
        List<ApiCall> calls = ApiCall.all();
        for (FaultMachines.Machine machine : machines) {
            sweep.machine(machine, calls);
        }
        sweep.complete(calls);
        subject.exhausted(sweep.cases());
    }

    /** One allocation fails in each boot. */
    @Example
    void everyBootOfEveryEngineMayFail() {
        BootFaults boots = new BootFaults(subject);
        FaultMachines.all().forEach(boots::each);
        boots.complete();
        subject.exhausted(boots.cases());
    }

    /** One allocation fails in each boot of the smallest machine: the quick form. */
    @Example
    void anyBootMayFail() {
        BootFaults boots = new BootFaults(subject);
        FaultMachines.smallest().forEach(boots::each);
        boots.complete();
        subject.exhausted(boots.cases());
    }

    /** Two allocations fail in each boot. */
    @Example
    void everyTwoOfABootMayFail() {
        BootFaults boots = new BootFaults(subject);
        FaultMachines.small().forEach(boots::pairs);
        boots.complete();
        subject.exhausted(boots.cases());
    }
}
