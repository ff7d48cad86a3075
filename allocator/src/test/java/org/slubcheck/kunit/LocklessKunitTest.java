package org.slubcheck.kunit;

/** The kernel's test on the engine whose fast paths turn no irqs off; debugged caches never use them. */
class LocklessKunitTest extends SlubKunit {
    LocklessKunitTest() {
        super("slub-lockless");
    }
}
