package org.slubcheck.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is handed to another JVM means there what it means here. */
class JvmTest {
    @Test
    void aClassPathHoldsInAnyFolderAndNeverMeansTheFolderItself() {
        String here = Path.of("").toAbsolutePath().toString();
        String sep = File.pathSeparator;
        assertThat(Jvm.absolute("a" + sep + sep + here + sep))
                .isEqualTo(Path.of(here, "a") + sep + here);
        assertThat(Jvm.absolute("a")).isEqualTo(Path.of(here, "a").toString());
    }
}
