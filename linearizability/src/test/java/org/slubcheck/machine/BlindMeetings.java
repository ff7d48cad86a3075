package org.slubcheck.machine;

import java.util.BitSet;

/** Wrong on purpose: takes some words for ones that no two tasks meet in, whatever it sees. */
public final class BlindMeetings extends Meetings {
    private final BitSet blind;

    /**
     * @param bytes of the memory
     * @param blind the words, by their number
     */
    public BlindMeetings(long bytes, BitSet blind) {
        super(bytes);
        this.blind = blind;
    }

    private BlindMeetings(BlindMeetings before) {
        super(before);
        this.blind = before.blind;
    }

    @Override
    public Meetings next() {
        return new BlindMeetings(this);
    }

    @Override
    void touch(int task, int word, boolean write, boolean marked) {
        if (!blind.get(word)) {
            super.touch(task, word, write, marked);
        }
    }

    @Override
    void give(int task, int word) {
        if (!blind.get(word)) {
            super.give(task, word);
        }
    }
}
