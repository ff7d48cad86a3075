package org.slubcheck.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** What the testkit may use of slubcheck, and what of Java. */
class ArchitectureTest {
    private static final JavaClasses TESTKIT =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("org.slubcheck.testkit");
    private static final JavaClasses EVERYTHING =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("org.slubcheck");

    /** Outside users get verdicts, and no allocator. */
    private static final ArchRule ONLY_VERDICTS =
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "org.slubcheck.machine..",
                            "org.slubcheck.mm..",
                            "org.slubcheck.slab..",
                            "org.slubcheck.kernel..",
                            "org.slubcheck.scenarios..",
                            "org.slubcheck.timeline..",
                            "org.slubcheck.model..",
                            "org.slubcheck.stress..",
                            "org.slubcheck.properties..",
                            "org.slubcheck.gate..");

    @Test
    void usesVerdictsAndNothingElse() {
        ONLY_VERDICTS.check(TESTKIT);
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "org.slubcheck.testkit..",
                        "org.slubcheck.verdict..",
                        "java..",
                        "javax..",
                        "kotlin..",
                        "org.jetbrains..",
                        "net.jqwik..",
                        "com.fasterxml..",
                        "")
                .check(TESTKIT);
    }

    @Test
    void nobodySleepsOrParks() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.concurrent.locks.LockSupport")
                .check(TESTKIT);
    }

    @Test
    void whatUsesTheAllocatorBreaksTheRule() {
        assertThat(ONLY_VERDICTS.evaluate(EVERYTHING).hasViolation()).isTrue();
    }
}
