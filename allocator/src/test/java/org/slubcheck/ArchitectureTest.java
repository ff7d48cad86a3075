package org.slubcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule holds in the allocator, and each is broken by its fixture. */
class ArchitectureTest {
    private static final String ROOT = "org.slubcheck";
    private static final String FIXTURE_ROOT = "org.slubcheck.archfixtures";

    private static final JavaClasses ALLOCATOR =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages(ROOT);
    private static final JavaClasses FIXTURES =
            new ClassFileImporter().importPackages(FIXTURE_ROOT);

    /** A rule, and the class below the fixture root that must break it. */
    private record Case(String fixture, Function<ArchitectureRules, ArchRule> rule) {
        ArchRule below(String root) {
            return rule.apply(new ArchitectureRules(root));
        }

        @Override
        public String toString() {
            return fixture;
        }
    }

    static Stream<Case> cases() {
        Stream<Case> directions =
                ArchitectureRules.ORDER.stream()
                        .map(layer -> new Case(layer + ".Upward", r -> r.direction(layer)));
        Stream<Case> others =
                Stream.of(
                        new Case("stray.Outsider", ArchitectureRules::everyPackageHasItsPlace),
                        new Case("machine.SpinsAside", ArchitectureRules::onlyTheMemorySpins),
                        new Case("slab.Yields", ArchitectureRules::onlyProgressYields),
                        new Case("slab.Exchanges", ArchitectureRules::onlyTheMachineExchanges),
                        new Case("slab.TakesLines", ArchitectureRules::onlyFastPathsTakeLines),
                        new Case("slab.Parks", ArchitectureRules::nothingParksOrSleeps),
                        new Case("slab.Sleeps", ArchitectureRules::nothingParksOrSleeps),
                        new Case("slab.ReadsMillis", ArchitectureRules::nothingReadsTheClock),
                        new Case("slab.ReadsNanos", ArchitectureRules::nothingReadsTheClock),
                        new Case("slab.ReadsDate", ArchitectureRules::nothingReadsTheClock),
                        new Case(
                                "slab.OrdersAccesses",
                                ArchitectureRules::onlyTheMachineOrdersAccesses),
                        new Case(
                                "slab.Peeks",
                                ArchitectureRules::kernelCodeTakesNothingFromObservers),
                        new Case(
                                "slab.AsksAnObserver",
                                ArchitectureRules::kernelCodeTakesNothingFromObservers),
                        new Case(
                                "slab.PeeksInALambda",
                                ArchitectureRules::kernelCodeTakesNothingFromObservers),
                        new Case("slab.Remembers", ArchitectureRules::noStaticFieldChanges),
                        new Case("slab.Counts", ArchitectureRules::kernelCodeKeepsNoState));
        return Stream.concat(directions, others);
    }

    @ParameterizedTest(name = "against {0}")
    @MethodSource("cases")
    void holdsInTheAllocator(Case each) {
        each.below(ROOT).check(ALLOCATOR);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rejectsItsFixture(Case each) {
        assertThatThrownBy(() -> each.below(FIXTURE_ROOT).check(FIXTURES))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(FIXTURE_ROOT + "." + each.fixture());
    }

    @Test
    void aMemoryOfTheMachineMaySpin() {
        ArchRule rule = new ArchitectureRules(FIXTURE_ROOT).onlyTheMemorySpins();
        assertThatThrownBy(() -> rule.check(FIXTURES))
                .hasMessageNotContaining("archfixtures.machine.GoodMemory");
    }

    @Test
    void anObserverMayPeekAndBeTold() {
        ArchRule rule = new ArchitectureRules(FIXTURE_ROOT).kernelCodeTakesNothingFromObservers();
        assertThatThrownBy(() -> rule.check(FIXTURES))
                .hasMessageNotContaining("Method <" + FIXTURE_ROOT + ".slab.Watches")
                .hasMessageNotContaining(FIXTURE_ROOT + ".slab.TellsAnObserver");
    }

    @Test
    void theAllocatorWasRead() {
        assertThat(ALLOCATOR.contain("org.slubcheck.machine.Memory")).isTrue();
    }
}
