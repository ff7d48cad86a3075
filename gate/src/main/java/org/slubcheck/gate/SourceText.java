package org.slubcheck.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Java file as text, and the parts of it that a report shows. Knows strings, characters and
 * comments, and nothing else of the language: formatted sources need no more.
 *
 * @param file its path in the project
 * @param text what is in it
 */
record SourceText(String file, String text) {
    /**
     * A part of a file.
     *
     * @param file its path in the project
     * @param line the first line, from 1
     * @param text the lines, without the margin that they have in common
     */
    record Excerpt(String file, int line, String text) {}

    /**
     * The code that a step is made with: the second argument behind its name.
     *
     * @return null when no step of this name is made here
     */
    Excerpt step(String name) {
        int at = text.indexOf('"' + name + '"');
        if (at < 0) {
            return null;
        }
        int from = at + name.length() + 2;
        while (text.charAt(from) == ',' || Character.isWhitespace(text.charAt(from))) {
            from++;
        }
        return text.charAt(from) == ')' ? maker(at) : excerpt(from, end(from, ','));
    }

    /** Steps that are alike are made by a method that has their code: what is called with the name. */
    private Excerpt maker(int name) {
        Matcher call = Pattern.compile("(\\w+)\\(\\s*$").matcher(text.substring(0, name));
        return call.find() ? method(call.group(1), 1) : null;
    }

    /** The Javadoc of the step's constant, as prose; empty when it has none. */
    String stepComment(String name) {
        int at = text.indexOf('"' + name + '"');
        int close = text.lastIndexOf("*/", at);
        int open = text.lastIndexOf("/**", close);
        int declared = text.indexOf(';', close);
        return at < 0 || open < 0 || declared < at
                ? ""
                : text.substring(open + 3, close)
                        .replaceAll("\\n\\s*\\* ?", " ")
                        .replaceAll("\\{@(?:code|link|linkplain) +#?([^}]*)}", "$1")
                        .replaceAll("\\s*</?\\w+>\\s*", " ")
                        .replace("&gt;", ">")
                        .replace("&lt;", "<")
                        .replace("&amp;", "&")
                        .strip();
    }

    /**
     * A method.
     *
     * @param arguments how many it takes; -1 for any number
     * @return null when there is none
     */
    Excerpt method(String name, int arguments) {
        Matcher head =
                Pattern.compile(
                                "^    (?:@Override\\n    )?(?:[\\w<][\\w.<>\\[\\], ]* )?"
                                        + Pattern.quote(name)
                                        + "\\(",
                                Pattern.MULTILINE)
                        .matcher(text);
        while (head.find()) {
            int close = end(head.end(), ')');
            int open = text.indexOf('{', close);
            if (open >= 0 && (arguments < 0 || arguments(head.end()) == arguments)) {
                return excerpt(head.start(), end(open + 1, '}') + 1);
            }
        }
        return null;
    }

    /** A class that stands in this file; null when there is none of this name. */
    Excerpt type(String name) {
        Matcher head =
                Pattern.compile(
                                "^    (?:\\w+ )*(?:class|record) " + Pattern.quote(name) + "\\b",
                                Pattern.MULTILINE)
                        .matcher(text);
        return head.find()
                ? excerpt(head.start(), end(text.indexOf('{', head.end()) + 1, '}') + 1)
                : null;
    }

    /** How many arguments stand behind an opening parenthesis. */
    int arguments(int from) {
        int close = end(from, ')');
        if (text.substring(from, close).isBlank()) {
            return 0;
        }
        int count = 1;
        for (int at = end(from, ','); at < close; at = end(at + 1, ',')) {
            count++;
        }
        return count;
    }

    /** The names of all methods of the outermost class. */
    List<String> methods() {
        Matcher head =
                Pattern.compile(
                                "^    (?:(?:public|protected|private|static|final) )*[\\w.<>\\[\\]]+"
                                        + " (\\w+)\\([^;]*?\\) *\\{",
                                Pattern.MULTILINE)
                        .matcher(text);
        List<String> names = new ArrayList<>();
        while (head.find()) {
            if (!file.endsWith("/" + head.group(1) + ".java")) {
                names.add(head.group(1));
            }
        }
        return names;
    }

    private Excerpt excerpt(int from, int to) {
        int begin = text.lastIndexOf('\n', from) + 1;
        int line = (int) text.substring(0, from).lines().count() + (from == begin ? 1 : 0);
        String margin = " ".repeat(from - begin);
        return new Excerpt(
                file, line, (margin + text.substring(from, to)).stripIndent().stripTrailing());
    }

    /** The place of the closing character that ends what began before {@code from}. */
    private int end(int from, char closing) {
        int depth = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\'') {
                i = literal(i, c);
            } else if (c == '/' && text.startsWith("//", i)) {
                i = text.indexOf('\n', i);
            } else if (c == '/' && text.startsWith("/*", i)) {
                i = text.indexOf("*/", i) + 1;
            } else if (depth == 0 && c == closing) {
                return i;
            } else if (c == '(' || c == '{' || c == '[') {
                depth++;
            } else if (c == ')' || c == '}' || c == ']') {
                depth--;
            }
        }
        return text.length();
    }

    private int literal(int open, char quote) {
        int i = open + 1;
        while (text.charAt(i) != quote) {
            i += text.charAt(i) == '\\' ? 2 : 1;
        }
        return i;
    }
}
