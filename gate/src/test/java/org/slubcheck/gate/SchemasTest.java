package org.slubcheck.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * The ready files for other people's machines and the JUnit XML, held against the schemas of those
 * who read them; where the schemas are from is in NOTICE. SARIF and trace events: {@link
 * FormatsTest}.
 */
class SchemasTest {
    private static final Path ROOT = Path.of("..");
    private static final YAMLMapper YAML = new YAMLMapper();

    private static Set<ValidationMessage> wrong(String schema, String yaml) throws IOException {
        try (InputStream in = SchemasTest.class.getResourceAsStream("schemas/" + schema)) {
            JsonNode file = YAML.readTree(yaml);
            return JsonSchemaFactory.getInstance(VersionFlag.V7).getSchema(in).validate(file);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "github-workflow.json, .github/workflows/slubcheck.yml",
        "gitlab-ci.json, docs/ci/gitlab-ci.yml",
        "kubernetes-job.json, docs/ci/kubernetes-job.yaml",
    })
    void readyFilesAreValid(String schema, String file) throws IOException {
        assertThat(wrong(schema, Files.readString(ROOT.resolve(file)))).isEmpty();
    }

    /** One word of the real file is changed. */
    @ParameterizedTest
    @CsvSource({
        "github-workflow.json, .github/workflows/slubcheck.yml, timeout-minutes, timeout-minuts",
        "github-workflow.json, .github/workflows/slubcheck.yml, fail-fast: false, fail-fast: [1]",
        "github-workflow.json, .github/workflows/slubcheck.yml, runs-on, run-on",
        "gitlab-ci.json, docs/ci/gitlab-ci.yml, matrix, matrices",
        "gitlab-ci.json, docs/ci/gitlab-ci.yml, when: always, when: sometimes",
        "gitlab-ci.json, docs/ci/gitlab-ci.yml, 'paths: [', 'path: ['",
        "kubernetes-job.json, docs/ci/kubernetes-job.yaml, completionMode, completionmode",
        "kubernetes-job.json, docs/ci/kubernetes-job.yaml, completions: 3, completions: three",
        "kubernetes-job.json, docs/ci/kubernetes-job.yaml, mountPath, mountpath",
        "kubernetes-job.json, docs/ci/kubernetes-job.yaml, 'kind: Job', 'kind: Jobs'",
    })
    void aSlipInAReadyFileIsSeen(String schema, String file, String right, String slip)
            throws IOException {
        String text = Files.readString(ROOT.resolve(file));
        assertThat(text).contains(right);
        assertThat(wrong(schema, text.replace(right, slip))).isNotEmpty();
    }

    /** A shard more in one place and not in the other would leave defects out, without a word. */
    @Test
    void shardsAreAsManyAsTheGateIsCutInto() throws IOException {
        JsonNode gitlab = yaml("docs/ci/gitlab-ci.yml").at("/shard");
        JsonNode shards = gitlab.at("/parallel/matrix/0/SHARD");
        assertThat(shards).extracting(JsonNode::asText).containsExactly("1", "2", "3");
        assertThat(gitlab.path("script").asText()).contains("--shard $SHARD/3 ");

        JsonNode kubernetes = yaml("docs/ci/kubernetes-job.yaml").path("spec");
        int completions = kubernetes.path("completions").asInt();
        assertThat(kubernetes.at("/template/spec/containers/0/command/2").asText())
                .contains("--shard $((JOB_COMPLETION_INDEX + 1))/" + completions + " ");

        JsonNode github = yaml(".github/workflows/slubcheck.yml").at("/jobs/shard");
        String deep = "(github.event_name == 'schedule' || inputs.profile == 'deep') && ";
        assertThat(github.at("/strategy/matrix/shard").asText())
                .contains(deep + "'[1,2,3,4,5,6,7,8,9,10,11,12]' || '[1,2,3]'");
        assertThat(github.at("/steps/2/run").asText())
                .contains("/${{ " + deep + "12 || 3 }} --json");
    }

    @Test
    void theTestsAndTheGateRunOnBothJdks() throws IOException {
        for (String job : new String[] {"verify", "shard"}) {
            assertThat(yaml("docs/ci/gitlab-ci.yml").at("/" + job + "/parallel/matrix/0/JDK"))
                    .extracting(JsonNode::asText)
                    .containsExactly("17", "25");
            assertThat(
                            yaml(".github/workflows/slubcheck.yml")
                                    .at("/jobs/" + job + "/strategy/matrix/jdk"))
                    .extracting(JsonNode::asInt)
                    .containsExactly(17, 25);
        }
    }

    private static JsonNode yaml(String file) throws IOException {
        return YAML.readTree(Files.readString(ROOT.resolve(file)));
    }

    private static void readAsJunit(byte[] xml) throws IOException, SAXException {
        SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
                .newSchema(SchemasTest.class.getResource("schemas/junit.xsd"))
                .newValidator()
                .validate(new StreamSource(new ByteArrayInputStream(xml)));
    }

    @Test
    void junitXmlIsValid() throws IOException {
        for (Report report :
                new Report[] {SampleReport.passed(), SampleReport.failed("a <b>\0c")}) {
            byte[] xml = JunitXml.bytes(report);
            assertThatCode(() -> readAsJunit(xml)).doesNotThrowAnyException();
        }
    }

    @Test
    void aSlipInJunitXmlIsSeen() throws IOException {
        String xml =
                new String(JunitXml.bytes(SampleReport.failed("missed")), StandardCharsets.UTF_8);
        for (String[] slip :
                new String[][] {
                    {"<testcase ", "<testcas "}, {" tests=", " test="}, {"<failure ", "<fault "}
                }) {
            assertThat(xml).contains(slip[0]);
            String wrong =
                    xml.replace(slip[0], slip[1])
                            .replace(
                                    slip[0].replace("<", "</").replace(" ", ">"),
                                    slip[1].replace("<", "</").replace(" ", ">"));
            assertThatThrownBy(() -> readAsJunit(wrong.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(SAXParseException.class)
                    .hasMessageContaining("cvc-");
        }
    }
}
