package org.slubcheck.schedule;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slubcheck.defects.Defect;
import org.slubcheck.defects.Defects;
import org.slubcheck.machine.CheckedMemory;
import org.slubcheck.machine.Memory;
import org.slubcheck.machine.WatchedMemory;
import org.slubcheck.timeline.Symbolizer;

/**
 * Says which program point a thread is at that is about to touch memory.
 *
 * <p>The function is that of the innermost frame that is neither the machine's nor a struct's. The word is named by what
 * memory holds at this moment and held when the scenario began, and by nothing else, so that it does
 * not depend on who was asked before.
 */
final class Places {
    /** Begins the name of the code that a defect replaces. */
    static final String STEP = "step ";

    private static final String PORT = "org.slubcheck.";
    private static final String MACHINE = PORT + "machine.";
    private static final String DEFECTS = Defect.class.getPackageName() + ".";

    /** Accessors of structs: who uses them says more. */
    private static final Set<String> STRUCTS =
            Set.of(
                    PORT + "mm.ListHead",
                    PORT + "mm.PageStruct",
                    PORT + "mm.PcpuChunk",
                    PORT + "slab.KmemCache",
                    PORT + "slab.KmemCacheNode",
                    PORT + "slub.KmemCacheCpu",
                    PORT + "slubq.KmemCacheCpu",
                    PORT + "slubq.KmemCacheQueue");

    private static final Pattern LAMBDA = Pattern.compile("lambda\\$(\\w+)\\$\\d+");
    private static final StackWalker WALKER = StackWalker.getInstance();

    private static final Map<String, String> OPERATIONS =
            Map.ofEntries(
                    Map.entry("read", "read"),
                    Map.entry("readInt", "read"),
                    Map.entry("readByte", "read"),
                    Map.entry("write", "write"),
                    Map.entry("writeInt", "write"),
                    Map.entry("writeByte", "write"),
                    Map.entry("fill", "memset"),
                    Map.entry("copy", "memcpy"),
                    Map.entry("probeKernelRead", "probe_kernel_read"),
                    Map.entry("readOnce", "READ_ONCE"),
                    Map.entry("readOnceInt", "READ_ONCE"),
                    Map.entry("dataRaceInt", "data_race"),
                    Map.entry("writeOnce", "WRITE_ONCE"),
                    Map.entry("writeOnceInt", "WRITE_ONCE"),
                    Map.entry("loadAcquire", "smp_load_acquire"),
                    Map.entry("storeRelease", "smp_store_release"),
                    Map.entry("cmpxchg", "cmpxchg"),
                    Map.entry("fetchAdd", "atomic_add"),
                    Map.entry("awaitClear", "wait"));

    private final Symbolizer before;
    private final Memory memory;

    /**
     * @param before names what there was when the scenario began
     * @param memory the memory of the run
     */
    Places(Symbolizer before, Memory memory) {
        this.before = before;
        this.memory = memory;
    }

    /** What is done to memory, and by whom. */
    record Where(String operation, String function) {}

    /** Where the calling thread is; it has called an accessor of the checked memory. */
    Where where() {
        return WALKER.walk(
                frames -> {
                    String operation = "";
                    for (var i = frames.iterator(); i.hasNext(); ) {
                        StackWalker.StackFrame frame = i.next();
                        String of = frame.getClassName();
                        if (of.equals(CheckedMemory.class.getName())
                                || of.equals(WatchedMemory.class.getName())) {
                            operation = OPERATIONS.getOrDefault(frame.getMethodName(), operation);
                        } else if (!operation.isEmpty()
                                && !of.startsWith(MACHINE)
                                && !STRUCTS.contains(of)) {
                            return new Where(operation, function(frame));
                        }
                    }
                    return new Where(operation, "");
                });
    }

    private static String function(StackWalker.StackFrame frame) {
        String of = frame.getClassName();
        if (of.startsWith(DEFECTS)) {
            Optional<String> step =
                    Defects.all().stream()
                            .filter(d -> within(of, d.getClass().getName()))
                            .map(d -> STEP + d.step().name())
                            .findFirst();
            if (step.isPresent()) {
                return step.get();
            }
        }
        String simple = of.substring(of.lastIndexOf('.') + 1).replaceAll("\\$\\d+$", "");
        String method = frame.getMethodName();
        Matcher lambda = LAMBDA.matcher(method);
        if (lambda.matches()) {
            method = lambda.group(1);
        }
        boolean nameless = method.equals("static") || method.equals("new") || method.contains("<");
        return simple.replace('$', '.') + (nameless ? "" : "." + method);
    }

    private static boolean within(String name, String of) {
        return name.equals(of) || name.startsWith(of + "$");
    }

    /** What stands at an address now. */
    String word(long address) {
        return before.alsoOf(memory).name(address);
    }
}
