package org.slubcheck.gate;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.kernel.Kernel;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.machine.Console;
import org.slubcheck.slab.MemInit;
import org.slubcheck.slab.SlubDebug;
import org.slubcheck.slab.ValidateAll;
import picocli.CommandLine.Option;

/** Object debugging, for the commands that run a kernel. */
final class DebugOptions {
    @Option(
            names = {"--slub-debug", "slub_debug"},
            paramLabel = "OPTIONS",
            arity = "0..1",
            fallbackValue = "",
            description =
                    "the boot option slub_debug: letters F Z P U T A, - or O, and caches, as in"
                            + " FZPU,kmalloc-16;"
                            + " without letters FZPU, without caches all")
    private String slubDebug;

    @Option(
            names = "--init-on-alloc",
            description = "the boot option init_on_alloc: objects are cleared when handed out")
    private boolean initOnAlloc;

    @Option(
            names = "--init-on-free",
            description = "the boot option init_on_free: objects are cleared when freed")
    private boolean initOnFree;

    @Option(
            names = "--validate",
            description =
                    "at the end checks all objects of all caches, as slabinfo -v does; exit 1 if"
                            + " any is bad")
    private boolean validate;

    /**
     * The configuration with what was asked for.
     *
     * @throws CliException when the option makes no sense
     */
    KernelConfig on(KernelConfig plain) {
        MemInit init = new MemInit(initOnAlloc, initOnFree);
        KernelConfig config = plain.with(plain.slab().withInit(init));
        if (slubDebug == null) {
            return config;
        }
        try {
            return config.with(config.slab().withDebug(SlubDebug.parse(slubDebug)));
        } catch (IllegalArgumentException e) {
            throw CliException.usage(e.getMessage());
        }
    }

    /** What is to be printed at the end; nothing when nothing was asked for. */
    Outcome finish(Kernel kernel) {
        if (!validate) {
            return new Outcome(List.of(), true);
        }
        int before = kernel.console().lines().size();
        ValidateAll.Result result = ValidateAll.run(kernel.slab(), kernel.task(0));
        List<Console.Line> lines = kernel.console().lines();
        List<String> said =
                new ArrayList<>(
                        lines.subList(before, lines.size()).stream()
                                .map(Console.Line::text)
                                .toList());
        said.add(result.summary());
        return new Outcome(said, result.errors() == 0 && said.size() == 1);
    }

    /**
     * How a validation ended.
     *
     * @param lines what the kernel said of it, and the last line; empty for none
     * @param clean nothing was wrong
     */
    record Outcome(List<String> lines, boolean clean) {}
}
