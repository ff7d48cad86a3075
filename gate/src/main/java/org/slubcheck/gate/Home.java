package org.slubcheck.gate;

import java.nio.file.Path;

/** The project's folder, as the launcher tells it. */
final class Home {
    private Home() {}

    /** The folder that holds the launcher; the working directory when it was not used. */
    static Path root() {
        return Path.of(System.getProperty("slubcheck.home", "")).toAbsolutePath();
    }

    /** Where the gate writes its reports. */
    static Path reports() {
        return root().resolve("target").resolve("gate");
    }
}
