package dev.selfsup.shell.gogo;

import java.util.stream.Stream;

/** Text broken into lines. */
final class Wrapped {
    private Wrapped() {}

    /**
     * Breaks a line between words; indented lines, which are code, stay as they are.
     *
     * @param line a line
     * @param width most characters of a line
     * @return one or more lines
     */
    static Stream<String> lines(String line, int width) {
        if (line.length() <= width || line.startsWith("    ")) {
            return Stream.of(line);
        }
        int end = line.lastIndexOf(' ', width);
        if (end <= 0) {
            return Stream.of(line);
        }
        return Stream.concat(Stream.of(line.substring(0, end)), lines(line.substring(end + 1), width));
    }
}
