package dev.selfsup.shell.jobs;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Rows of text below a heading, in columns that are as wide as they must be. */
final class Table {
    private static final String GAP = "  ";

    private final List<String[]> rows = new ArrayList<>();

    Table(String... heading) {
        rows.add(heading);
    }

    void add(String... row) {
        rows.add(row);
    }

    /** Whether there is nothing below the heading. */
    boolean isEmpty() {
        return rows.size() == 1;
    }

    /**
     * Prints the table, if it has rows.
     *
     * @param columns width of the terminal, beyond which lines are cut; 0 for no limit
     */
    void print(PrintStream out, int columns) {
        for (String[] row : isEmpty() ? List.<String[]>of() : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                line.append(row[i]).append(" ".repeat(width(i) - row[i].length())).append(GAP);
            }
            String text = line.toString().stripTrailing();
            out.println(columns > 0 && text.length() > columns ? text.substring(0, columns) : text);
        }
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row[column].length()).max().orElse(0);
    }
}
