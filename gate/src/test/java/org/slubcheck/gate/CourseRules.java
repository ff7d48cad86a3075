package org.slubcheck.gate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slubcheck.catalogue.Catalogue;

/**
 * What a page of the course must be like before anything in it is run, and the running. A page that
 * breaks a rule gets a sentence for each.
 */
final class CourseRules {
    /** Lines of output in a page that may be shown in part. */
    private static final int MOST_VAGUE = 8;

    private static final String LAUNCHER = "./slubcheck ";
    private static final String EXIT_CODE = "echo $?";

    /** Words and blanks: nothing that a shell would read in its own way. */
    private static final Pattern PLAIN_COMMAND = Pattern.compile("\\./slubcheck( [\\w./=,-]+)+");

    private static final Pattern INLINE = Pattern.compile("`(\\./slubcheck [^`]*)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");
    private static final List<String> PLAIN = List.of("text", "mermaid");
    private static final List<String> SECTIONS =
            List.of(
                    "## The report",
                    "## The rule",
                    "## Predict",
                    "## Reproduce",
                    "## Read",
                    "## Fix",
                    "## Run it again",
                    "## Exercise");

    private final Path root;

    /** Outputs of commands that were run: all print the same each time, or show their samples. */
    private final Map<String, Cli> runs = new HashMap<>();

    /**
     * @param root the project's folder
     */
    CourseRules(Path root) {
        this.root = root;
    }

    /** What is wrong with how a page is written. */
    List<String> form(Lesson lesson) {
        List<String> wrong = new ArrayList<>();
        for (Lesson.Block block : lesson.blocks()) {
            if (block.info().startsWith("java ")) {
                if (!standsInSource(block)) {
                    wrong.add(block.line() + ": this code stands in no " + block.info());
                }
            } else if (PLAIN.contains(block.info())) {
                if (block.lines().stream().anyMatch(line -> line.contains(LAUNCHER))) {
                    wrong.add(block.line() + ": a command that is not run");
                }
            } else if (!block.info().equals("console")) {
                wrong.add(block.line() + ": unknown kind of block '" + block.info() + "'");
            }
        }
        for (Lesson.Command command : lesson.commands()) {
            boolean known =
                    command.text().equals(EXIT_CODE)
                            || PLAIN_COMMAND.matcher(command.text()).matches();
            if (!known) {
                wrong.add(command.line() + ": unknown command: " + command.text());
            } else if (command.shown().isEmpty()) {
                wrong.add(command.line() + ": shows nothing of what it prints");
            }
        }
        wrong.addAll(prose(lesson));
        long vague = lesson.commands().stream().mapToLong(c -> Shown.vague(c.shown())).sum();
        if (vague > MOST_VAGUE) {
            wrong.add(vague + " lines may vary, and " + MOST_VAGUE + " are allowed");
        }
        return wrong;
    }

    /** What a numbered page lacks. */
    List<String> lacks(Lesson lesson) {
        List<String> wrong = new ArrayList<>();
        int from = 0;
        for (String section : SECTIONS) {
            int at = from;
            while (at < lesson.prose().size() && !lesson.prose().get(at).startsWith(section)) {
                at++;
            }
            if (at == lesson.prose().size()) {
                wrong.add("no section '" + section + "' in its place");
            } else {
                from = at;
            }
        }
        if (lesson.prose().stream().filter(line -> line.startsWith("<details>")).count() < 3) {
            wrong.add("fewer than three folded answers");
        }
        if (lesson.commands().stream().noneMatch(c -> c.text().contains(" reproduce "))) {
            wrong.add("nothing is reproduced");
        }
        if (lesson.blocks().stream().filter(b -> b.info().startsWith("java ")).count() < 2) {
            wrong.add("the wrong code and the right code are not both shown");
        }
        return wrong;
    }

    /** What of its commands is not as shown; runs them. */
    List<String> run(Lesson lesson) {
        List<String> wrong = new ArrayList<>();
        List<Lesson.Command> commands = lesson.commands();
        for (int at = 0; at < commands.size(); at++) {
            Lesson.Command command = commands.get(at);
            if (command.text().equals(EXIT_CODE)) {
                continue;
            }
            String[] words =
                    Stream.of(command.text().substring(LAUNCHER.length()).split(" ", -1))
                            .map(this::here)
                            .toArray(String[]::new);
            Cli cli = runs.computeIfAbsent(command.text(), text -> Cli.run(words));
            int exit = at + 1 < commands.size() ? exit(commands.get(at + 1)) : Exit.OK;
            if (cli.exit() != exit) {
                wrong.add(command.line() + ": exit code " + cli.exit() + ", not " + exit);
            }
            String difference = Shown.difference(command.shown(), lines(cli.all()));
            if (difference != null) {
                wrong.add(command.line() + ": " + command.text() + ": " + difference);
            }
        }
        return wrong;
    }

    /** A file of the project, which its reader names from the project's folder. */
    private String here(String word) {
        Path file = root.resolve(word);
        return word.contains("/") && Files.exists(file) ? file.toString() : word;
    }

    /** Without the empty line that sets the output off from the next prompt. */
    private static List<String> lines(String output) {
        return output.stripTrailing().lines().collect(Collectors.toList());
    }

    private static int exit(Lesson.Command next) {
        return next.text().equals(EXIT_CODE) && next.shown().size() == 1
                ? Integer.parseInt(next.shown().get(0))
                : Exit.OK;
    }

    /** Commands in a sentence are run somewhere in the page, and links lead to files. */
    private List<String> prose(Lesson lesson) {
        List<String> wrong = new ArrayList<>();
        List<String> typed = lesson.commands().stream().map(Lesson.Command::text).toList();
        for (int at = 0; at < lesson.prose().size(); at++) {
            Matcher inline = INLINE.matcher(lesson.prose().get(at));
            while (inline.find()) {
                if (!typed.contains(inline.group(1))) {
                    wrong.add((at + 1) + ": a command that is not run: " + inline.group(1));
                }
            }
            Matcher link = LINK.matcher(lesson.prose().get(at));
            while (link.find()) {
                if (!Files.exists(root.resolve("docs/course").resolve(link.group(1)))) {
                    wrong.add((at + 1) + ": a link to nothing: " + link.group(1));
                }
            }
        }
        return wrong;
    }

    /** Code is quoted: its lines stand one after the other in a file of the name in the fence. */
    private boolean standsInSource(Lesson.Block block) {
        String name = block.info().substring("java ".length());
        try (Stream<Path> files = Files.walk(root.resolve("allocator/src/main/java"))) {
            String code = flat(block.lines().stream());
            for (Path file : files.filter(f -> f.getFileName().toString().equals(name)).toList()) {
                if (flat(Files.readString(file, StandardCharsets.UTF_8).lines()).contains(code)) {
                    return !code.isBlank();
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String flat(Stream<String> lines) {
        return lines.map(String::strip).collect(Collectors.joining("\n", "\n", "\n"));
    }

    /** The defects that a page reproduces. */
    static List<String> defects(Lesson lesson) {
        List<String> ids = Catalogue.entries().stream().map(e -> e.defect().id()).toList();
        return lesson.commands().stream()
                .map(Lesson.Command::text)
                .filter(text -> text.contains(" reproduce "))
                .flatMap(text -> Stream.of(text.split(" ", -1)))
                .filter(ids::contains)
                .distinct()
                .toList();
    }
}
