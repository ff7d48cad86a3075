package org.slubcheck.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A booted machine that is spoilt in one place, and what the oracle has to say about it: each sentence
 * matches one of the patterns, and each pattern one of the sentences.
 */
record Corruption(String name, Bed.Machine machine, Consumer<Bed> how, List<String> sentences) {

    static Corruption of(String name, Consumer<Bed> how, String... sentences) {
        return new Corruption(name, Bed.Machine.SMALL, how, List.of(sentences));
    }

    static Corruption on(Bed.Machine machine, String name, Consumer<Bed> how, String... sentences) {
        return new Corruption(name, machine, how, List.of(sentences));
    }

    void check() {
        Bed bed = new Bed(machine);
        assertThat(bed.census()).as("before").isEmpty();
        how.accept(bed);
        List<String> said = new ArrayList<>(bed.census());
        for (String pattern : sentences) {
            String match = said.stream().filter(s -> s.matches(pattern)).findFirst().orElse(null);
            assertThat(match).as("%s in %s", pattern, said).isNotNull();
            said.remove(match);
        }
        assertThat(said).isEmpty();
    }

    @Override
    public String toString() {
        return name;
    }
}
