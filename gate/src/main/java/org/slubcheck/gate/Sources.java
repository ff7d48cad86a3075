package org.slubcheck.gate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slubcheck.defects.Defect;

/**
 * The code that a defect replaces, and the code that it puts there: as they stand in the sources
 * that this program was built from, which its build keeps beside the classes.
 */
final class Sources {
    private static final String RESOURCES = "/META-INF/sources/";
    private static final String FOLDER = "allocator/src/main/java/";
    private static final Pattern CALL = Pattern.compile("\\b(\\w+)(?:::|\\.)(\\w+)\\b(?!\\.)");
    private static final Pattern MADE = Pattern.compile("\\bnew (\\w+)\\(");
    private static final int MOST_CALLED = 2;

    private final Map<String, SourceText> files = new LinkedHashMap<>();

    /**
     * Code of a step.
     *
     * @param comment what the code of the mainline must do; empty on the other side
     * @param parts the code itself, then what it calls
     */
    record Code(String comment, List<SourceText.Excerpt> parts) {
        /** Where it stands. */
        SourceText.Excerpt place() {
            return parts.get(0);
        }
    }

    /** The fixed code of a defect's step; null when the sources are not there. */
    Code right(Defect<?> defect) {
        String owner = owner(defect.step().mainline());
        SourceText file = file(owner);
        SourceText.Excerpt code = file == null ? null : file.step(defect.step().name());
        if (code == null) {
            return null;
        }
        List<SourceText.Excerpt> parts = new ArrayList<>();
        parts.add(code);
        parts.addAll(called(code.text(), file, defect));
        return new Code(file.stepComment(defect.step().name()), parts);
    }

    /** The wrong code of a defect; null when the sources are not there. */
    Code wrong(Defect<?> defect) {
        SourceText file = file(defect.getClass().getName());
        SourceText.Excerpt code = file == null ? null : file.method("code", -1);
        if (code == null) {
            return null;
        }
        List<SourceText.Excerpt> parts = new ArrayList<>();
        parts.add(code);
        for (String name : file.methods()) {
            if (!List.of("code", "story", "lockdepReport").contains(name)) {
                SourceText.Excerpt helper = file.method(name, -1);
                if (helper != null) {
                    parts.add(helper);
                }
            }
        }
        if (code.text().lines().count() <= 3) {
            parts.addAll(called(code.text(), file, defect));
        }
        return new Code("", parts);
    }

    /** A lambda's class is named after the class that it stands in. */
    private static String owner(Object lambda) {
        String name = lambda.getClass().getName();
        int at = name.indexOf("$$Lambda");
        String owner = at < 0 ? name : name.substring(0, at);
        int nested = owner.indexOf('$');
        return nested < 0 ? owner : owner.substring(0, nested);
    }

    /** The methods that a piece of code names, of the engine or of a class beside its own. */
    private List<SourceText.Excerpt> called(String code, SourceText from, Defect<?> defect) {
        List<SourceText.Excerpt> found = new ArrayList<>();
        Matcher made = MADE.matcher(code);
        while (made.find()) {
            SourceText.Excerpt type = from.type(made.group(1));
            if (type != null) {
                found.add(type);
            }
        }
        Matcher call = CALL.matcher(code);
        while (call.find() && found.size() < MOST_CALLED) {
            SourceText file = target(call.group(1), code, from, defect);
            SourceText.Excerpt method =
                    file == null ? null : file.method(call.group(2), arguments(code, call.end()));
            if (method != null && method.text().lines().count() > 3 && !found.contains(method)) {
                found.add(method);
            }
        }
        return found;
    }

    /** How many arguments a call has; -1 for a reference to a method. */
    private static int arguments(String code, int from) {
        boolean call = from < code.length() && code.charAt(from) == '(';
        return call ? new SourceText("", code).arguments(from + 1) : -1;
    }

    private SourceText target(String name, String code, SourceText from, Defect<?> defect) {
        if (Character.isUpperCase(name.charAt(0))) {
            SourceText beside = file(packageOf(from) + "." + name);
            Matcher imported =
                    Pattern.compile("import ([\\w.]+\\." + name + ");").matcher(from.text());
            return beside == null && imported.find() ? file(imported.group(1)) : beside;
        }
        if (!code.startsWith("(" + name + ",") && !code.contains("(" + name + ", ")) {
            return null;
        }
        for (Class<?> type : defect.step().mainline().getClass().getInterfaces()) {
            for (Method method : type.getMethods()) {
                if (Modifier.isAbstract(method.getModifiers()) && method.getParameterCount() > 0) {
                    return file(method.getParameterTypes()[0].getName());
                }
            }
        }
        return null;
    }

    private static String packageOf(SourceText file) {
        String path = file.file().substring(FOLDER.length());
        return path.substring(0, path.lastIndexOf('/')).replace('/', '.');
    }

    private SourceText file(String className) {
        return files.computeIfAbsent(className, Sources::read);
    }

    private static SourceText read(String className) {
        String path = className.replace('.', '/') + ".java";
        try (InputStream in = Defect.class.getResourceAsStream(RESOURCES + path)) {
            return in == null
                    ? null
                    : new SourceText(
                            FOLDER + path, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
    }
}
