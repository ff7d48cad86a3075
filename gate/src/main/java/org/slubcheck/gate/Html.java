package org.slubcheck.gate;

/** Text in HTML and SVG. */
final class Html {
    private Html() {}

    /** The same with arrows that no line is broken in. */
    static String prose(String plain) {
        return text(plain.replace(" -> ", " → "));
    }

    /** As text or as the value of an attribute in either kind of quotes. */
    static String text(String plain) {
        StringBuilder safe = new StringBuilder(plain.length() + 16);
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.append(c < ' ' && c != '\n' && c != '\t' ? '\ufffd' : c);
            }
        }
        return safe.toString();
    }
}
