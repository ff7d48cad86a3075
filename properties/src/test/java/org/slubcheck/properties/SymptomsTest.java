package org.slubcheck.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.defects.Defect;
import org.slubcheck.defects.Defects;
import org.slubcheck.defects.Suspect;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** A defect is known by its own symptom, and not by what another shows to the same property. */
class SymptomsTest {
    private static final Set<Technique> OURS =
            EnumSet.of(Technique.PROPERTY, Technique.BOOT, Technique.FAULT);

    /** A defect is found within so many tries of the seed. */
    private static final int TRIES = 40;

    private static final long SEED = 1;

    /** Pairs that look alike, either way round, and why they must. */
    private static final Map<Set<String>, String> ALIKE =
            Map.of(
                    Set.of("Q17", "Q18"),
                    "one opens gfp_allowed_mask, the other does not apply it: in early boot the"
                            + " hook sees the same unmasked flags, and says the same");

    record Pair(String id, String other, Technique technique, String subject) {
        @Override
        public String toString() {
            return id + " is not " + other + " to " + subject;
        }
    }

    static List<Pair> pairs() {
        return all().stream()
                .filter(pair -> !ALIKE.containsKey(Set.of(pair.id, pair.other)))
                .toList();
    }

    /** Both ways round. */
    private static List<Pair> pairs(Set<String> ids) {
        return all().stream().filter(pair -> ids.equals(Set.of(pair.id, pair.other))).toList();
    }

    private static List<Pair> all() {
        List<Pair> pairs = new ArrayList<>();
        for (Catalogue.Entry one : Catalogue.entries()) {
            for (Catalogue.Entry other : Catalogue.entries()) {
                for (Map.Entry<Technique, String> row : one.subjects().entrySet()) {
                    if (!one.equals(other)
                            && OURS.contains(row.getKey())
                            && other.subjects().containsValue(row.getValue())) {
                        pairs.add(
                                new Pair(
                                        one.defect().id(),
                                        other.defect().id(),
                                        row.getKey(),
                                        row.getValue()));
                    }
                }
            }
        }
        return pairs;
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void noDefectHasTheSymptomOfAnother(Pair pair) {
        Verdict verdict = check(pair.id, pair.other, pair.technique, pair.subject);
        assertThat(verdict.outcome()).as(verdict.detail()).isNotEqualTo(Outcome.FOUND);
    }

    @Test
    void thereAreDefectsThatShareASubject() {
        assertThat(pairs()).isNotEmpty();
    }

    @Test
    void whatIsSaidToLookAlikeDoes() {
        for (Set<String> ids : ALIKE.keySet()) {
            List<Verdict> both =
                    pairs(ids).stream()
                            .map(p -> check(p.id, p.other, p.technique, p.subject))
                            .toList();
            assertThat(both).as("%s", both).anyMatch(verdict -> verdict.outcome() == Outcome.FOUND);
        }
    }

    /** What is not looked for is reported as it was drawn: made smaller it could turn into a find. */
    @Test
    void whatIsNotLookedForIsNotMadeSmaller() {
        String subject = "BootProperties.bootIsSound";
        Verdict own = check("B01", "B01", Technique.BOOT, subject);
        Verdict foreign = check("B01", "B07", Technique.BOOT, subject);
        assertThat(own.outcome()).as(own.detail()).isEqualTo(Outcome.FOUND);
        assertThat(foreign.outcome()).as(foreign.detail()).isEqualTo(Outcome.FAULT);
    }

    /** A page may be wrongly on a list for many a reason; whose it is tells a stale owner. */
    @ParameterizedTest
    @ValueSource(strings = {"B01", "B02"})
    void aWrongListIsNoStaleOwner(String id) {
        Pattern symptom = Defects.byId(id).orElseThrow().symptom();
        String listed = "kmem_cache node#0: page#12 is on the partial list and should not be";
        assertThat(listed).doesNotContainPattern(symptom);
        assertThat(listed + ": its owner is another cache, kmalloc-64").containsPattern(symptom);
    }

    /** Where an area is free that lies behind one in use, both read free per-CPU memory. */
    @Test
    void aReadBehindAnAreaIsNoUseOfOneThatWasFreed() {
        Pattern freed = Defects.byId("F10").orElseThrow().symptom();
        Pattern behind = Defects.byId("F17").orElseThrow().symptom();
        String read =
                "BUG: KASAN: percpu-use-after-free in 0x40\nRead of size 8 at addr 40 by CPU#0";
        String served = "\nThe buggy address last served as percpu, handed out on CPU#0";
        String lies =
                "\nThe buggy address lies 0 bytes behind the end of percpu, handed out on CPU#0";
        String during = "destroying a cache: ";
        assertThat(during + read + served).containsPattern(freed);
        assertThat(during + read + lies).doesNotContainPattern(freed);
        assertThat(during + read + served + lies).doesNotContainPattern(freed);
        assertThat(read + served).doesNotContainPattern(behind);
        assertThat(read + lies).containsPattern(behind);
        assertThat(read + served + lies).containsPattern(behind);
        assertThat(read + lies + ", taken back on CPU#0").doesNotContainPattern(behind);
    }

    private static Verdict check(
            String present, String looksLike, Technique technique, String subject) {
        Defect<?> defect = Defects.byId(present).orElseThrow();
        return PropertyRunner.run(
                Suspect.of(defect, false).shownBy(Defects.byId(looksLike).orElseThrow().symptom()),
                technique,
                subject,
                TRIES,
                SEED);
    }
}
