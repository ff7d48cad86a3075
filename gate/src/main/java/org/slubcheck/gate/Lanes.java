package org.slubcheck.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slubcheck.verdict.Mark;
import org.slubcheck.verdict.Mark.What;

/**
 * A time line as SVG: time downwards, a column for each CPU. In a column, from left to right: a bar
 * while irqs are off, one while another CPU's interrupt runs, one for each lock that is held, the
 * mark of the event, its text. What was wrong stands below all columns.
 *
 * <p>Bars are drawn from what each mark says its CPU holds, not from pairs of events, so they are
 * right where lines were left out.
 */
final class Lanes {
    private static final int BAR = 5;
    private static final int GAP = 3;
    private static final int PAD = 6;
    private static final int RADIUS = 4;

    /** Sizes of a drawing. */
    record Size(String name, int width, int column, int steps, int font, double glyph, int line) {
        static final Size WIDE = new Size("wide", 1080, 420, 44, 12, 7.25, 16);
        static final Size NARROW = new Size("narrow", 336, 150, 26, 10, 6.1, 13);
    }

    private final Size size;
    private final List<Mark> marks;
    private final List<Integer> cpus;
    private final int slots;
    private final int width;
    private final int column;
    private final int[] top;
    private final StringBuilder svg = new StringBuilder();

    private Lanes(List<Mark> all, Size size) {
        this.size = size;
        marks = all.stream().filter(mark -> mark.cpu() >= 0).toList();
        cpus = marks.stream().map(Mark::cpu).distinct().sorted().toList();
        slots = 2 + marks.stream().mapToInt(mark -> mark.locks().size()).max().orElse(0);
        int columns = Math.max(1, cpus.size());
        width = Math.max(size.width, size.steps + columns * size.column);
        column = (width - size.steps) / columns;
        top = new int[marks.size() + 1];
    }

    /**
     * The drawing.
     *
     * @param id makes the ids in it unique
     * @param about what it shows, for who does not see it
     */
    static String svg(List<Mark> marks, Size size, String id, String about) {
        return new Lanes(marks, size).draw(marks, id + "-" + size.name, about);
    }

    private String draw(List<Mark> all, String id, String about) {
        int y = 2 * size.line + PAD;
        List<List<String>> texts = new ArrayList<>();
        int glyphs = (int) ((column - gutter() - PAD) / size.glyph);
        for (int i = 0; i < marks.size(); i++) {
            List<String> lines = wrap(shown(marks.get(i).text()), glyphs);
            texts.add(lines);
            top[i] = y;
            y += lines.size() * size.line + PAD;
        }
        top[marks.size()] = y;
        int end = y;
        StringBuilder wrong = new StringBuilder();
        for (Mark mark : all) {
            if (mark.what() == What.WRONG) {
                end = verdict(wrong, mark, end);
            }
        }
        tag(
                "<svg class='lanes %s' role='img' aria-labelledby='%s' viewBox='0 0 %d %d' width='%d' height='%d'>",
                size.name, id, width, end, width, end);
        svg.append("<title id='")
                .append(id)
                .append("'>")
                .append(Html.text(about))
                .append("</title>");
        columns(y);
        rows();
        bars();
        for (int i = 0; i < marks.size(); i++) {
            mark(i, texts.get(i));
        }
        return svg.append(wrong).append("</svg>").toString();
    }

    private int gutter() {
        return PAD + slots * (BAR + GAP) + 2 * RADIUS + PAD;
    }

    private int left(int cpu) {
        return size.steps + cpus.indexOf(cpu) * column;
    }

    private int dot(int cpu) {
        return left(cpu) + PAD + slots * (BAR + GAP) + RADIUS;
    }

    private void columns(int bottom) {
        for (int cpu : cpus) {
            tag(
                    "<rect class='col c%d' x='%d' y='0' width='%d' height='%d'/>",
                    cpus.indexOf(cpu) % 4, left(cpu), column - PAD, bottom);
            tag(
                    "<text class='head' x='%d' y='%d'>CPU %d</text>",
                    left(cpu) + PAD, size.line + 2, cpu);
        }
    }

    /** The row of who acts is tinted: the eye follows who runs. */
    private void rows() {
        for (int i = 0; i < marks.size(); i++) {
            int cpu = marks.get(i).cpu();
            int next = i;
            while (next + 1 < marks.size() && marks.get(next + 1).cpu() == cpu) {
                next++;
            }
            tag(
                    "<rect class='run c%d' x='%d' y='%d' width='%d' height='%d'/>",
                    cpus.indexOf(cpu) % 4,
                    left(cpu),
                    top[i] - PAD / 2,
                    column - PAD,
                    top[next + 1] - top[i]);
            if (next + 1 < marks.size()) {
                int to = marks.get(next + 1).cpu();
                int y = top[next + 1] - PAD / 2;
                tag(
                        "<path class='hand' d='M%d %dV%dH%dV%d'/>",
                        dot(cpu), top[next] + size.line / 2, y, dot(to), y + size.line / 2);
            }
            i = next;
        }
    }

