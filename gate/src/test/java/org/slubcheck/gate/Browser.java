package org.slubcheck.gate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A headless Chromium, spoken to in its own protocol: real layout, real keys. It remembers what a
 * page asked of the network and what it complained of. For one thread; leaves no process and no
 * file.
 */
final class Browser implements AutoCloseable {
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "chrome");
    private static final int LIMIT_SECONDS = 60;

    private final Path folder;
    private final Process process;
    private final WebSocket socket;
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    /** Where a browser is; null when there is none. */
    static Path find() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of(path.split(java.io.File.pathSeparator, -1))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /**
     * Starts it.
     *
     * @param program where it is
     */
    Browser(Path program) throws IOException {
        folder = Files.createTempDirectory("slubcheck-browser");
        process =
                new ProcessBuilder(
                                program.toString(),
                                "--headless",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-quic",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync",
                                "--hide-scrollbars",
                                "--disable-dev-shm-usage",
                                "--remote-debugging-port=0",
                                "--user-data-dir=" + folder,
                                "about:blank")
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("browser.log").toFile())
                        .start();
        try {
            String address = page(port(folder.resolve("DevToolsActivePort")));
            socket =
                    HttpClient.newHttpClient()
                            .newWebSocketBuilder()
                            .buildAsync(URI.create(address), new Answers())
                            .join();
            for (String domain : List.of("Network", "Log", "Runtime", "Page")) {
                call(domain + ".enable", with());
            }
        } catch (IOException | RuntimeException e) {
            end();
            throw e;
        }
    }

    private String port(Path file) throws IOException {
        try {
            for (int tries = 0; tries < 20 * LIMIT_SECONDS; tries++) {
                if (Files.exists(file) && Files.readAllLines(file).size() > 1) {
                    return Files.readAllLines(file).get(0);
                }
                if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                    throw new IOException("the browser ended with " + process.exitValue());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IOException("the browser does not answer");
    }

    private static String page(String port) throws IOException {
        try {
            HttpResponse<String> answer =
                    HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(
                                                    URI.create(
                                                            "http://127.0.0.1:"
                                                                    + port
                                                                    + "/json/list"))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString());
            for (JsonNode each : Json.MAPPER.readTree(answer.body())) {
                if (each.get("type").asText().equals("page")) {
                    return each.get("webSocketDebuggerUrl").asText();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IOException("the browser has no page");
    }

    /** Collects the parts of a message and hands answers to who waits. */
    private final class Answers implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                try {
                    JsonNode message = Json.MAPPER.readTree(text.toString());
                    CompletableFuture<JsonNode> asked =
                            message.has("id") ? waiting.remove(message.get("id").asInt()) : null;
                    if (asked != null) {
                        asked.complete(message);
                    } else {
                        told(message.path("method").asText(), message.path("params"));
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                text.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    private void told(String event, JsonNode what) {
        switch (event) {
            case "Network.requestWillBeSent" -> requests.add(what.at("/request/url").asText());
            case "Runtime.exceptionThrown" -> complaints.add(what.toString());
            case "Runtime.consoleAPICalled" -> {
                if (what.path("type").asText().matches("error|warning|assert")) {
                    complaints.add(what.path("args").toString());
                }
            }
            case "Log.entryAdded" -> {
                if (what.at("/entry/level").asText().matches("error|warning")) {
                    complaints.add(what.at("/entry/text").asText());
                }
            }
            default -> {
                // Of no interest.
            }
        }
    }

    private JsonNode call(String method, ObjectNode parameters) {
        int id = ids.incrementAndGet();
        ObjectNode message = Json.MAPPER.createObjectNode().put("id", id).put("method", method);
        message.set("params", parameters);
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        socket.sendText(message.toString(), true).join();
        try {
            JsonNode said = answer.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (said.has("error")) {
                throw new IllegalStateException(method + ": " + said.get("error"));
            }
            return said.get("result");
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("no answer to " + method, e);
        }
    }

    private static ObjectNode with() {
        return Json.MAPPER.createObjectNode();
    }

    /** What was asked for since the last {@link #open}, the page itself first. */
    List<String> requests() {
        evaluate("0");
        return List.copyOf(requests);
    }

    /** Errors and warnings of the console since the last {@link #open}. */
    List<String> complaints() {
        evaluate("0");
        return List.copyOf(complaints);
    }

    /** A window of this width in this theme, then the page. */
    void open(Path file, int width, String theme) {
        ObjectNode size = with().put("width", width).put("height", 900).put("deviceScaleFactor", 1);
        call("Emulation.setDeviceMetricsOverride", size.put("mobile", width < 700));
        ObjectNode media = with();
        media.putArray("features")
                .addObject()
                .put("name", "prefers-color-scheme")
                .put("value", theme);
        call("Emulation.setEmulatedMedia", media);
        requests.clear();
        complaints.clear();
        call("Page.navigate", with().put("url", file.toUri().toString()));
        evaluate(
                "new Promise(done => document.readyState === 'complete' && location.protocol === 'file:'"
                        + " ? done() : addEventListener('load', () => done()))");
        evaluate("localStorage.clear()");
    }

    /** The value of an expression; of a promise, what it ends with. */
    JsonNode evaluate(String expression) {
        JsonNode answer =
                call(
                        "Runtime.evaluate",
                        with().put("expression", expression)
                                .put("returnByValue", true)
                                .put("awaitPromise", true));
        if (answer.has("exceptionDetails")) {
            throw new IllegalStateException(answer.get("exceptionDetails").toString());
        }
        return answer.path("result").path("value");
    }

    /** A key as a person presses it. */
    void press(String key, String text) {
        ObjectNode down = with().put("type", "keyDown").put("key", key);
        call("Input.dispatchKeyEvent", text.isEmpty() ? down : down.put("text", text));
        call("Input.dispatchKeyEvent", with().put("type", "keyUp").put("key", key));
    }

    /** What is in the window. */
    byte[] screenshot() {
        String data =
                call("Page.captureScreenshot", with().put("format", "png")).get("data").asText();
        return Base64.getDecoder().decode(data);
    }

    /** What it writes goes here. */
    Path folder() {
        return folder;
    }

    /** All that run for it. */
    List<ProcessHandle> processes() {
        return Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    }

    @Override
    public void close() {
        socket.abort();
        end();
    }

    /** Ends all its processes, then removes what they wrote. */
    private void end() {
        List<ProcessHandle> all = processes();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(each -> each.onExit().orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join());
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + folder, e);
        }
    }
}
