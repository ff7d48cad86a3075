package org.slubcheck.scenarios;

import java.util.Deque;
import java.util.List;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.PageAllocator;

/** An object is sent by reference to the page that it is in, while its neighbour is freed. */
public final class LocklessFreeVsGetPage extends LocklessScenario {
    /** Ready to run. */
    public LocklessFreeVsGetPage() {
        super(
                "lockless-free-vs-get-page",
                "An object of a slab is freed while somebody has a reference to the slab's page.",
                "kmem_cache_free on CPU 0",
                "get_page, put_page on CPU 1");
    }

    @Override
    public List<String> calls(int task) {
        return task == 0 ? super.calls(task) : List.of("get_page", "put_page");
    }

    /** A slab is full and on no list; CPU 0 has another one. */
    @Override
    public long[] prefix(Kernel kernel, Hands hands) {
        long s = cache(kernel);
        Deque<Long> full = slab(kernel, s);
        slab(kernel, s).forEach(object -> hands.hold(1, object));
        long page = kernel.pages().headPageOf(full.peek());
        hands.hold(0, full.pop());
        full.forEach(object -> hands.hold(1, object));
        return new long[] {s, page};
    }

    @Override
    public void body(int task, Task self, Trial trial) {
        if (task == 0) {
            trial.kernel().slab().free(self, trial.setup(0), trial.hands().drop(0));
        } else {
            PageAllocator pages = trial.kernel().pages();
            if (trial.makes(task, 0)) {
                pages.getPage(trial.setup(1));
            }
            if (trial.makes(task, 1)) {
                pages.putPage(self, trial.setup(1));
            }
        }
    }
}
