package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slubcheck.catalogue.Catalogue;

/** The page in a real browser: layout, keys, themes, and what axe-core says of it. */
class HtmlBrowserTest {
    private static final int PHONE = 390;
    private static final int DESKTOP = 1280;

    /** Where there is no browser nothing is tested, and a line says so; .ci/run installs one. */
    @RegisterExtension
    static final InvocationInterceptor ONLY_WITH_A_BROWSER =
            new InvocationInterceptor() {
                @Override
                public void interceptTestMethod(
                        Invocation<Void> test,
                        ReflectiveInvocationContext<Method> method,
                        ExtensionContext context)
                        throws Throwable {
                    if (browser == null) {
                        test.skip();
                    } else {
                        test.proceed();
                    }
                }

                @Override
                public void interceptTestTemplateMethod(
                        Invocation<Void> test,
                        ReflectiveInvocationContext<Method> method,
                        ExtensionContext context)
                        throws Throwable {
                    interceptTestMethod(test, method, context);
                }
            };

    @TempDir static Path folder;

    private static Browser browser;
    private static Path page;
    private static Path found;

    @BeforeAll
    static void start() throws IOException {
        Path program = Browser.find();
        if (program == null) {
            System.err.println(
                    "HtmlBrowserTest: the report was NOT tested in a browser: no Chromium on the PATH");
            return;
        }
        found = folder.resolve("found.html");
        Files.write(found, HtmlReport.bytes(SampleReport.passed(), null));
        page = folder.resolve("report.html");
        Files.write(page, HtmlReport.bytes(SampleReport.failed("missed"), SampleReport.passed()));
        browser = new Browser(program);
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
    }

