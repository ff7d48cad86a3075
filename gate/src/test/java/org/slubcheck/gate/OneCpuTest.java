package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slubcheck.stress.Jvm;

/** A machine on which no two threads run at once is told by what they see, not by asking. */
class OneCpuTest {
    private static final String ALLOWED = "Cpus_allowed_list:";

    @TempDir Path home;

    @Test
    void onOneCpuNothingOverlapsAndTheDoctorSaysSo() throws Exception {
        Map<String, JsonNode> checks = examined(List.of("taskset", "-c", anyCpu()), Exit.UNTRUSTED);
        assertThat(checks.get("cpus").get("measured").asText()).isEqualTo("one CPU");
        for (String failed : List.of("cpus", "overlap")) {
            assertThat(checks.get(failed).get("level").asText()).as(failed).isEqualTo("fail");
        }
        assertThat(checks.get("overlap").get("means").asText()).startsWith("no real overlap");
        // Its cause is one CPU, not a machine that is bad in everything.
        assertThat(checks.get("compiler").get("level").asText()).isEqualTo("ok");
    }

    private Map<String, JsonNode> examined(List<String> wrapper, int exit) throws Exception {
        List<String> command = new ArrayList<>(wrapper);
        command.add(Jvm.current().java().toString());
        command.addAll(List.of("-Dslubcheck.home=" + home, "-cp", Jvm.current().classPath()));
        command.addAll(List.of(Main.class.getName(), "doctor", "--machine", "--json"));
        Path out = home.resolve("out");
        Process doctor =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(home.resolve("err").toFile())
                        .start();
        assertThat(doctor.waitFor())
                .as("%s", Files.readString(home.resolve("err")))
                .isEqualTo(exit);
        JsonNode told = Json.MAPPER.readTree(out.toFile());
        assertThat(told.get("trusted").asBoolean()).isEqualTo(exit == Exit.OK);
        Map<String, JsonNode> checks = new HashMap<>();
        told.get("checks").forEach(check -> checks.put(check.get("check").asText(), check));
        return checks;
    }

    /** The first that this program may run on. */
    private static String anyCpu() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(ALLOWED))
                .map(line -> line.substring(ALLOWED.length()).strip().replaceFirst("\\D.*", ""))
                .findFirst()
                .orElseThrow();
    }
}
