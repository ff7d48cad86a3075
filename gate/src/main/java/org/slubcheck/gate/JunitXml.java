package org.slubcheck.gate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.slubcheck.verdict.Verdict;

/** A report as JUnit XML: a test case for each verdict. */
final class JunitXml {
    private JunitXml() {}

    /** The file. */
    static byte[] bytes(Report report) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            XMLStreamWriter xml =
                    XMLOutputFactory.newFactory()
                            .createXMLStreamWriter(bytes, StandardCharsets.UTF_8.name());
            suite(xml, report.verdicts());
            xml.close();
        } catch (XMLStreamException e) {
            throw new IOException("cannot write JUnit XML", e);
        }
        return bytes.toByteArray();
    }

    private static void suite(XMLStreamWriter xml, List<Entry> entries) throws XMLStreamException {
        long errors = entries.stream().filter(Entry::toolFault).count();
        long failures = entries.stream().filter(e -> !e.expected()).count() - errors;
        double seconds = entries.stream().mapToDouble(e -> e.verdict().seconds()).sum();
        xml.writeStartDocument(StandardCharsets.UTF_8.name(), "1.0");
        xml.writeCharacters("\n");
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", "slubcheck-gate");
        xml.writeAttribute("tests", Integer.toString(entries.size()));
        xml.writeAttribute("failures", Long.toString(failures));
        xml.writeAttribute("errors", Long.toString(errors));
        xml.writeAttribute("skipped", "0");
        xml.writeAttribute("time", time(seconds));
        for (Entry entry : entries) {
            testCase(xml, entry);
        }
        xml.writeCharacters("\n");
        xml.writeEndElement();
        xml.writeEndDocument();
    }

    private static void testCase(XMLStreamWriter xml, Entry entry) throws XMLStreamException {
        Verdict v = entry.verdict();
        xml.writeCharacters("\n  ");
        xml.writeStartElement("testcase");
        xml.writeAttribute(
                "classname", "slubcheck." + v.technique().label() + ".jdk" + entry.jdk());
        xml.writeAttribute(
                "name", v.id() + (v.fixed() ? " fixed" : " defective") + " " + v.subject());
        xml.writeAttribute("time", time(v.seconds()));
        if (!entry.expected()) {
            xml.writeStartElement(entry.toolFault() ? "error" : "failure");
            xml.writeAttribute("message", clean(v.outcome().label() + ": " + v.detail()));
            xml.writeCharacters(clean(String.join("\n", v.timeline())));
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private static String time(double seconds) {
        return String.format(Locale.ROOT, "%.3f", seconds);
    }

    /** XML has no control characters but these. */
    private static String clean(String text) {
        return text.replaceAll("[^\\t\\n\\r\\x20-\\uD7FF\\uE000-\\uFFFD]", "?");
    }
}
