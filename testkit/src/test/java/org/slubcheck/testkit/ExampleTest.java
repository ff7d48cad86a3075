package org.slubcheck.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The project in example/ is nobody's module, so that it stands as a user's does. Here its sources are
 * compiled and its tests run, by a class loader of their own, as an application server has it.
 */
class ExampleTest {
    private static final Path EXAMPLE = Path.of("example");

    @TempDir Path classes;

    @Test
    void itsTestsPass() throws Exception {
        compile();
        URL[] own = {classes.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(own, ExampleTest.class.getClassLoader())) {
            Class<?> tests = loader.loadClass("example.buffer.BufferTest");
            assertThat(tests.getClassLoader()).isSameAs(loader);
            Constructor<?> make = tests.getDeclaredConstructor();
            make.setAccessible(true);
            List<Method> methods =
                    Arrays.stream(tests.getDeclaredMethods())
                            .filter(m -> m.isAnnotationPresent(Test.class))
                            .toList();
            assertThat(methods).hasSize(5);
            for (Method method : methods) {
                method.setAccessible(true);
                method.invoke(make.newInstance());
            }
        }
    }

    private void compile() throws IOException {
        List<String> arguments;
        try (Stream<Path> files = Files.walk(EXAMPLE.resolve("src"))) {
            arguments =
                    Stream.concat(
                                    Stream.of(
                                            "-proc:none",
                                            "-classpath",
                                            System.getProperty("java.class.path"),
                                            "-d",
                                            classes.toString()),
                                    files.map(Path::toString).filter(f -> f.endsWith(".java")))
                            .toList();
        }
        int exit =
                ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, arguments.toArray(String[]::new));
        assertThat(exit).isZero();
    }

    /** What it depends on is what the build has. */
    @Test
    void itsVersionsAreTheBuilds() throws IOException {
        String own = Files.readString(EXAMPLE.resolve("pom.xml"));
        String build = Files.readString(Path.of("..", "pom.xml"));
        for (String artifact : List.of("resources", "compiler", "surefire")) {
            String plugin = "<artifactId>maven-" + artifact + "-plugin</artifactId>";
            assertThat(version(own, plugin)).isEqualTo(version(build, plugin));
        }
        assertThat(version(own, "<artifactId>slubcheck-testkit</artifactId>"))
                .isEqualTo(version(build, "<artifactId>slubcheck-parent</artifactId>"));
        assertThat(build)
                .contains(
                        "<junit.version>"
                                + version(own, "<artifactId>junit-jupiter</artifactId>")
                                + "<");
    }

    /** The first version that comes behind. */
    private static String version(String pom, String behind) {
        int at = pom.indexOf(behind);
        assertThat(at).as(behind).isNotNegative();
        int begin = pom.indexOf("<version>", at) + "<version>".length();
        return pom.substring(begin, pom.indexOf('<', begin));
    }
}
