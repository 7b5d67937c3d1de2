package dev.selfsup.shell.gogo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of three cells, below each other: a name, a value, a place. Where a row has no room for its place, the place stands on the next line; a value
 * that is too long for its column does not widen it.
 */
final class Rows {
    private static final int WIDEST_NAME = 48;
    private static final int WIDEST_VALUE = 32;
    private static final int ROOM_WITHOUT_TERMINAL = 120;

    private final List<List<String>> rows = new ArrayList<>();
    private final int columns;

    /**
     * @param columns width of the terminal, 0 where there is none
     */
    Rows(int columns) {
        this.columns = columns > 0 ? columns : ROOM_WITHOUT_TERMINAL;
    }

    void add(String name, String value, String place) {
        rows.add(List.of(name, value, place));
    }

    void print(String margin, PrintStream out) {
        int name = widest(0, WIDEST_NAME);
        int value = widest(1, WIDEST_VALUE);
        for (List<String> row : rows) {
            String start = margin + pad(pad(row.get(0), name) + "  " + row.get(1), name + 2 + value);
            boolean fits = start.length() + 2 + row.get(2).length() <= columns;
            out.println((fits ? start + "  " + row.get(2) : start.stripTrailing()).stripTrailing());
            if (!fits && !row.get(2).isEmpty()) {
                out.println(margin + "      " + row.get(2));
            }
        }
    }

    private int widest(int cell, int most) {
        return rows.stream().mapToInt(row -> row.get(cell).length()).filter(length -> length <= most).max().orElse(0);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