    private static List<String> violations() throws IOException {
        String axe;
        try (InputStream in =
                HtmlBrowserTest.class.getResourceAsStream(
                        "/META-INF/resources/webjars/axe-core/" + axeVersion() + "/axe.min.js")) {
            axe = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        browser.evaluate(axe + "; true");
        JsonNode found =
                browser.evaluate(
                        "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map("
                                + "v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 150)"
                                + " + ' ' + n.failureSummary).join(' | ')))");
        List<String> texts = new ArrayList<>();
        found.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static String axeVersion() throws IOException {
        try (InputStream in =
                HtmlBrowserTest.class.getResourceAsStream(
                        "/META-INF/maven/org.webjars.npm/axe-core/pom.properties")) {
            java.util.Properties properties = new java.util.Properties();
            properties.load(in);
            return properties.getProperty("version");
        }
    }

    private static void search(String words) {
        browser.evaluate(
                "q.value = '" + words + "'; q.dispatchEvent(new Event('input', {bubbles: true}))");
    }

    /** Sections and rows are all made alike, and axe looks at every node: a few of them are enough. */
    private static void keepFew() {
        browser.evaluate(
                "document.querySelectorAll('article:not(#Q04a)').forEach(e => e.remove());"
                        + " document.querySelectorAll('tr:nth-child(n + 8)').forEach(e => e.remove())");
    }

    private static long shown() {
        return browser.evaluate(
                        "[...document.querySelectorAll('tr[data-id]')].filter(r => !r.hidden).length")
                .asLong();
    }

    @ParameterizedTest
    @CsvSource({"390,light", "390,dark", "1280,light", "1280,dark"})
    void axeFindsNothingAndNothingIsWiderThanTheWindow(int width, String theme) throws IOException {
        browser.open(found, width, theme);
        assertThat(contentWidth()).isLessThanOrEqualTo(width);
        assertThat(browser.complaints()).isEmpty();
        keepFew();
        assertThat(violations()).isEmpty();
        Path shots = Files.createDirectories(Path.of("target", "screenshots"));
        Files.write(shots.resolve("top-" + width + "-" + theme + ".png"), browser.screenshot());
        browser.evaluate("document.querySelector('#Q04a .draw').scrollIntoView()");
        Files.write(shots.resolve("line-" + width + "-" + theme + ".png"), browser.screenshot());
        browser.open(page, width, theme);
        assertThat(contentWidth()).isLessThanOrEqualTo(width);
        assertThat(browser.complaints()).isEmpty();
        keepFew();
        assertThat(violations()).as("of a failed gate").isEmpty();
    }

    private static int contentWidth() {
        return browser.evaluate(
                        "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)")
                .asInt();
    }

    private static void append(String html) {
        browser.evaluate(
                "document.querySelector('main').insertAdjacentHTML('beforeend', '" + html + "')");
    }

    @Test
    void whatIsTooWideIsSeen() {
        browser.open(page, PHONE, "light");
        append("<div style=\"width: 500px\">wide</div>");
        assertThat(contentWidth()).isGreaterThan(PHONE);
    }

    @Test
    void axeSeesWhatIsWrong() throws IOException {
        browser.open(page, DESKTOP, "light");
        keepFew();
        append(
                "<img src=\"data:,\"><p style=\"color: #eee; background: #fff\">pale</p>"
                        + "<input type=\"text\">");
        assertThat(violations())
                .anyMatch(v -> v.startsWith("image-alt"))
                .anyMatch(v -> v.startsWith("color-contrast"))
                .anyMatch(v -> v.startsWith("label"));
    }

    @Test
    void everyDrawingIsAsWideAsItsWindowAllows() {
        browser.open(page, PHONE, "light");
        assertThat(
                        browser.evaluate(
                                        "getComputedStyle(document.querySelector('.lanes.wide')).display")
                                .asText())
                .isEqualTo("none");
        browser.open(page, DESKTOP, "light");
        assertThat(
                        browser.evaluate(
                                        "getComputedStyle(document.querySelector('.lanes.wide')).display")
                                .asText())
                .isEqualTo("block");
    }

    @ParameterizedTest
    @ValueSource(ints = {PHONE, DESKTOP})
    void noVerdictIsCutOff(int width) {
        browser.open(found, width, "light");
        assertThat(
                        browser.evaluate(
                                "(b => b.scrollWidth - b.clientWidth)(document.querySelector("
                                        + "'#Q04a .verdicts').parentElement)"))
                .hasToString("0");
    }

    @ParameterizedTest
    @ValueSource(ints = {PHONE, DESKTOP})
    void whatWentWrongIsNotCutOff(int width) {
        browser.open(page, width, "light");
        browser.evaluate(
                "(row => { row.cells[3].textContent = 'BootOrderProperties.'"
                        + " + 'documentedOrdersAreAcceptedEarly'; row.lastElementChild.textContent"
                        + " = 'a sentence of some length '.repeat(9); })"
                        + "(document.querySelector('#wrong tbody tr'))");
        assertThat(
                        browser.evaluate(
                                "(b => b.scrollWidth - b.clientWidth)(document.querySelector("
                                        + "'#wrong .cases').parentElement)"))
                .hasToString("0");
    }

    @Test
    void keysReachTheSearchAndItFilters() {
        browser.open(page, DESKTOP, "light");
        assertThat(shown()).isEqualTo(Catalogue.entries().size());
        browser.press("/", "/");
        assertThat(browser.evaluate("document.activeElement.id").asText()).isEqualTo("q");
        assertThat(browser.evaluate("q.value").asText()).isEmpty();
        for (char c : "flush ipi".toCharArray()) {
            browser.press(String.valueOf(c), String.valueOf(c));
        }
        assertThat(shown()).isBetween(1L, 5L);
        assertThat(browser.evaluate("document.getElementById('shown').textContent").asText())
                .matches("\\d of \\d+ defects");
        assertThat(browser.evaluate("document.getElementById('Q04a').hidden").asBoolean())
                .isFalse();
        assertThat(browser.evaluate("document.getElementById('B01').hidden").asBoolean()).isTrue();
        browser.press("Escape", "");
        assertThat(shown()).isEqualTo(Catalogue.entries().size());
    }

    @Test
    void whatFailedCanBeShownAlone() {
        browser.open(page, DESKTOP, "light");
        browser.evaluate(
                "document.getElementById('state').value = 'bad';"
                        + " document.getElementById('state').dispatchEvent(new Event('input'))");
        assertThat(shown()).isEqualTo(1);
    }

    @Test
    void aLinkToAHiddenDefectShowsIt() {
        browser.open(page, DESKTOP, "light");
        search("no such thing");
        assertThat(shown()).isZero();
        browser.evaluate(
                "new Promise(done => { addEventListener('hashchange', () => done());"
                        + " location.hash = 'Q04a'; })");
        assertThat(browser.evaluate("document.getElementById('Q04a').hidden").asBoolean())
                .isFalse();
    }

    @Test
    void theThemeFollowsTheSystemUntilItIsSwitched() {
        String colour = "getComputedStyle(document.body).backgroundColor";
        browser.open(page, DESKTOP, "light");
        String light = browser.evaluate(colour).asText();
        browser.open(page, DESKTOP, "dark");
        assertThat(browser.evaluate(colour).asText()).isNotEqualTo(light);
        assertThat(browser.evaluate("theme.getAttribute('aria-pressed')").asText())
                .isEqualTo("true");
        browser.evaluate("theme.focus()");
        browser.press("Enter", "\r");
        assertThat(browser.evaluate(colour).asText()).isEqualTo(light);
        assertThat(browser.evaluate("theme.getAttribute('aria-pressed')").asText())
                .isEqualTo("false");
    }

    @Test
    void itLoadsNothingAndComplainsOfNothing() {
        for (Path each : List.of(page, found)) {
            browser.open(each, DESKTOP, "light");
            search("flush");
            browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)");
            assertThat(browser.requests()).containsExactly(each.toUri().toString());
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void whatIsLoadedAndComplainedOfIsSeen() {
        browser.open(page, DESKTOP, "light");
        browser.evaluate("console.error('wrong')");
        browser.evaluate("setTimeout(() => missing(), 0), new Promise(d => setTimeout(d, 0))");
        browser.evaluate(
                "new Promise(d => { let i = new Image(); i.onerror = d; i.src = 'x.png' })");
        assertThat(browser.requests()).hasSize(2).last().asString().endsWith("/x.png");
        assertThat(browser.complaints())
                .anyMatch(c -> c.contains("wrong"))
                .anyMatch(c -> c.contains("missing is not defined"));
    }

    @Test
    void noProcessAndNoFileOfABrowserIsLeft() throws IOException {
        Browser other = new Browser(Browser.find());
        List<ProcessHandle> its = other.processes();
        assertThat(its).hasSizeGreaterThan(1);
        assertThat(other.folder()).exists();
        other.close();
        assertThat(its).noneMatch(ProcessHandle::isAlive);
        assertThat(other.folder()).doesNotExist();
    }
}
