package org.slubcheck.layout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.ToIntFunction;

/** A list of CPUs as sysfs prints it: {@code 0-3,8-11}. */
final class CpuList {
    private CpuList() {}

    /** What a function makes of a file, or the default if the file is missing or no such list. */
    static int read(Path file, ToIntFunction<String> function, int absent) {
        try {
            return function.applyAsInt(Files.readString(file, StandardCharsets.US_ASCII).strip());
        } catch (IOException | IllegalArgumentException e) {
            return absent;
        }
    }

    /** The highest CPU. */
    static int highest(String list) {
        int highest = 0;
        for (String range : list.split(",", -1)) {
            highest = Math.max(highest, Integer.parseInt(range.substring(range.indexOf('-') + 1)));
        }
        return highest;
    }

    /** How many CPUs. */
    static int count(String list) {
        int count = 0;
        for (String range : list.split(",", -1)) {
            int dash = range.indexOf('-');
            int last = Integer.parseInt(range.substring(dash + 1));
            count += dash < 0 ? 1 : last - Integer.parseInt(range.substring(0, dash)) + 1;
        }
        return count;
    }
}
