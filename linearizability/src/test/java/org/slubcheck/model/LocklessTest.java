package org.slubcheck.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slubcheck.defects.Suspect;
import org.slubcheck.machine.DoubleWord;
import org.slubcheck.machine.Step;
import org.slubcheck.machine.Steps;
import org.slubcheck.scenarios.Scenarios;
import org.slubcheck.slub.LocklessSteps;
import org.slubcheck.slub.SlubSteps;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Verdict;

/**
 * The rules of the fast paths that turn no irqs off: each scenario is clean, and
 * each rule that is broken shows.
 */
class LocklessTest {
    private static final Budget FIND = new Budget(600, 0, false);

    /** The slowest completes two preemptions in 4000. */
    private static final Budget BRIEF = new Budget(300, 1, false);

    private static final String LOST = "is accounted 0 times: it is lost";
    private static final String TWICE = "is accounted 2 times";

    /** A scenario with a step that it is there for, and what has to go wrong when that is broken. */
    private record Case(String name, String scenario, Step<?> step, Steps broken, String symptom) {
        @Override
        public String toString() {
            return scenario + (broken == null ? "" : ": " + name);
        }
    }

    private static <F> Case broken(
            String name, String scenario, Step<F> step, F code, String symptom) {
        return new Case(name, scenario, step, Steps.mainline().with(step, code), symptom);
    }

    private static Case right(String scenario, Step<?> step) {
        return new Case("", scenario, step, null, "");
    }

    static Stream<Case> right() {
        return Stream.of(
                right("lockless-free-vs-refill", LocklessSteps.COMMIT),
                right("lockless-free-vs-migration", LocklessSteps.LOOK),
                right("lockless-alloc-vs-flush", LocklessSteps.NODE_MATCH),
                right("lockless-alloc-vs-pair", LocklessSteps.COMMIT),
                right("lockless-alloc-vs-irq-free", LocklessSteps.RECHECK),
                right("lockless-alloc-vs-free", LocklessSteps.RELOAD),
                right("lockless-remote-free", LocklessSteps.ANNOUNCE),
                right("lockless-partial-vs-free", LocklessSteps.ACQUIRE),
                right("lockless-free-vs-get-page", SlubSteps.COUNTS));
    }

    static Stream<Case> broken() {
        return Stream.of(
                broken(
                        "a tid that stays",
                        "lockless-alloc-vs-pair",
                        LocklessSteps.COMMIT,
                        (m, word, seen, freelist, step) ->
                                DoubleWord.cmpxchg(
                                        m,
                                        word,
                                        seen,
                                        DoubleWord.of(freelist, DoubleWord.count(seen))),
                        TWICE),
                broken(
                        "a comparison of the freelist alone",
                        "lockless-alloc-vs-pair",
                        LocklessSteps.COMMIT,
                        (m, word, seen, freelist, step) -> {
                            long now = m.readOnce(word);
                            return DoubleWord.pointer(now) == DoubleWord.pointer(seen)
                                    && DoubleWord.cmpxchg(
                                            m,
                                            word,
                                            now,
                                            DoubleWord.of(freelist, DoubleWord.count(now) + step));
                        },
                        TWICE),
                broken(
                        "a flush that keeps the tid",
                        "lockless-alloc-vs-flush",
                        LocklessSteps.ANNOUNCE,
                        (m, c, step) -> {},
                        TWICE),
                broken(
                        "a refill that keeps the tid",
                        "lockless-free-vs-refill",
                        LocklessSteps.ANNOUNCE,
                        (m, c, step) -> {},
                        "none of its objects"),
                broken(
                        "a freelist that is not looked at again",
                        "lockless-alloc-vs-irq-free",
                        LocklessSteps.RECHECK,
                        (k, c) -> 0,
                        LOST),
                broken(
                        "an area that is not looked up again",
                        "lockless-alloc-vs-free",
                        LocklessSteps.RELOAD,
                        (k, t, s, seen) -> seen,
                        "^BUG: KCSAN: data-race in victim"));
    }

    @ParameterizedTest
    @MethodSource("right")
    void theRightCodeIsClean(Case each) {
        Verdict v = run(each, BRIEF);
        assertThat(v.asExpected()).as("%s", v).isTrue();
    }

    @ParameterizedTest
    @MethodSource("broken")
    void aBrokenRuleShows(Case each) {
        Verdict v = run(each, FIND);
        assertThat(v.outcome()).as("%s", v).isEqualTo(Outcome.FOUND);
    }

    private static Verdict run(Case each, Budget budget) {
        boolean fixed = each.broken() == null;
        return ModelCheck.run(
                fixed
                        ? Suspect.mainline("lockless").reaching(each.step())
                        : Suspect.broken("lockless", each.broken())
                                .reaching(each.step())
                                .shownBy(Pattern.compile(each.symptom())),
                Scenarios.byId(each.scenario()).orElseThrow(),
                budget);
    }
}
