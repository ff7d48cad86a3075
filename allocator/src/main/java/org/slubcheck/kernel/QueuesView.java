package org.slubcheck.kernel;

import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.Observer;
import org.slubcheck.slab.KmemCache;
import org.slubcheck.slubbase.DebugView;
import org.slubcheck.slubq.FreeMap;

/** Slabs with maps of free objects, and queues of objects by CPU, shared, and for other nodes. */
@Observer
final class QueuesView implements EngineView {
    private final Kernel kernel;
    private final Memory m;
    private final String[] queues;

    QueuesView(Kernel kernel) {
        this.kernel = kernel;
        this.m = kernel.memory();
        this.queues = new String[kernel.geometry().cpus()];
        for (int cpu = 0; cpu < queues.length; cpu++) {
            queues[cpu] = "the queue of cpu#" + cpu;
        }
    }

    @Override
    public int objects(long page) {
        return FreeMap.peekObjects(m, page);
    }

    @Override
    public BitSet free(long s, String name, long page, Consumer<String> wrong) {
        int objects = FreeMap.peekObjects(m, page);
        BitSet free = new BitSet(objects);
        for (int i = 0; i < objects; i++) {
            if (FreeMap.peek(m, page, i)) {
                free.set(i);
            }
        }
        return free;
    }

    @Override
    public Home home(long s, long page) {
        for (int i = 0; i < FreeMap.peekObjects(m, page); i++) {
            if (FreeMap.peek(m, page, i)) {
                return Home.PARTIAL;
            }
        }
        return Home.FULL;
    }

    @Override
    public long tail(long s, long page, long start) {
        return FreeMap.peekTail(m, s, page, start);
    }

    @Override
    public int pointerBytes(long s) {
        return 0;
    }

    @Override
    public void cpus(long s, String name, Found found, Consumer<String> wrong) {
        int batch = m.peekInt(s + KmemCache.BATCH);
        int queue = m.peekInt(s + KmemCache.QUEUE);
        if (batch > queue) {
            wrong.accept(name + ": batch " + batch + " is larger than queue " + queue);
        }
        for (int cpu = 0; cpu < queues.length; cpu++) {
            QueueView view = QueueView.of(kernel, s, cpu);
            if (view.overrun()) {
                wrong.accept(
                        String.format(
                                "%s cpu#%d: the queue holds more objects (%d) than it has room for"
                                        + " (%d)",
                                name, cpu, view.objects(), view.max()));
            }
            if (batch > view.max()) {
                wrong.accept(
                        String.format(
                                "%s cpu#%d: batch %d is more than the queue has room for (%d)",
                                name, cpu, batch, view.max()));
            }
            for (long object : view.contents()) {
                found.at(object, DebugView.State.QUEUED, queues[cpu]);
                long page = kernel.pages().pageOf(object);
                if (page != 0 && kernel.pages().nodeOf(page) != view.node()) {
                    wrong.accept(
                            String.format(
                                    "%s cpu#%d: the queue of node %d holds 0x%x of node %d",
                                    name, cpu, view.node(), object, kernel.pages().nodeOf(page)));
                }
            }
        }
        SharedQueues shared = SharedQueues.of(kernel, s, name);
        shared.wrong().forEach(wrong);
        if (shared.wrong().isEmpty()) {
            QueueSizes.wrong(kernel, s).forEach(what -> wrong.accept(name + ": " + what));
        }
        shared.places().forEach((object, place) -> found.at(object, DebugView.State.QUEUED, place));
    }

    @Override
    public List<Long> blocks(long s) {
        return SharedQueues.blocks(kernel, s);
    }
}
