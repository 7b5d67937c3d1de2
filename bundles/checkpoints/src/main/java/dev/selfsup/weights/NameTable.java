package dev.selfsup.weights;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of another library beside those of OpenMMLab, which are ours, row by row. A name is a template: {@code #} stands for a number, {@code *} at its end for any rest.
 *
 * <pre>{@code
 * NameTable table = NameTable.of("blocks.#.norm1.*", "layers.#.ln1.*");
 * table.ours("blocks.3.norm1.weight");                              // layers.3.ln1.weight
 * }</pre>
 */
final class NameTable {
    private record Template(Pattern pattern, String replacement) {
        static Template of(String text) {
            StringBuilder pattern = new StringBuilder();
            StringBuilder replacement = new StringBuilder();
            int group = 0;
            for (String part : text.split("(?<=[#*])|(?=[#*])")) {
                boolean variable = part.equals("#") || part.equals("*");
                pattern.append(variable ? part.equals("#") ? "(\\d+)" : "(.+)" : Pattern.quote(part));
                replacement.append(variable ? "$" + ++group : Matcher.quoteReplacement(part));
            }
            return new Template(Pattern.compile(pattern.toString()), replacement.toString());
        }

        Optional<String> rename(String name, Template to) {
            Matcher matcher = pattern.matcher(name);
            return matcher.matches() ? Optional.of(matcher.replaceFirst(to.replacement)) : Optional.empty();
        }
    }

    private record Row(Template theirs, Template ours) {}

    private final List<Row> rows = new ArrayList<>();

    /** A table of pairs: their name, ours. The first row that matches counts. */
    static NameTable of(String... pairs) {
        NameTable table = new NameTable();
        for (int i = 0; i < pairs.length; i += 2) {
            table.rows.add(new Row(Template.of(pairs[i]), Template.of(pairs[i + 1])));
        }
        return table;
    }

    /** Every name stays what it is. */
    static NameTable same() {
        return of("*", "*");
    }

    /** This table, then rows of another one. */
    NameTable and(NameTable more) {
        NameTable both = new NameTable();
        both.rows.addAll(rows);
        both.rows.addAll(more.rows);
        return both;
    }

    /** Our name for one of theirs. */
    Optional<String> ours(String theirs) {
        return rows.stream().flatMap(row -> row.theirs.rename(theirs, row.ours).stream()).findFirst();
    }

    /** Their name for one of ours. */
    Optional<String> theirs(String ours) {
        return rows.stream().flatMap(row -> row.ours.rename(ours, row.theirs).stream()).findFirst();
    }
}
