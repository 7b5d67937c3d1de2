package dev.selfsup.config;

/**
 * Where a value was written.
 *
 * @param source the file, or the command line option with its text
 * @param line line from 1, 0 where the source has no lines
 * @param column column from 1, 0 where the source has no lines
 */
public record Origin(String source, int line, int column) {
    /** A place in a source that has no lines, as a command line option. */
    public static Origin of(String source) {
        return new Origin(source, 0, 0);
    }

    /** {@code file:line:column}, or the source alone. */
    @Override
    public String toString() {
        return line == 0 ? source : source + ":" + line + ":" + column;
    }
}
