package org.slubcheck.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.slab.Slab;
import org.slubcheck.slubq.SlubqSteps;

/** One run: what is a finding, what a fault of the suite. */
class TrialTest {
    private static Trial run(Odd scenario) {
        Trial trial = Template.checked(scenario, Steps.mainline(), SlubqSteps.RELOAD).start();
        trial.run(0);
        return trial;
    }

    @Test
    void anExceptionInABodyIsAFaultAndNoFinding() {
        Trial trial =
                run(
                        new Odd() {
                            @Override
                            public void body(int task, Task self, Trial trial) {
                                throw new IllegalStateException("the resize failed");
                            }
                        });
        assertThat(trial.faults())
                .containsExactly("one: java.lang.IllegalStateException: the resize failed");
        assertThat(trial.violations()).isEmpty();
        assertThat(trial.died()).isFalse();
    }

    @Test
    void aKernelThatDiesIsAFindingAndNoFault() {
        Trial trial =
                run(
                        new Odd() {
                            @Override
                            public void body(int task, Task self, Trial trial) {
                                throw trial.kernel().machine().bug("mm/slub.c test");
                            }
                        });
        assertThat(trial.faults()).isEmpty();
        assertThat(trial.died()).isTrue();
        assertThat(trial.violations()).containsExactly("kernel BUG at mm/slub.c test!");
    }

    @Test
    void aWildAddressIsAnOops() {
        Trial trial =
                run(
                        new Odd() {
                            @Override
                            public void body(int task, Task self, Trial trial) {
                                trial.kernel().memory().read(1L << 34);
                            }
                        });
        assertThat(trial.faults()).isEmpty();
        assertThat(trial.died()).isTrue();
        assertThat(trial.violations())
                .hasSize(1)
                .first()
                .asString()
                .contains("unable to handle kernel");
    }

    @Test
    void irqsThatStayOffAreAFinding() {
        Trial trial =
                run(
                        new Odd() {
                            @Override
                            public void body(int task, Task self, Trial trial) {
                                trial.kernel().machine().irqSave(self);
                            }
                        });
        assertThat(trial.violations())
                .contains("the irq line of cpu#0 is held (0x1)")
                .anyMatch(violation -> violation.contains("one returned with irqs off"));
    }

    @Test
    void whatATaskLosesTheCensusMisses() {
        Trial trial =
                run(
                        new Odd() {
                            @Override
                            public void body(int task, Task self, Trial trial) {
                                Slab slab = trial.kernel().slab();
                                slab.alloc(self, trial.setup(0), Gfp.KERNEL);
                            }
                        });
        assertThat(trial.violations())
                .anyMatch(violation -> violation.contains("accounted 0 times: it is lost"));
    }

    @Test
    void whatTheScenarioJudgesIsAFinding() {
        Trial trial =
                run(
                        new Odd() {
                            @Override
                            public List<String> judge(Trial trial) {
                                return List.of("not what was asked for");
                            }
                        });
        assertThat(trial.violations()).containsExactly("not what was asked for");
    }

    @Test
    void handsHoldWhatTheyGotAndDropTheLast() {
        Hands hands = new Hands(2);
        for (long object = 1; object <= 20; object++) {
            hands.hold(1, object);
        }
        hands.hold(0, 0);
        assertThat(hands.held(0)).as("0 is nobody's").isZero();
        assertThat(hands.drop(0)).isZero();
        assertThat(hands.drop(1)).isEqualTo(20);
        assertThat(hands.held(1)).isEqualTo(19);
        Hands copy = hands.copy();
        copy.drop(1);
        assertThat(hands.all()).hasSize(19).contains(19).doesNotContain(20);
    }

    @Test
    void tasksAreNamedByTheThreadsThatRanThem() throws InterruptedException {
        Trial trial = Template.checked(new Odd(), Steps.mainline(), SlubqSteps.RELOAD).start();
        for (int task : new int[] {1, 0}) {
            Thread thread = new Thread(() -> trial.run(task));
            thread.start();
            thread.join();
        }
        assertThat(trial.tasksByThread()).containsExactly("another", "one");
    }
}
