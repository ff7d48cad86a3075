package org.slubcheck.gate;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slubcheck.kernel.KernelConfig;
import org.slubcheck.layout.GeometryTable;
import org.slubcheck.layout.HostMachine;
import org.slubcheck.layout.LayoutCheck;
import org.slubcheck.layout.LayoutException;
import org.slubcheck.layout.LayoutFlags;
import org.slubcheck.layout.ObjectLayout;
import org.slubcheck.layout.SlabLimits;
import org.slubcheck.layout.SlubLayout;
import org.slubcheck.layout.SlubqLayout;
import org.slubcheck.layout.SysfsCaches;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** How objects are laid out in slabs: one size, a table, or the kernel that this runs on. */
@Command(
        name = "layout",
        mixinStandardHelpOptions = true,
        description = {
            "Prints slab_size, order and objects of a cache.",
            "Or checks a table, or the kernel that it runs on, against the rules: exit 1 when a row"
                    + " differs."
        })
final class LayoutCommand implements Callable<Integer> {
    private static final int PAGE = 4096;
    private static final int LINE = 64;

    /** NR_CPUS of the largest kernels. */
    private static final int MOST_CPUS = 4096;

    /** The largest object: a block of the highest order, 10, of pages of 4 KiB. */
    private static final int MOST_BYTES = PAGE << 10;

    /** What a machine has where nothing is known of it. */
    private static final int USUAL_CPUS = 2;

    @Spec private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private What what;

    /** One of three things to lay out. */
    static final class What {
        @Parameters(paramLabel = "SIZE", description = "object size in bytes")
        private Integer size;

        @Option(names = "--from", paramLabel = "FILE", description = "a table of caches (TSV)")
        private Path from;

        @Option(
                names = "--sysfs",
                paramLabel = "DIR",
                arity = "0..1",
                fallbackValue = "/sys/kernel/slab",
                description = "the caches of a running kernel, default /sys/kernel/slab")
        private Path sysfs;
    }

    @Option(
            names = "--align",
            paramLabel = "BYTES",
            defaultValue = "0",
            description = "alignment asked for, bytes")
    private int align;

    @Option(names = "--hwcache", description = "SLAB_HWCACHE_ALIGN")
    private boolean hwcache;

    @Option(names = "--ctor", description = "the cache has a constructor")
    private boolean ctor;

    @Option(names = "--rcu", description = "SLAB_DESTROY_BY_RCU")
    private boolean rcu;

    @Option(
            names = "--engine",
            paramLabel = "E",
            defaultValue = "slub",
            description = "slub (default), slub-lockless or slubq")
    private String engine;

    @Option(
            names = "--cpus",
            paramLabel = "N",
            description = "CPUs that the order depends on, default 2")
    private Integer cpus;

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    @Override
    public Integer call() {
        if (cpus != null && (cpus < 1 || cpus > MOST_CPUS)) {
            throw CliException.usage("--cpus must be 1.." + MOST_CPUS + ", not " + cpus);
        }
        if (!KernelConfig.ENGINES.contains(engine)) {
            throw CliException.usage(
                    "no layout rules of engine '"
                            + engine
                            + "'; there is "
                            + String.join(", ", KernelConfig.ENGINES));
        }
        try {
            return what.size != null ? one(what.size) : table();
        } catch (LayoutException e) {
            throw CliException.usage(e.getMessage());
        }
    }

    private int one(int size) {
        if (size < 1 || size > MOST_BYTES) {
            throw CliException.usage("SIZE must be 1.." + MOST_BYTES + ", not " + size);
        }
        if (align < 0 || align > PAGE || Integer.bitCount(align) > 1) {
            throw CliException.usage(
                    "--align must be a power of two up to " + PAGE + ", not " + align);
        }
        SlabLimits limits = SlabLimits.of(PAGE, LINE, cpus == null ? USUAL_CPUS : cpus);
        long flags =
                (hwcache ? LayoutFlags.HWCACHE_ALIGN : 0) | (rcu ? LayoutFlags.DESTROY_BY_RCU : 0);
        ObjectLayout layout =
                engine.equals("slubq")
                        ? SlubqLayout.calculateSizes(size, align, flags, limits)
                        : SlubLayout.calculateSizes(size, align, flags, ctor, limits);
        if (!layout.fits()) {
            throw CliException.usage("no order of pages holds an object of " + size + " bytes");
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("schema", 1);
            row.put("engine", engine);
            row.put("object_size", size);
            row.put("slab_size", layout.size());
            row.put("order", layout.order());
            row.put("objects", layout.objects());
            row.put("align", layout.align());
            Json.print(out, row);
        } else {
            out.printf(
                    "slab_size=%d order=%d objects=%d%n",
                    layout.size(), layout.order(), layout.objects());
        }
        out.flush();
        return Exit.OK;
    }

    private int table() throws LayoutException {
        PrintWriter out = spec.commandLine().getOut();
        HostMachine machine;
        if (cpus != null) {
            machine = HostMachine.ofCpus(cpus);
        } else {
            machine = what.from != null ? HostMachine.ofCpus(USUAL_CPUS) : HostMachine.here();
        }
        LayoutCheck check =
                new LayoutCheck(machine, json ? result -> {} : row -> out.println(row.describe()));
        if (what.from != null) {
            if (!Files.exists(what.from)) {
                throw CliException.usage(what.from + ": no such file");
            }
            GeometryTable.read(what.from, check);
        } else {
            SysfsCaches.read(what.sysfs).rows().forEach(check);
        }
        check.finish();
        if (json) {
            Map<String, Object> sums = new LinkedHashMap<>();
            sums.put("schema", 1);
            sums.put("rows", check.rows());
            sums.put("equal", check.equal());
            sums.put("differ", check.differ());
            sums.put("newer", check.newer());
            Json.print(out, sums);
        } else {
            out.println(check.summary());
        }
        out.flush();
        return check.differ() == 0 ? Exit.OK : Exit.FAILED;
    }
}
