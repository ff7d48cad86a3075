package org.slubcheck.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.slubcheck.defects.Suspect;
import org.slubcheck.layout.SlubLayout;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Steps;
import org.slubcheck.slab.SlabFlags;
import org.slubcheck.slub.LocklessSteps;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** What callers see is the same on all engines; and a difference is seen. */
class AgreementTest {
    private static final String PROPERTY = "AgreementProperties.everyCallReturnsTheSame";
    private static final int TRIES = 60;

    private static Verdict run(Steps steps, Wanted wanted) {
        return PropertyRunner.run(
                new Suspect(PROPERTY, true, steps, null, null, null),
                Technique.PROPERTY,
                PROPERTY,
                TRIES,
                26,
                wanted,
                null);
    }

    @Test
    void allEnginesReturnTheSame() {
        Verdict v = run(Steps.mainline(), Wanted.ANY);
        assertThat(v.outcome())
                .as(v.detail() + "\n" + String.join("\n", v.timeline()))
                .isEqualTo(Outcome.CLEAN_SAMPLED);
    }

    @Test
    void aMistakeOfOneEngineShows() {
        Verdict anyNode =
                run(
                        Steps.mainline().with(LocklessSteps.NODE_MATCH, (k, c, node) -> true),
                        Wanted.AS_DRAWN);
        assertThat(anyNode.outcome()).isEqualTo(Outcome.FOUND);
        assertThat(String.join("\n", anyNode.timeline()))
                .contains("engine=slub-lockless", "returns an object of node");
    }

    /** What callers are promised, and what SlubLayout computes: both are ours, and have to agree. */
    @Test
    void theAlignmentThatIsAskedForIsThatOfTheLayout() {
        Geometry g = Geometry.desktop(2, 1);
        for (int align : new int[] {0, 1, 8, 16, 64, 4096}) {
            for (int size = 1; size <= 300; size++) {
                for (long flags : new long[] {0, SlabFlags.HWCACHE_ALIGN}) {
                    assertThat(Alignment.ofCache(g, size, align, flags))
                            .as("%d bytes, %d, %x", size, align, flags)
                            .isEqualTo(SlubLayout.calculateAlignment(flags, align, size, 64));
                }
            }
        }
        assertThat(Alignment.ofBytes(g, 8192)).isEqualTo(8);
        assertThat(Alignment.ofBytes(g, 8193)).isEqualTo(4096);
    }

    @Test
    void aDifferenceIsNamed() {
        List<String> one = List.of("cpu#0: kmalloc(8) = 0x…", "ksize: [8]");
        assertThat(AgreementProperties.difference("slub", one, "slubq", one)).isEmpty();
        assertThat(
                        AgreementProperties.difference(
                                "slub", one, "slubq", List.of(one.get(0), "ksize: [16]")))
                .containsExactly("the engines differ: slub 'ksize: [8]', slubq 'ksize: [16]'");
        assertThat(AgreementProperties.difference("slub", one, "slubq", one.subList(0, 1)))
                .hasSize(1);
    }
}
