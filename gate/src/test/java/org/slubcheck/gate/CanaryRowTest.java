package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slubcheck.model.ModelCanaries;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** What the tools of each JDK were shown is in every report, and a blind one stands out. */
class CanaryRowTest {
    private static Entry entry(int jdk, boolean fixed, Outcome outcome, long runs) {
        return Entry.of(
                jdk,
                new Verdict(
                        Verdict.CANARY + "plain-race",
                        fixed,
                        Technique.STRESS,
                        "s",
                        outcome,
                        runs,
                        -1,
                        -1,
                        0,
                        "",
                        "detail",
                        List.of()));
    }

    private static Report report() {
        List<Entry> entries = new ArrayList<>();
        entries.add(entry(17, false, Outcome.FOUND, 1200));
        entries.add(entry(17, true, Outcome.CLEAN_SAMPLED, 3400));
        entries.add(entry(25, false, Outcome.CLEAN_SAMPLED, 5600));
        return Report.of(Profile.QUICK, Shard.WHOLE, List.of(17, 25), entries, true);
    }

    @Test
    void eachJdkHasARowWithItsNumbers() {
        List<CanaryRow> rows = CanaryRow.of(report().verdicts());
        assertThat(rows).hasSize(2);
        CanaryRow good = rows.get(0);
        assertThat(good.jdk()).isEqualTo(17);
        assertThat(good.good()).isTrue();
        assertThat(good.texts().get(0)).startsWith("found after ");
        assertThat(good.texts().get(1)).startsWith("clean in ");
        CanaryRow blind = rows.get(1);
        assertThat(blind.jdk()).isEqualTo(25);
        assertThat(blind.good()).isFalse();
        assertThat(blind.texts().get(0)).startsWith("CLEAN-SAMPLED in ");
        assertThat(blind.texts().get(1)).isEqualTo("missing");
    }

    /** Lincheck explores interleavings: what only a store buffer does is known to be out of its sight. */
    @Test
    void whatAToolIsKnownNotToSeeIsAsItMustBeAndNeedsNoTwin() {
        String known =
                ModelCanaries.ALL.stream()
                        .filter(canary -> canary.blind())
                        .findFirst()
                        .orElseThrow()
                        .id();
        Key key = new Key(known, Technique.MODEL, "s", false);
        Entry blind = Entry.of(17, key.verdict(Outcome.TOOL_BLIND, "as is known"));
        CanaryRow row = CanaryRow.of(List.of(blind)).get(0);
        assertThat(row.good()).isTrue();
        assertThat(row.texts().get(0)).contains("TOOL-BLIND").startsWith("known");
        assertThat(row.texts().get(1)).isEqualTo("not needed");
        Key another = new Key(Verdict.CANARY + "plain-race", Technique.MODEL, "s", false);
        Entry unknown = Entry.of(17, another.verdict(Outcome.TOOL_BLIND, "saw nothing"));
        assertThat(CanaryRow.of(List.of(unknown)).get(0).good()).isFalse();
    }

    @Test
    void thePageAndTheSummaryHaveTheRows() {
        String page = new String(HtmlReport.bytes(report(), null), StandardCharsets.UTF_8);
        assertThat(page)
                .contains("Canaries on each JDK")
                .contains("<th scope='row'>plain-race</th>");
        assertThat(page).contains("✗ no").contains("✓ yes");
        String md = Markdown.of(report());
        assertThat(md).contains("| plain-race | stress | 17 | found after ");
        assertThat(md)
                .containsPattern(
                        "\\| plain-race \\| stress \\| 25 \\| CLEAN-SAMPLED .*\\| missing \\| \\*\\*no\\*\\* \\|");
    }
}
