package org.slubcheck.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A page of the course: prose, and fenced blocks in it.
 *
 * <p>A block that begins {@code ```console} is what a reader types and sees. A line {@code $ COMMAND}
 * is typed; {@code $ echo $?} shows the exit code of the command above it, which is 0 where it is not
 * asked for. What follows is the whole of its output, but for two marks: a line {@value #LEFT_OUT}
 * stands for any number of lines, and within a line {@value #LEFT_OUT} stands for what may vary.
 *
 * @param name its file
 * @param prose all lines outside of blocks; those of blocks are empty
 * @param blocks in order
 */
record Lesson(String name, List<String> prose, List<Block> blocks) {
    /** What is not shown. */
    static final String LEFT_OUT = "…";

    private static final String FENCE = "```";

    /**
     * A fenced block.
     *
     * @param line of its fence, from 1
     * @param info the words behind the fence
     * @param lines what is in it
     */
    record Block(int line, String info, List<String> lines) {
        /** What is typed in it, in order. */
        List<Command> commands() {
            List<Command> commands = new ArrayList<>();
            for (int at = 0; at < lines.size(); at++) {
                String text = lines.get(at);
                if (text.startsWith("$ ")) {
                    commands.add(new Command(line + 1 + at, text.substring(2), new ArrayList<>()));
                } else if (commands.isEmpty()) {
                    throw new IllegalArgumentException("output before a command at line " + line);
                } else {
                    commands.get(commands.size() - 1).shown().add(text);
                }
            }
            return commands;
        }
    }

    /**
     * What is typed.
     *
     * @param line from 1
     * @param text without the prompt
     * @param shown the lines below it
     */
    record Command(int line, String text, List<String> shown) {}

    static Lesson read(Path file) throws IOException {
        return parse(file.getFileName().toString(), Files.readAllLines(file));
    }

    /** Throws {@link IllegalArgumentException} for a fence that is not closed. */
    static Lesson parse(String name, List<String> lines) {
        List<String> prose = new ArrayList<>();
        List<Block> blocks = new ArrayList<>();
        Block open = null;
        for (int at = 0; at < lines.size(); at++) {
            String line = lines.get(at);
            boolean fence = line.startsWith(FENCE);
            if (fence && open == null) {
                String info = line.substring(FENCE.length()).strip();
                open = new Block(at + 1, info, new ArrayList<>());
                blocks.add(open);
            } else if (fence) {
                open = null;
            } else if (open != null) {
                open.lines().add(line);
            }
            prose.add(fence || open != null ? "" : line);
        }
        if (open != null) {
            throw new IllegalArgumentException("the block at line " + open.line() + " has no end");
        }
        return new Lesson(name, prose, blocks);
    }

    /** All that is typed in it. */
    List<Command> commands() {
        return blocks.stream()
                .filter(block -> block.info().equals("console"))
                .flatMap(block -> block.commands().stream())
                .toList();
    }
}