    private void bars() {
        List<Spans.Span> spans = Spans.of(marks);
        int[] busy = new int[slots];
        for (int i = 0; i < spans.size(); i++) {
            Spans.Span span = spans.get(i);
            if (i == 0 || spans.get(i - 1).cpu() != span.cpu()) {
                busy = new int[slots];
            }
            int slot = slot(span, busy);
            busy[slot] = span.to();
            int end = span.to() == marks.size() ? top[span.to()] : top[span.to()] + size.line / 2;
            bar(span.cpu(), span.what(), slot, top[span.from()] + size.line / 2, end);
        }
    }

    private static int slot(Spans.Span span, int[] busy) {
        if (!span.lock()) {
            return span.what().equals(Spans.OFF) ? 0 : 1;
        }
        int slot = 2;
        while (slot < busy.length - 1 && busy[slot] > span.from()) {
            slot++;
        }
        return slot;
    }

    private void bar(int cpu, String span, int slot, int from, int to) {
        String kind = slot == 0 ? "off" : slot == 1 ? "ipi" : "lock l" + (slot - 2) % 3;
        tag(
                "<rect class='bar %s' x='%d' y='%d' width='%d' height='%d' rx='2'><title>%s</title></rect>",
                kind,
                left(cpu) + PAD + slot * (BAR + GAP),
                from,
                BAR,
                Math.max(3, to - from),
                Html.text(span));
    }

    private void mark(int i, List<String> lines) {
        Mark mark = marks.get(i);
        int x = dot(mark.cpu());
        int y = top[i] + size.line / 2;
        String kind = mark.what().name().toLowerCase(Locale.ROOT).replace('_', '-');
        switch (mark.what()) {
            case READ ->
                    tag("<circle class='m %s' cx='%d' cy='%d' r='%d'/>", kind, x, y, RADIUS - 1);
            case WRITE, BULK ->
                    tag("<circle class='m %s' cx='%d' cy='%d' r='%d'/>", kind, x, y, RADIUS);
            case LOCK, UNLOCK ->
                    tag(
                            "<rect class='m %s' x='%d' y='%d' width='%d' height='%d'/>",
                            kind, x - RADIUS + 1, y - RADIUS + 1, 2 * RADIUS - 2, 2 * RADIUS - 2);
            case OMITTED -> {}
            default ->
                    tag(
                            "<path class='m %s' d='M%d %dl%d %dl%d %dz'/>",
                            kind, x - RADIUS, y - RADIUS, 2 * RADIUS, RADIUS, -2 * RADIUS, RADIUS);
        }
        if (mark.step() > 0) {
            tag(
                    "<text class='step' x='%d' y='%d'>%d</text>",
                    size.steps - PAD, top[i] + size.font, mark.step());
        }
        tag("<text class='t %s'>", kind);
        for (int n = 0; n < lines.size(); n++) {
            tag(
                    "<tspan x='%d' y='%d'>%s</tspan>",
                    left(mark.cpu()) + gutter(),
                    top[i] + size.font + n * size.line,
                    Html.text(lines.get(n)));
        }
        svg.append("</text>");
    }

    private int verdict(StringBuilder out, Mark mark, int y) {
        List<String> lines = new ArrayList<>();
        for (String line : mark.text().lines().toList()) {
            lines.addAll(wrap(line, (int) ((width - 4 * PAD) / size.glyph)));
        }
        int height = lines.size() * size.line + 2 * PAD;
        out.append(
                String.format(
                        "<rect class='wrong' x='1' y='%d' width='%d' height='%d' rx='6'/><text class='t wrong'>",
                        y + PAD, width - 2, height));
        for (int n = 0; n < lines.size(); n++) {
            out.append(
                    String.format(
                            "<tspan x='%d' y='%d'>%s</tspan>",
                            2 * PAD,
                            y + 2 * PAD + size.font - 1 + n * size.line,
                            Html.text(lines.get(n))));
        }
        out.append("</text>");
        return y + height + 2 * PAD;
    }

    /** The arrows of the text are for a terminal. */
    static String shown(String text) {
        return text.replace(" -> ", " → ").replaceFirst("^(> |~~ )", "");
    }

    /** Behind the last character at which a name may be broken. */
    private static int joint(String text, int width) {
        for (int i = width; i > 2; i--) {
            if ("_(.,=".indexOf(text.charAt(i - 1)) >= 0) {
                return i;
            }
        }
        return 0;
    }

    private static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (rest.length() > width) {
            int space = rest.lastIndexOf(' ', width);
            int joint = joint(rest, width);
            int cut = space > 2 && space >= joint / 2 ? space : joint > 2 ? joint : width;
            lines.add(rest.substring(0, cut));
            rest = "  " + rest.substring(cut).stripLeading();
        }
        lines.add(rest);
        return lines;
    }

    private void tag(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }
}
