package org.slubcheck.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slubcheck.defects.Defects;
import org.slubcheck.scenarios.Call;
import org.slubcheck.scenarios.Scenario;
import org.slubcheck.scenarios.Scenarios;

/**
 * Schedules as text, strictly: every line of the header once and in its order, then the legs, then
 * the line that says that nothing is missing. Empty lines and those that begin with # say nothing.
 */
public final class ScheduleText {
    /** The version of the format. */
    public static final int VERSION = 1;

    /** Longest file that is read, in characters. */
    public static final int MOST = 1 << 16;

    private static final String FIRST = "slubcheck-schedule";
    private static final String LAST = "end";
    private static final String WITHOUT = "without ";

    private static final Pattern TASK = Pattern.compile("(\\d) (.+)");
    private static final Pattern DONE = Pattern.compile("run (\\d) until it is done");
    private static final Pattern WAITS =
            Pattern.compile("run (\\d) until it waits for \"([^\"]+)\"");
    private static final Pattern BEFORE =
            Pattern.compile(
                    "run (\\d) until (\\w+) of \"([^\"]+)\" in (\\S+|step \\S+) #([1-9]\\d{0,5})");

    private final List<String> lines;
    private int at;

    private ScheduleText(List<String> lines) {
        this.lines = lines;
    }

    /** The lines of a file. */
    public static List<String> lines(Schedule schedule) {
        List<String> lines = new ArrayList<>();
        lines.add(FIRST + " " + VERSION);
        lines.add("scenario " + schedule.scenario());
        lines.add("defect " + schedule.defect());
        lines.add("machine " + schedule.machine());
        lines.add("preemptions " + schedule.preemptions());
        lines.add("symptom " + schedule.symptom());
        new TreeMap<>(schedule.tasks())
                .forEach((task, what) -> lines.add("task " + task + " " + what));
        Scenario scenario = Scenarios.byId(schedule.scenario()).orElseThrow();
        for (Call call : schedule.without()) {
            lines.add(WITHOUT + called(scenario, call));
        }
        lines.add("");
        schedule.legs().forEach(leg -> lines.add(leg.toString()));
        lines.add(LAST);
        return lines;
    }

    /**
     * Reads a file.
     *
     * @throws ScheduleException when anything is not as it must be
     */
    public static Schedule parse(List<String> lines) throws ScheduleException {
        return new ScheduleText(lines).parse();
    }

    private Schedule parse() throws ScheduleException {
        String version = value(FIRST);
        if (!version.equals(Integer.toString(VERSION))) {
            throw bad("version " + version + " is not known, only " + VERSION);
        }
        String id = value("scenario");
        Scenario scenario = Scenarios.byId(id).orElseThrow(() -> bad("no scenario '" + id + "'"));
        String defect = value("defect");
        if (Defects.byId(defect).isEmpty()) {
            throw bad("no defect '" + defect + "'");
        }
        String machine = value("machine");
        if (Machines.smaller(scenario.config().geometry(), machine).isEmpty()) {
            throw bad(
                    "'"
                            + machine
                            + "' is no machine for "
                            + id
                            + ", which runs on "
                            + Machines.line(scenario.config().geometry()));
        }
        String preemptions = value("preemptions");
        int preemptionsAt = at;
        String symptom = value("symptom");
        Map<Integer, String> tasks = tasks(scenario);
        SortedSet<Call> without = without(scenario, tasks);
        List<Leg> legs = legs(tasks);
        long counted = legs.stream().filter(leg -> leg.end() == Leg.End.BEFORE).count();
        if (!preemptions.equals(Long.toString(counted))) {
            at = preemptionsAt;
            throw bad("it says " + preemptions + ", and there are " + counted);
        }
        return new Schedule(
                scenario.id(), defect, machine, (int) counted, symptom, tasks, without, legs);
    }

