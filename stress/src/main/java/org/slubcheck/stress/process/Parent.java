package org.slubcheck.stress.process;

import java.util.Map;
import java.util.Optional;

/** The program that started this one: when it is gone, nobody reads what this one does. */
public final class Parent {
    private static final String PID = "SLUBCHECK_PARENT";
    private static final int HALTED = 3;

    private Parent() {}

    /** Says to a child whose child it is. */
    static void tell(Map<String, String> environment) {
        environment.put(PID, Long.toString(ProcessHandle.current().pid()));
    }

    /**
     * From now on this JVM ends when its parent does, with all that it started, even when the parent
     * was killed. Nothing happens in a program that {@link Child} did not start.
     */
    public static void endWithIt() {
        String pid = System.getenv(PID);
        if (pid == null) {
            return;
        }
        Optional<ProcessHandle> parent =
                ProcessHandle.current().parent().filter(p -> Long.toString(p.pid()).equals(pid));
        if (parent.isEmpty()) {
            // It died before this program came to look.
            end();
        } else {
            parent.get().onExit().thenRun(Parent::end);
        }
    }

    private static void end() {
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        Runtime.getRuntime().halt(HALTED);
    }
}
