package dev.selfsup.runtime.analysis;

/** Values of a table in a text file, by RFC 4180. */
final class Csv {
    private Csv() {}

    /** A text, in quotes where it must be. */
    static String text(String text) {
        return text.matches("[^\",\\r\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
