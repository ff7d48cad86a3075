package org.slubcheck.testkit;

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.slubcheck.testkit.Scenario.Body;

/**
 * One interleaving of a scenario, as Lincheck wants it: a class that it makes itself, each operation
 * a whole task. Public for Lincheck only.
 */
public final class ModelTest {
    private final Object state = Desk.start();

    /** The first task. */
    @Operation
    public void task0() throws Exception {
        Body<? super Object> body = Desk.enter(0);
        body.run(state);
    }

    /** The second task. */
    @Operation
    public void task1() throws Exception {
        Body<? super Object> body = Desk.enter(1);
        body.run(state);
    }

    /** The third task. */
    @Operation
    public void task2() throws Exception {
        Body<? super Object> body = Desk.enter(2);
        body.run(state);
    }

    /** The oracle. */
    @Validate
    public void validate() {
        Desk.end(state);
    }

    /**
     * Where the scenario under way lies, for Lincheck passes nothing to what it makes. Static: one
     * check runs at a time. An observer.
     */
    static final class Desk {
        private static Bench bench;
        private static List<String> wrong = new ArrayList<>();

        private Desk() {}

        static void open(Bench next) {
            bench = next;
            wrong = List.of();
        }

        static Object start() {
            wrong = List.of();
            return bench.start();
        }

        static Body<? super Object> enter(int task) {
            return bench.enter(task);
        }

        static void end(Object state) {
            wrong = bench.end(state, List.of());
            if (!wrong.isEmpty() || !bench.fault().isEmpty()) {
                throw new Wrong(wrong);
            }
        }

        static boolean muted() {
            return bench.muted();
        }

        /** What the oracle said of the last interleaving. */
        static List<String> wrong() {
            return wrong;
        }
    }

    /** What an interleaving that went wrong ends with. */
    static final class Wrong extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Wrong(List<String> sentences) {
            super(String.join("\n", sentences), null, false, false);
        }
    }
}
