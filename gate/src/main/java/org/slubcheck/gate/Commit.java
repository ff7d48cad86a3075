package org.slubcheck.gate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Which sources a gate judged, as git names them. */
final class Commit {
    private static final int LIMIT_SECONDS = 10;
    private static final int BRIEF = 12;

    /** Behind a commit whose files were changed since. */
    static final String CHANGED = "+changes";

    private Commit() {}

    /**
     * The commit that is checked out in a folder, with {@value #CHANGED} when tracked files differ
     * from it; empty when git does not know the folder or is not there.
     */
    static String of(Path folder) {
        String head = git(folder, "rev-parse", "HEAD");
        if (head == null || head.isEmpty()) {
            return "";
        }
        String changed = git(folder, "status", "--porcelain", "--untracked-files=no");
        return changed == null || changed.isEmpty() ? head : head + CHANGED;
    }

    /** The same with the few digits that people tell commits apart by. */
    static String brief(String commit) {
        String digits = commit.replace(CHANGED, "");
        String few = digits.substring(0, Math.min(BRIEF, digits.length()));
        return commit.endsWith(CHANGED) ? few + CHANGED : few;
    }

    /**
     * How tracked files in a folder differ from the commit, as a patch; empty when they do not, or
     * when git does not know.
     */
    static String changes(Path folder) {
        String changes = git(folder, "diff", "--binary", "--no-ext-diff", "HEAD");
        return changes == null ? "" : changes;
    }

    private static String git(Path folder, String... arguments) {
        String[] command = new String[arguments.length + 3];
        command[0] = "git";
        command[1] = "-C";
        command[2] = folder.toString();
        System.arraycopy(arguments, 0, command, 3, arguments.length);
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
            // Below a hook they say which repository is meant, and it is another.
            builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
            Process git = builder.start();
            try {
                git.getOutputStream().close();
                String said =
                        new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                boolean ended = git.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
                return ended && git.exitValue() == 0 ? said.strip() : null;
            } finally {
                git.destroyForcibly();
            }
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
