package org.slubcheck.gate;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.slubcheck.crash.Dump;
import org.slubcheck.crash.DumpException;
import org.slubcheck.crash.DumpFile;
import org.slubcheck.crash.Views;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks at a crash dump. Nothing is booted. */
@Command(
        name = "crash",
        mixinStandardHelpOptions = true,
        description = {
            "Looks at a crash dump, as reproduce --dump and boot --dump write it.",
            "Without a view: what it is of, on one screen.",
            "",
            "  slabinfo        /proc/slabinfo",
            "  sysfs [CACHE]   /sys/kernel/slab, or the files of a cache",
            "  kmem ADDRESS    the cache, slab, object, state and history of an address",
            "  locks           which are held, by whom, and who waits",
            "  queues          what CPUs keep of each cache",
            "  lists           caches, slabs, free pages, and where a list breaks",
            "  dmesg           what the kernel had said",
            "  bt              who was where"
        })
final class CrashCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "the dump")
    private Path file;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "VIEW",
            defaultValue = "",
            description = "one of the above")
    private String view;

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "ARG",
            defaultValue = "",
            description = "of sysfs and kmem")
    private String argument;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            Views.lines(read(), view, argument).forEach(out::println);
        } catch (IllegalArgumentException e) {
            throw CliException.usage(e.getMessage());
        }
        out.flush();
        return Exit.OK;
    }

    private Dump read() {
        try {
            return DumpFile.read(file);
        } catch (DumpException e) {
            throw CliException.usage(file + ": " + e.getMessage());
        } catch (NoSuchFileException e) {
            throw CliException.usage(file + ": there is no such file");
        } catch (IOException e) {
            throw CliException.usage(file + ": it cannot be read: " + e.getMessage());
        }
    }
}
