package dev.selfsup.shell.interactive;

import java.nio.file.Path;
import java.util.List;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.impl.DefaultParser;

/** How a line is split into words: as by {@code sh}, with quotes, backslashes and {@code ~}, but without variables and patterns. */
final class Words {
    private Words() {}

    /** The parser; with {@code ask} an open quote is a question for the rest of the line. */
    static DefaultParser parser() {
        DefaultParser parser = new DefaultParser();
        parser.setEofOnUnclosedQuote(true);
        return parser;
    }

    /**
     * Splits a line.
     *
     * @throws org.jline.reader.SyntaxError if a quote is not closed
     */
    static Lines.Line split(String text) {
        String stripped = text.strip();
        if (stripped.isEmpty() || stripped.startsWith("#")) {
            return new Lines.Line(text, List.of());
        }
        ParsedLine parsed = parser().parse(stripped, stripped.length(), Parser.ParseContext.ACCEPT_LINE);
        return new Lines.Line(stripped, parsed.words().stream().map(Words::home).toList());
    }

    private static String home(String word) {
        return word.equals("~") || word.startsWith("~/") ? Path.of(System.getProperty("user.home")) + word.substring(1) : word;
    }
}