    private Map<Integer, String> tasks(Scenario scenario) throws ScheduleException {
        Map<Integer, String> tasks = new TreeMap<>();
        String line = next();
        while (line.startsWith("task ")) {
            Matcher m = TASK.matcher(line.substring("task ".length()));
            int task = m.matches() ? Integer.parseInt(m.group(1)) : Integer.MAX_VALUE;
            if (task >= scenario.tasks().size()) {
                throw bad("no such task of " + scenario.id());
            }
            if (!scenario.tasks().get(task).equals(m.group(2))) {
                throw bad("task " + task + " is now '" + scenario.tasks().get(task) + "'");
            }
            if (tasks.put(task, m.group(2)) != null) {
                throw bad("task " + task + " is there twice");
            }
            line = next();
        }
        if (tasks.isEmpty()) {
            throw bad("expected 'task'");
        }
        at--;
        return tasks;
    }

    /** The calls that are left out; each stands behind the tasks, in order, by number and by name. */
    private SortedSet<Call> without(Scenario scenario, Map<Integer, String> tasks)
            throws ScheduleException {
        TreeSet<Call> without = new TreeSet<>();
        String line = next();
        while (line.startsWith(WITHOUT)) {
            String said = line.substring(WITHOUT.length());
            Call call =
                    tasks.keySet().stream()
                            .flatMap(task -> calls(scenario, task))
                            .filter(c -> called(scenario, c).equals(said))
                            .findFirst()
                            .orElseThrow(() -> bad("no such call of the tasks above"));
            if (!without.isEmpty() && without.last().compareTo(call) >= 0) {
                throw bad("calls stand in their order, each once");
            }
            without.add(call);
            if (calls(scenario, call.task()).allMatch(without::contains)) {
                throw bad("task " + call.task() + " has nothing left to do");
            }
            line = next();
        }
        at--;
        return without;
    }

    private static Stream<Call> calls(Scenario scenario, int task) {
        return IntStream.range(0, scenario.calls(task).size())
                .mapToObj(number -> new Call(task, number));
    }

    /** A call in a line: {@code 1 #2 kmem_cache_alloc} is the second of task 1. */
    private static String called(Scenario scenario, Call call) {
        return call.task()
                + " #"
                + (call.number() + 1)
                + " "
                + scenario.calls(call.task()).get(call.number());
    }

    private List<Leg> legs(Map<Integer, String> tasks) throws ScheduleException {
        List<Leg> legs = new ArrayList<>();
        String line = next();
        while (!line.equals(LAST)) {
            Leg leg = leg(line);
            if (!tasks.containsKey(leg.task())) {
                throw bad("task " + leg.task() + " is none of those above");
            }
            legs.add(leg);
            line = next();
        }
        if (legs.isEmpty()) {
            throw bad("nothing is run");
        }
        int last = at;
        while (last < lines.size()) {
            if (!says(lines.get(last++))) {
                continue;
            }
            at = last;
            throw bad("something stands behind 'end'");
        }
        return legs;
    }

    private Leg leg(String line) throws ScheduleException {
        Matcher m = DONE.matcher(line);
        if (m.matches()) {
            return new Leg(at, Integer.parseInt(m.group(1)), Leg.End.DONE, null, null);
        }
        m = WAITS.matcher(line);
        if (m.matches()) {
            return new Leg(at, Integer.parseInt(m.group(1)), Leg.End.WAITS, null, m.group(2));
        }
        m = BEFORE.matcher(line);
        if (m.matches()) {
            Point point =
                    new Point(m.group(2), m.group(3), m.group(4), Integer.parseInt(m.group(5)));
            return new Leg(at, Integer.parseInt(m.group(1)), Leg.End.BEFORE, point, null);
        }
        throw bad("expected 'run N until ...' or 'end'");
    }

    /** What follows a word that the next line must begin with. */
    private String value(String word) throws ScheduleException {
        String line = next();
        if (!line.startsWith(word + " ") || line.length() == word.length() + 1) {
            throw bad("expected '" + word + "'");
        }
        return line.substring(word.length() + 1);
    }

    private static boolean says(String line) {
        return !line.isBlank() && !line.startsWith("#");
    }

    /** The next line that says something. */
    private String next() throws ScheduleException {
        while (at < lines.size()) {
            String line = lines.get(at++);
            if (says(line)) {
                return line;
            }
        }
        at = lines.size() + 1;
        throw bad("the file ends here and is not whole");
    }

    /** Of the line that was read last. */
    private ScheduleException bad(String message) {
        return new ScheduleException(Math.max(at, 1), message);
    }
}
