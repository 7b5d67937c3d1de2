package dev.selfsup.shell.interactive;

import java.util.List;

/** Where the lines of a shell come from, and where it says what happened meanwhile. */
interface Lines extends AutoCloseable {
    /** The end of what was typed or piped. */
    final class End extends Exception {
        private static final long serialVersionUID = 1;
    }

    /**
     * The next line, split into words.
     *
     * @throws End if there is none
     * @throws org.jline.reader.SyntaxError if a quote is not closed
     */
    Line next() throws End;

    /**
     * A line.
     *
     * @param text as it was typed
     * @param words its words, without quotes; empty for a blank line or a comment
     */
    record Line(String text, List<String> words) {}

    /** Says, in one line, what happened meanwhile: above the prompt, or before the next one. */
    void tell(String news);

    /** Whether somebody sits there, who can be asked, and who types Ctrl-C. */
    boolean interactive();

    /** Width of the terminal; 0 where there is none, or one that cannot draw a line again. */
    int columns();

    @Override
    void close();
}
