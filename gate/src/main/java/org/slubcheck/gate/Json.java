package org.slubcheck.gate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintWriter;
import org.slubcheck.verdict.Mark;

/** The one JSON mapper of the command line. */
final class Json {
    static final ObjectMapper MAPPER =
            new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .addMixIn(Mark.class, Terse.class)
                    .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);

    /** A gate has thousands of marks: what is 0, false or empty is left out. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    interface Terse {
        @JsonInclude(JsonInclude.Include.NON_DEFAULT)
        int step();

        @JsonInclude(JsonInclude.Include.NON_DEFAULT)
        boolean irq();

        @JsonInclude(JsonInclude.Include.NON_DEFAULT)
        boolean irqsOff();

        @JsonInclude(JsonInclude.Include.NON_DEFAULT)
        boolean ipi();
    }

    private Json() {}

    /** Prints a value and a line end. */
    static void print(PrintWriter out, Object value) {
        try {
            out.println(MAPPER.writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write JSON", e);
        }
    }
}
