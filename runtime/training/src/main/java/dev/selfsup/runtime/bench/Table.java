package dev.selfsup.runtime.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Rows of text in aligned columns: the first column to the left, numbers to the right. */
final class Table {
    private final List<String[]> rows = new ArrayList<>();

    /** Adds a row; the first one is the head. */
    void row(String... cells) {
        rows.add(cells);
    }

    /** Prints the rows. */
    void print(PrintStream out) {
        int[] widths = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                String space = " ".repeat(widths[i] - row[i].length());
                line.append(i == 0 ? row[i] + space : "  " + space + row[i]);
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
