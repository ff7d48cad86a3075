package org.slubcheck.kunit;

/**
 * The kernel's test on the engine with queues. It keeps free objects in a map of bits, so the action
 * that damages a free pointer has nothing to act on.
 */
class SlubqKunitTest extends SlubKunit {
    SlubqKunitTest() {
        super("slubq");
    }
}
