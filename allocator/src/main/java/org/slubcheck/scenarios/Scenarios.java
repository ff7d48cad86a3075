package org.slubcheck.scenarios;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All scenarios. */
public final class Scenarios {
    private static final List<Scenario> ALL =
            List.of(
                    new ResizeVsUser(),
                    new QueueShrinkVsAlloc(),
                    new ShrinkVsResize(),
                    new ShrinkVsShrink(),
                    new WindowVsResize(),
                    new StatVsResize(),
                    new WalkVsResize(),
                    new DestroyVsCreate(),
                    new AliasVsDestroy(),
                    new DmaFirstUse(),
                    new DmaLateVsCreate(),
                    new ReadVsDestroy(),
                    new DestroyVsCpuDown(),
                    new DestroyVsCpuUp(),
                    new ShrinkVsDestroyVsCpuUp(),
                    new RecreateVsWorker(),
                    new ResizeVsCpuDown(),
                    new ReadVsCpuDown(),
                    new ReadVsAlloc(),
                    new ValidateVsFree(),
                    new ValidateVsMemoryOffline(),
                    new ValidateVsDestroy("slubq"),
                    new ValidateVsDestroy("slub"),
                    new ReadVsMemoryNotifier(),
                    new MigratingRefill(),
                    new MigratingToNode(),
                    new ExpireVsIrqFree(),
                    new SharedTake(),
                    new RemoteAllocVsRemoval(),
                    new RemoteFreeVsAlienResize(),
                    new ExpireVsRemoval(),
                    new RemovalVsCpuUp(),
                    new RemoteRefillVsDrain(),
                    new KswapdVsCreate(),
                    new DrainVsRefill(),
                    new CreateUnderPressure(),
                    new PercpuFreeVsExtend(),
                    new SlubCountVsAlloc(),
                    LocklessFreeVsRefill.preempted(),
                    LocklessFreeVsRefill.migrating(),
                    new LocklessAllocVsFlush(),
                    new LocklessAllocVsPair(),
                    new LocklessAllocVsIrqFree(),
                    new LocklessAllocVsFree(),
                    new LocklessRemoteFree(),
                    new LocklessPartialVsFree(),
                    new LocklessFreeVsGetPage());

    private static final List<Scenario> PAIRS = Pair.all();

    private Scenarios() {}

    /** Every two operations on one cache at the same time. */
    public static List<Scenario> pairs() {
        return PAIRS;
    }

    /** All of them but the {@link #pairs}. */
    public static List<Scenario> all() {
        return ALL;
    }

    /** The one with this id. */
    public static Optional<Scenario> byId(String id) {
        return Stream.concat(ALL.stream(), PAIRS.stream())
                .filter(s -> s.id().equals(id))
                .findFirst();
    }
}
