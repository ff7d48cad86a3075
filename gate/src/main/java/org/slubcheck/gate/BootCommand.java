package org.slubcheck.gate;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.slubcheck.kernel.Census;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.kernel.Moment;
import org.slubcheck.kernel.Witness;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Faults;
import org.slubcheck.machine.Geometry;
import org.slubcheck.machine.Steps;
import org.slubcheck.slab.SlabInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Boots a kernel and shows its log and its caches. */
@Command(
        name = "boot",
        mixinStandardHelpOptions = true,
        description = {
            "Boots a kernel; prints its log, then /proc/slabinfo.",
            "The time stamps count accesses to memory, one for a microsecond."
        })
final class BootCommand implements Callable<Integer> {
    private static final int SMALLEST_PAGE = 512;
    private static final int LARGEST_PAGE = 64 << 10;

    @Spec private CommandSpec spec;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "1",
            description = "1 to 64, default 1")
    private int nodes;

    @Option(
            names = "--page-size",
            paramLabel = "BYTES",
            defaultValue = "4096",
            description = "a power of two from 512 to 65536, default 4096")
    private int pageSize;

    @Option(
            names = "--early-kmalloc",
            description = "CONFIG_EARLY_KMALLOC: kmalloc works before the page allocator does")
    private boolean earlyKmalloc;

    @Option(names = "--inject", paramLabel = "ID", description = "boot with this defect in place")
    private String inject;

    @Option(
            names = "--fail-alloc",
            paramLabel = "K",
            description = "let the K-th page allocation of the boot fail")
    private Long failAlloc;

    @Mixin private EngineOptions engine;
    @Mixin private DebugOptions debug;
    @Mixin private FaultOptions faults;
    @Mixin private DumpOption dump;

    @Override
    public Integer call() {
        if (failAlloc != null && failAlloc < 1) {
            throw CliException.usage("--fail-alloc counts from 1, not " + failAlloc);
        }
        Steps steps =
                inject == null
                        ? Steps.mainline()
                        : Ids.entry(inject).defect().install(Steps.mainline());
        Kernel kernel = Kernel.offChecked(config(), steps);
        if (failAlloc != null) {
            kernel.faults().failAt(Faults.Kind.PAGE, failAlloc);
        }
        faults.begin(kernel);
        Consumer<Moment> keeper = dump.keeper(line(), code());
        Witness witness = null;
        if (keeper != null) {
            kernel.checked().startLog(false);
            witness = Witness.of(kernel, kernel, null);
        }
        boolean died = dies(kernel, () -> kernel.bootTo(Kernel.Stage.RUNNING));
        PrintWriter out = spec.commandLine().getOut();
        kernel.console().lines().stream().map(Console.Line::stamped).forEach(out::println);
        if (died) {
            keep(keeper, witness, kernel.reports().get(0));
            out.flush();
            return Exit.FAILED;
        }
        out.println();
        // Who reads /proc/slabinfo walks lists that a defect may have spoilt.
        int before = kernel.console().lines().size();
        if (dies(kernel, () -> out.print(SlabInfo.show(kernel.slab(), kernel.task(0))))) {
            kernel.console().lines().stream()
                    .skip(before)
                    .map(Console.Line::stamped)
                    .forEach(out::println);
            keep(keeper, witness, kernel.reports().get(0));
            out.flush();
            return Exit.FAILED;
        }
        List<String> wrong = Census.of(kernel, new long[0]);
        if (!wrong.isEmpty()) {
            out.println();
            wrong.forEach(sentence -> out.println("census: " + sentence));
        }
        DebugOptions.Outcome validated = debug.finish(kernel);
        validated.lines().forEach(out::println);
        out.flush();
        List<String> found = kernel.reports().isEmpty() ? wrong : kernel.reports();
        keep(keeper, witness, found.isEmpty() ? "nothing" : found.get(0));
        boolean clean = wrong.isEmpty() && kernel.reports().isEmpty() && validated.clean();
        return clean ? Exit.OK : Exit.FAILED;
    }

    /** Whether the kernel dies of something: a defect may lead to an address that there is not. */
    private static boolean dies(Kernel kernel, Runnable code) {
        try {
            code.run();
        } catch (RuntimeException end) {
            if (kernel.machine().deathBy(end, "start_kernel") == null) {
                throw end;
            }
            return true;
        }
        return false;
    }

    /** What was run, as one would say it again. */
    private String line() {
        List<String> all = spec.commandLine().getParseResult().originalArgs();
        return DumpOption.without(all);
    }

    private String code() {
        return inject == null ? "mainline" : inject + "  " + Ids.entry(inject).defect().title();
    }

    private void keep(Consumer<Moment> keeper, Witness witness, String violation) {
        if (keeper != null) {
            keeper.accept(witness.moment(violation, List.of("start_kernel")));
            dump.told().forEach(System.err::println);
        }
    }

    private KernelConfig config() {
        if (pageSize < SMALLEST_PAGE
                || pageSize > LARGEST_PAGE
                || Integer.bitCount(pageSize) != 1) {
            throw CliException.usage(
                    "--page-size must be a power of two from 512 to 65536, not " + pageSize);
        }
        try {
            Geometry geometry = Machines.forBoot(engine.cpus(), nodes, pageSize);
            KernelConfig config = engine.on(geometry).withFaults(true);
            return faults.on(debug.on(config.withEarlyKmalloc(earlyKmalloc)));
        } catch (IllegalArgumentException e) {
            throw CliException.usage(e.getMessage());
        }
    }
}
