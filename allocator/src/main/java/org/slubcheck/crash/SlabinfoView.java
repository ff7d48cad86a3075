package org.slubcheck.crash;

import java.util.ArrayList;
import java.util.List;
import org.slubcheck.slab.SlabInfo;

/** /proc/slabinfo of a dump, and what of it does not make sense. */
final class SlabinfoView {
    private SlabinfoView() {}

    static void show(Dump dump, Sheet out) {
        Books books = new Books(dump);
        out.line("%s", SlabInfo.header().stripTrailing());
        List<String> wrong = new ArrayList<>();
        for (long s : books.caches()) {
            out.line("%s", books.row(s, wrong).line().stripTrailing());
        }
        String broken = books.listed().broken();
        if (broken != null) {
            wrong.add("slab_caches is broken: " + broken);
        }
        if (!wrong.isEmpty()) {
            out.gap();
            wrong.forEach(sentence -> out.line("%s", sentence));
        }
    }
}
