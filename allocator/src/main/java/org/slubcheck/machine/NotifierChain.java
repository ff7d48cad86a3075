package org.slubcheck.machine;

/**
 * A chain of notifiers: one word for its head and a notifier_block for who is told, both in the data of
 * the kernel image (kernel/notifier.c). Empty until somebody registers: what happens before passes him
 * by.
 *
 * <p>One block is all that this machine registers on a chain. Who changes or calls it holds the lock of
 * what the chain is about, or is the one CPU that boots.
 *
 * <p>2.6.36 linked a block that was on its chain already to itself, and the next call never came back.
 * Since 2018 (S. Wang) the second registration is refused with a warning, as here.
 */
public final class NotifierChain {
    /** Where the fields of a notifier_block stand. */
    public static final StructLayout BLOCK =
            StructLayout.of("notifier_block")
                    .word("notifier_call")
                    .word("next")
                    .word("priority")
                    .build();

    /** A chain: its head, and the block behind it. */
    private static final int WORDS = 4;

    private static final int HEAD = 0;
    private static final int BLOCK_AT = Memory.WORD;
    private static final int NEXT = BLOCK.offset("next");

    private final Machine machine;
    private final Memory memory;
    private final long base;

    /** Reserves a chain in a map; returns its address. */
    public static long reserve(MemoryMap map, String name) {
        return map.reserve(name, (long) WORDS * Memory.WORD, Memory.WORD);
    }

    /**
     * A chain in memory; cheap.
     *
     * @param base as {@link #reserve} returned it
     */
    public NotifierChain(Machine machine, long base) {
        this.machine = machine;
        this.memory = machine.memory();
        this.base = base;
    }

    /** notifier_chain_register: puts the block last; a second time it warns and changes nothing. */
    public void register() {
        long block = base + BLOCK_AT;
        long link = base + HEAD;
        for (long at = memory.read(link); at != 0; at = memory.read(link)) {
            if (at == block) {
                machine.console()
                        .warn(
                                "kernel/notifier.c notifier_chain_register",
                                "double register detected");
                return;
            }
            link = at + NEXT;
        }
        memory.write(block + NEXT, 0);
        memory.write(link, block);
    }

    /** Whether there is somebody to be told. */
    public boolean isRegistered() {
        return memory.read(base + HEAD) != 0;
    }
}
