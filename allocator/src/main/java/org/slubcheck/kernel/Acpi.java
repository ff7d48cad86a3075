package org.slubcheck.kernel;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.machine.Console;
import org.slubcheck.machine.Task;
import org.slubcheck.mm.Gfp;

/**
 * The ACPI interpreter as setup_arch runs it, as far as memory is concerned: it is what early kmalloc
 * was made for (B. Picco, 8 July 2005). It kmallocs for each table and each name in it, and frees all
 * of it. Irqs may be off.
 */
final class Acpi {
    private static final int NAME = 24;

    private Acpi() {}

    /** acpi_boot_init. */
    static void bootInit(Kernel kernel, Task task) {
        int max = kernel.geometry().kmallocMax();
        List<Long> held = new ArrayList<>();
        int tables = 0;
        for (int size : new int[] {NAME, NAME, max, NAME, max + 1}) {
            long p = kernel.slab().kmalloc(task, size, Gfp.ATOMIC);
            if (p == 0) {
                kernel.console()
                        .printk(Console.Level.ERR, "ACPI Error: Could not allocate %d bytes", size);
            } else {
                held.add(p);
                tables += size < max ? 0 : 1;
            }
        }
        kernel.console().printk(Console.Level.INFO, "ACPI: %d tables read", tables);
        held.forEach(p -> kernel.slab().kfree(task, p));
    }
}
