package org.slubcheck.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.defects.Defects;
import org.slubcheck.machine.Step;

/** A step's name says where it stands, and so which engines have it. */
class StepNamesTest {
    /** What the names of a package's steps may begin with. */
    private static final Map<String, Set<String>> PREFIXES =
            Map.of(
                    "mm", Set.of("percpu", "early"),
                    "slab", Set.of("slab"),
                    "slubbase", Set.of("slubbase"),
                    "slubq", Set.of("slubq"),
                    "slub", Set.of("slub"));

    static Stream<JavaField> steps() {
        return new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("org.slubcheck")
                        .stream()
                        .flatMap(each -> each.getFields().stream())
                        .filter(field -> field.getModifiers().contains(JavaModifier.STATIC))
                        .filter(field -> field.getRawType().isEquivalentTo(Step.class));
    }

    @ParameterizedTest
    @MethodSource("steps")
    void aStepIsNamedAfterItsPackage(JavaField field) throws IllegalAccessException {
        String name = ((Step<?>) field.reflect().get(null)).name();
        String owner = field.getOwner().getPackageName();
        String part = owner.substring(owner.lastIndexOf('.') + 1);
        assertThat(PREFIXES.get(part)).as(name).contains(name.substring(0, name.indexOf('.')));
        assertThat(name.startsWith("slub.lockless."))
                .as(name)
                .isEqualTo(field.getOwner().getSimpleName().equals("LocklessSteps"));
    }

    @Test
    void everyDefectsStepIsAmongThem() throws IllegalAccessException {
        Set<String> names = new TreeSet<>();
        for (JavaField field : steps().toList()) {
            names.add(((Step<?>) field.reflect().get(null)).name());
        }
        assertThat(names)
                .containsAll(Defects.all().stream().map(each -> each.step().name()).toList());
    }

    @Test
    void enginesHaveTheirOwnStepsAndTheCommonOnes() {
        assertThat(Catalogue.enginesWith("slubq.alloc.reload")).isEqualTo(List.of("slubq"));
        assertThat(Catalogue.enginesWith("slub.alloc.bad_slab"))
                .containsExactlyInAnyOrder("slub", "slub-lockless");
        assertThat(Catalogue.enginesWith("slub.lockless.look")).containsExactly("slub-lockless");
        assertThat(Catalogue.enginesWith("slubbase.hooks.mask"))
                .containsExactlyInAnyOrder("slubq", "slub", "slub-lockless");
    }
}
