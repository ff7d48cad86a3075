package org.slubcheck.gate;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.catalogue.Catalogue;
import org.slubcheck.verdict.Count;
import org.slubcheck.verdict.Mark;
import org.slubcheck.verdict.Mark.What;
import org.slubcheck.verdict.Minimal;
import org.slubcheck.verdict.Outcome;
import org.slubcheck.verdict.Technique;
import org.slubcheck.verdict.Verdict;

/** Reports of gates that never ran: everything as expected, or Q04a missed. */
final class SampleReport {
    private static final String LOST = "victim object 0x1320 is accounted 0 times: it is lost";

    private SampleReport() {}

    static Report passed() {
        return report(null);
    }

    /** A model check did not find Q04a, and says this. */
    static Report failed(String detail) {
        return report(detail);
    }

    /** The wide time line of Q04a. */
    static String drawing() {
        return Lanes.svg(marks(), Lanes.Size.WIDE, "t", "a run");
    }

    /** In a few lines. */
    static final List<String> SCHEDULE =
            List.of(
                    "slubcheck-schedule 1",
                    "run 1 until write of \"victim cpu#1 q.objects\" in Slubq.free #1",
                    "end");

    static List<Mark> marks() {
        List<Mark> marks = new ArrayList<>();
        marks.add(mark(0, 1, What.BEGIN, "", "> kmem_cache_free", false));
        marks.add(mark(4, 1, What.IRQ_OFF, "", "irq off", true));
        marks.add(mark(9, 1, What.WRITE, "victim cpu#1", "victim cpu#1 q.objects 3 -> 4", true));
        marks.add(mark(0, 1, What.PREEMPTED, "", "~~ preempted", true));
        marks.add(mark(0, 0, What.BEGIN, "", "> cpu_queue_size_store", false));
        marks.add(mark(10, 0, What.LOCK, "slub_lock", "down_write(slub_lock)", false, "slub_lock"));
        marks.add(mark(66, 0, What.READ, "victim cpu", "reads victim cpu", false, "slub_lock"));
        marks.add(mark(135, 0, What.UNLOCK, "slub_lock", "up_write(slub_lock)", false));
        marks.add(mark(137, 1, What.IRQ_ON, "", "irq on", false));
        marks.add(Mark.wrong(LOST + "\nvictim: count_free is 7 but available is 6"));
        return marks;
    }

    private static Mark mark(
            int step,
            int cpu,
            What what,
            String object,
            String text,
            boolean off,
            String... locks) {
        return new Mark(step, cpu, cpu, false, what, object, text, off, false, List.of(locks));
    }

    private static Report report(String missed) {
        List<Entry> entries = new ArrayList<>();
        for (Catalogue.Entry entry : Catalogue.entries()) {
            entry.subjects()
                    .forEach(
                            (technique, subject) -> {
                                String id = entry.defect().id();
                                boolean here =
                                        missed != null
                                                && id.equals("Q04a")
                                                && technique == Technique.MODEL;
                                entries.add(
                                        Entry.of(
                                                17,
                                                verdict(
                                                        id,
                                                        false,
                                                        technique,
                                                        subject,
                                                        here
                                                                ? Outcome.CLEAN_SAMPLED
                                                                : Outcome.FOUND,
                                                        here ? missed : LOST)));
                                entries.add(
                                        Entry.of(
                                                17,
                                                verdict(
                                                        id,
                                                        true,
                                                        technique,
                                                        subject,
                                                        Outcome.CLEAN_SAMPLED,
                                                        "nothing wrong")));
                            });
        }
        return Report.of(Profile.QUICK, Shard.WHOLE, List.of(17), entries, true);
    }

    private static Verdict verdict(
            String id,
            boolean fixed,
            Technique technique,
            String subject,
            Outcome outcome,
            String detail) {
        boolean drawn = technique == Technique.MODEL && outcome == Outcome.FOUND;
        List<Count> counts =
                switch (technique) {
                    case MODEL ->
                            List.of(
                                    new Count("2", 10, "scheduling decisions"),
                                    new Count("3", 7, "scheduling decisions"));
                    case STRESS ->
                            List.of(
                                    new Count("0", 1_000, "acceptable  as it should be"),
                                    new Count("1", fixed ? 0 : 3, "forbidden  lost"));
                    default -> List.of();
                };
        return new Verdict(
                id,
                fixed,
                technique,
                subject,
                outcome,
                17,
                technique == Technique.MODEL ? 2 : -1,
                3,
                0.25,
                "",
                detail,
                fixed ? List.of() : List.of("one", "two"),
                drawn ? marks() : List.of(),
                counts,
                drawn ? new Minimal(1, true, 2, SCHEDULE) : null);
    }
}
