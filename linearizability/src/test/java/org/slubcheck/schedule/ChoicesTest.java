package org.slubcheck.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.slubcheck.machine.Task;
import org.slubcheck.scenarios.Trial;

/** Every schedule there is, each once. */
class ChoicesTest {
    /** Of each task of a toy: its accesses but the first. */
    private static final int POINTS = 2;

    private static final int LIMIT = 2_000;

    /** All runs with at most so many preemptions; none may be there twice. */
    private static Set<List<Passage>> all(Toy toy, int bound) {
        Replayer replayer = new Replayer(Toy.template(toy), null);
        Cast cast = Cast.all(toy);
        Set<List<Passage>> runs = new HashSet<>();
        Choices choices = new Choices(bound);
        for (Director next = choices.next(); next != null; next = choices.next()) {
            Director director = next;
            Replayer.Result result = replayer.run(cast, trial -> director);
            choices.over();
            assertThat(result.fault()).isNull();
            assertThat(result.baton().preemptions()).isLessThanOrEqualTo(bound);
            assertThat(runs.add(Toy.passages(result))).as("%s", Toy.passages(result)).isTrue();
            assertThat(runs).hasSizeLessThan(LIMIT);
        }
        return runs;
    }

    @Test
    void twoTasks() {
        Toy two = new Toy("one", "two");
        assertThat(all(two, 0)).hasSize(2);
        assertThat(all(two, 1)).hasSize(2 + 2 * POINTS);
        // A second one lies behind the first: in the other task, or in none.
        assertThat(all(two, 2)).hasSize(2 + 2 * POINTS + 2 * POINTS * POINTS);
    }

    /** Each task gives way at each of its accesses, in favour of each of the others. */
    @Test
    void threeTasks() {
        Toy three = new Toy("one", "two", "three");
        int orders = 6;
        assertThat(all(three, 0)).hasSize(orders);
        // The first of an order gives way to one of two, and two orders are left; or the second
        // to the third.
        int first = 3 * POINTS * 2 * 2;
        int second = orders * POINTS;
        assertThat(all(three, 1)).hasSize(orders + first + second);
    }

    /** A task that waits gives way to somebody, which is a choice and no preemption. */
    @Test
    void whoGoesOnWhenATaskWaitsIsAChoice() {
        Toy held =
                new Toy("waits", "two", "three") {
                    @Override
                    public void body(int task, Task self, Trial trial) {
                        if (task == 0) {
                            touch(trial);
                            trial.kernel().memory().awaitClear(trial.setup(0), -1);
                        } else if (task == 1) {
                            trial.kernel().memory().writeOnce(trial.setup(0), 0);
                        } else {
                            touch(trial);
                        }
                    }
                };
        Set<List<Passage>> runs = all(held, 0);
        assertThat(runs)
                .anySatisfy(run -> assertThat(first(run, 2)).containsExactly(0, 1))
                .anySatisfy(run -> assertThat(first(run, 2)).containsExactly(0, 2));
        int orders = 6;
        assertThat(runs).hasSize(orders + 1);
        // Who has to wait is not preempted there as well; who need not is, if somebody is left.
        assertThat(all(held, 1)).hasSize(runs.size() + 1);
    }

    private static List<Integer> first(List<Passage> run, int legs) {
        return run.stream().limit(legs).map(Passage::task).toList();
    }
}
