package org.slubcheck.defects;

import java.util.List;
import java.util.Optional;

/** All defects, in the order of the catalogue. */
public final class Defects {
    private static final List<Defect<?>> ALL =
            List.of(
                    new B01StaleOwner(),
                    new B02CpuSlabMissed(),
                    new B03FullListMissed(),
                    new B04EmbeddedListHead(),
                    new B05CopyBeforeAlloc(),
                    new B06FreeBeforeFixup(),
                    new B07KmemSizeLate(),
                    new B08UncheckedAlloc(),
                    new B09BootRefcount(),
                    new B10KmallocBeforeUp(),
                    new B11MissedCallSite(),
                    new B12UmaHotplug(),
                    new B13UpPercpuCycle(),
                    new B14Names(),
                    new B15NotifierEarly(),
                    new B16EarlyNode(),
                    new B17DebugNames(),
                    new Q01RuleA(),
                    new Q02RuleB(),
                    new Q03RuleC(),
                    new Q04ResizePublish(),
                    new Q04aResizeNoIpi(),
                    new Q04rPlainPublish(),
                    new Q05DestroyVsSysfs(),
                    new Q06AliasWindow(),
                    new Q07LockLeakOnError(),
                    new Q08SysfsUnderLock(),
                    new Q09RcuBarrierUnderLock(),
                    new Q10RemoveBeforeSysfsUp(),
                    new Q11DynamicDma(),
                    new Q12DmaBeforeLate(),
                    new Q13DuplicateDt0000064(),
                    new Q14ErrorPathExplodes(),
                    new Q15DmaLoopUnlocked(),
                    new Q16NamelessCache(),
                    new Q17GfpWithIrqsOff(),
                    new Q18MaskOrder(),
                    new Q19InvertedHook(),
                    new Q20DebugFlagSource(),
                    new Q21DmaAffinity(),
                    new Q22NumaOnlyBoot(),
                    new F01IrqFlagClobber(),
                    new F02NegativeRefill(),
                    new F03WrongNodeAfterMigration(),
                    new F04SharedQueueToctou(),
                    new F05PageShiftForPageSize(),
                    new F06BatchCheckInverted(),
                    new F07BatchClampOutsideLock(),
                    new F08ResizeOom(),
                    new F09CloseSelfDeadlock(),
                    new F10AreasFreedBeforeBusyCheck(),
                    new F11AlienSlabAbba(),
                    new F12StaleAlienPointer(),
                    new F13ShiftBeforeRemoval(),
                    new F15OfflineCpuDangles(),
                    new F16OverlappingCopy(),
                    new F17ReadPastEnd(),
                    new F18MisalignedLoop(),
                    new F19ExpireNull(),
                    new F20ExpireWithoutIrqsave(),
                    new F21ExpireWithoutSlubLock(),
                    new F22ReclaimRecursion(),
                    new F23WrongTypeCheck(),
                    new E01EarlyHole(),
                    new E02MemmapInitReset(),
                    new E03UninitialisedFlag(),
                    new E04DoubleInitCounter(),
                    new E05EarlyDma(),
                    new E06PageStateParity(),
                    new E07MemorylessNode(),
                    new P01AllocBeforeSlab(),
                    new P02SlotExhaustion(),
                    new P03MapLeak(),
                    new P04FreeOfInitdata(),
                    new P05StaleMapAlloc(),
                    new P06LockSleep(),
                    new P07DynSize(),
                    new P08TargetChunks(),
                    new U1RcuBarrierUnderMutex(),
                    new U2aAsynchronousRemoval(),
                    new U2bRemovalUnderMutex(),
                    new U2cReleasedWithObjects(),
                    new U2dFlagsReadAgain(),
                    new U3ShowSlabObjects(),
                    new U3aNodeLifetime(),
                    new U4DoubleFreeOnRefusal(),
                    new U7TidOfAnotherCpu(),
                    new U8LeakInGetPartial(),
                    new U9PageGoneUnderFreelist(),
                    new U10CountReadTwice(),
                    new U10sCpuSlabReadAgain(),
                    new U11ValidateFalsePositive(),
                    new U12WideCounterStore(),
                    new U15BadSlabUnlisted(),
                    new U17ShrinkHeads(),
                    new U18NeedlessIpi(),
                    new O01FlushOfOldArea());

    private Defects() {}

    /** All of them. */
    public static List<Defect<?>> all() {
        return ALL;
    }

    /** The one with this id, upper or lower case. */
    public static Optional<Defect<?>> byId(String id) {
        return ALL.stream().filter(d -> d.id().equalsIgnoreCase(id)).findFirst();
    }
}
