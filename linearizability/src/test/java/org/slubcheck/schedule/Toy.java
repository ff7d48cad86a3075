package org.slubcheck.schedule;

import java.util.List;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Steps;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;
import org.slubcheck.scenarios.Hands;
import org.slubcheck.scenarios.Scenario;
import org.slubcheck.scenarios.Template;
import org.slubcheck.scenarios.Trial;
import org.slubcheck.slubq.SlubqSteps;

/** Tasks that only touch a word of their own object, so that all that can happen can be counted. */
class Toy extends Scenario {
    private static final KernelConfig CONFIG = KernelConfig.of(Geometry.micro());

    Toy(String... tasks) {
        super("toy", "Tasks that touch memory.", tasks);
    }

    static Template template(Scenario scenario) {
        return Template.checked(scenario, Steps.mainline(), SlubqSteps.RELOAD);
    }

    @Override
    public KernelConfig config() {
        return CONFIG;
    }

    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long object = kernel.slab().kmalloc(kernel.task(0), 32, Gfp.KERNEL);
        hands.hold(0, object);
        kernel.memory().writeOnce(object, 1);
        return new long[] {object};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        touch(trial);
        touch(trial);
        touch(trial);
    }

    /** A marked access, which orders nothing and races with nothing. */
    static void touch(Trial trial) {
        trial.kernel().memory().readOnce(trial.setup(0));
    }

    /** What a run came to: who gave way where. */
    static List<Passage> passages(Replayer.Result result) {
        return result.baton().passages();
    }
}
