package org.slubcheck;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethodWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.slubcheck.machine.Observer;

/**
 * The rules that the packages below one root keep. The root is a parameter so that the same rules
 * judge the allocator and the fixtures that must break them.
 */
final class ArchitectureRules {
    /**
     * The packages in their order: each may use itself and those before it, and no other. {@code
     * trace}, {@code timeline} and {@code crash} are side branches on top of {@code kernel}, which
     * nothing after them uses but each other.
     */
    static final List<String> ORDER =
            List.of(
                    "verdict",
                    "layout",
                    "machine",
                    "mm",
                    "slab",
                    "slubbase",
                    "slubq",
                    "slub",
                    "kernel",
                    "trace",
                    "timeline",
                    "crash",
                    "defects",
                    "scenarios",
                    "catalogue");

    /** Packages that only the modules above the allocator use, and each other. */
    private static final Set<String> LEAVES = Set.of("trace", "timeline", "crash");

    private final String root;

    ArchitectureRules(String root) {
        this.root = root;
    }

    /** The package {@code layer} uses nothing that comes after it, and no leaf. */
    ArchRule direction(String layer) {
        int place = ORDER.indexOf(layer);
        List<String> forbidden = new ArrayList<>();
        for (String other : ORDER) {
            boolean after = ORDER.indexOf(other) > place;
            boolean leaf = LEAVES.contains(other) && !LEAVES.contains(layer);
            if (after || leaf) {
                forbidden.add(within(other));
            }
        }
        return noClasses()
                .that()
                .resideInAPackage(within(layer))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden.toArray(String[]::new))
                .as(layer + " uses only itself and what comes before it in " + ORDER);
    }

    /** A package that is not in the order escapes every direction rule, so there is none. */
    ArchRule everyPackageHasItsPlace() {
        List<String> known = new ArrayList<>(List.of(root));
        ORDER.forEach(layer -> known.add(within(layer)));
        return classes()
                .that()
                .resideInAPackage(root + "..")
                .should()
                .resideInAnyPackage(known.toArray(String[]::new));
    }

    /**
     * Waiting is a method of the memory. A loop elsewhere that tells the CPU that it spins is a
     * lock of its own, which costs the model checker many times the interleavings.
     */
    ArchRule onlyTheMemorySpins() {
        return noClasses()
                .that(not(resideInAPackage(root + ".machine").and(simpleNameEndingWith("Memory"))))
                .should()
                .callMethod(Thread.class, "onSpinWait");
    }

    /**
     * Giving the processor away is waiting too. The one place for it outside of the memory counts
     * who waits, so that a run in which all do ends.
     */
    ArchRule onlyProgressYields() {
        return noClasses()
                .that(not(resideInAPackage(root + ".machine").and(simpleName("Progress"))))
                .should()
                .callMethod(Thread.class, "yield");
    }

    /** A compare and exchange outside of the machine is a lock of its own. */
    ArchRule onlyTheMachineExchanges() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(within("machine"))
                .should(callNamed("Memory", "cmpxchg"));
    }

    /** Taking an irq line past the task's record is for the engines' fast paths alone. */
    ArchRule onlyFastPathsTakeLines() {
        return noClasses()
                .that(not(resideInAPackage(root + ".machine").or(simpleName("Slubq"))))
                .should(callNamed("Machine", "irqTryEnter"))
                .orShould(callNamed("Machine", "irqLeave"));
    }

    private static ArchCondition<JavaClass> callNamed(String owner, String method) {
        return callMethodWhere(
                describe(
                        owner + "." + method,
                        call ->
                                call.getTargetOwner().getSimpleName().equals(owner)
                                        && call.getName().equals(method)));
    }

    /** The model checker makes park return at once, and a sleep proves nothing. */
    ArchRule nothingParksOrSleeps() {
        return noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(LockSupport.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class);
    }

    /** A verdict must not depend on how fast the machine is. */
    ArchRule nothingReadsTheClock() {
        return noClasses()
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Instant.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class);
    }

    /** Memory is the only door to shared state; what orders accesses stays behind it. */
    ArchRule onlyTheMachineOrdersAccesses() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(within("machine"))
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.invoke.VarHandle")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("sun.misc.Unsafe");
    }

    /** What a static field remembers, a fork would share with the machine that it came from. */
    ArchRule noStaticFieldChanges() {
        return fields().that().areStatic().should().beFinal();
    }

    /**
     * All that tasks share is in memory. The model checker rests on it: it looks at accesses to
     * memory alone, so a field that kernel code changed would be shared behind its back.
     */
    ArchRule kernelCodeKeepsNoState() {
        return fields().that()
                .areDeclaredInClassesThat(
                        resideInAnyPackage(
                                within("mm"),
                                within("slab"),
                                within("slubbase"),
                                within("slubq"),
                                within("slub"),
                                within("defects")))
                .should()
                .beFinal();
    }

    /**
     * What an observer sees, no kernel code may know: an access past the address shadow and the race
     * detector would hide the bugs that they are for. Kernel code may tell an observer something,
     * as the printing of a report, from which nothing comes back.
     */
    ArchRule kernelCodeTakesNothingFromObservers() {
        return codeUnits()
                .that()
                .areDeclaredInClassesThat(
                        resideInAnyPackage(
                                within("machine"),
                                within("mm"),
                                within("slab"),
                                within("slubbase"),
                                within("slubq"),
                                within("slub"),
                                within("defects")))
                .should(takeNothingFromObservers())
                .as("only what is marked as an observer takes something from an observer");
    }

    private static ArchCondition<JavaCodeUnit> takeNothingFromObservers() {
        return new ArchCondition<>("take nothing from an observer") {
            @Override
            public void check(JavaCodeUnit unit, ConditionEvents events) {
                if (!observes(unit)) {
                    Stream.concat(
                                    unit.getCallsFromSelf().stream(),
                                    unit.getCodeUnitReferencesFromSelf().stream())
                            .filter(access -> answersAnObserver(access.getTarget()))
                            .forEach(
                                    access ->
                                            events.add(
                                                    SimpleConditionEvent.violated(
                                                            unit, access.getDescription())));
                }
            }
        };
    }

    private static boolean answersAnObserver(AccessTarget.CodeUnitAccessTarget target) {
        boolean peeks = target.getName().startsWith("peek");
        boolean marked = target.resolveMember().map(ArchitectureRules::observes).orElse(false);
        return (peeks || marked) && !target.getRawReturnType().isEquivalentTo(void.class);
    }

    private static boolean observes(JavaCodeUnit unit) {
        boolean marked = unit.isAnnotatedWith(Observer.class);
        Optional<JavaClass> within = Optional.of(unit.getOwner());
        while (!marked && within.isPresent()) {
            marked = within.get().isAnnotatedWith(Observer.class);
            within = within.get().getEnclosingClass();
        }
        return marked;
    }

    private String within(String layer) {
        return root + "." + layer + "..";
    }
}
