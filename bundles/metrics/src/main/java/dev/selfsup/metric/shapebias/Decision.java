package dev.selfsup.metric.shapebias;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What somebody, a network or a person, took an image for: a row of the tables of <a href="https://github.com/bethgelab/model-vs-human">model-vs-human</a>.
 *
 * @param subject who decided
 * @param response category that was named
 * @param category that of the shape
 * @param image file name, as {@code airplane1-bird2.png}, which names the texture last
 */
public record Decision(String subject, String response, String category, String image) {
    /** First line of a table. */
    public static final String HEADER = "subj,session,trial,rt,object_response,category,condition,imagename";

    /** Category of the texture: the last word of the file's name, without its number. */
    public String texture() {
        String words = image.substring(image.lastIndexOf('_') + 1);
        String name = words.contains(".") ? words.substring(0, words.indexOf('.')) : words;
        return name.substring(name.lastIndexOf('-') + 1).replaceAll("\\d", "");
    }

    /** A row of a table, of the trial of a number; in quotes, as by RFC 4180, what must be. */
    public String row(int trial) {
        return String.join(",", quoted(subject), "1", Integer.toString(trial), "NaN", quoted(response), quoted(category), "NaN", quoted(image));
    }

    private static String quoted(String text) {
        return text.matches("[^\",]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    /**
     * Reads a table.
     *
     * @throws UsageException if it cannot be read or lacks a column
     */
    public static List<Decision> read(Path csv) {
        List<String> lines;
        try (Stream<String> all = Files.lines(csv)) {
            lines = all.filter(line -> !line.isBlank()).toList();
        } catch (IOException | UncheckedIOException e) {
            throw new UsageException(csv + " cannot be read: " + e.getMessage());
        }
        List<String> names = lines.isEmpty() ? List.of() : values(lines.get(0)).stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
        int[] at = Stream.of("subj", "object_response", "category", "imagename").mapToInt(names::indexOf).toArray();
        if (Arrays.stream(at).anyMatch(i -> i < 0)) {
            throw new UsageException(csv + ":1: must name the columns subj, object_response, category and imagename, as tables of model-vs-human do");
        }
        List<Decision> decisions = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            List<String> values = values(lines.get(i));
            if (values.size() != names.size()) {
                throw new UsageException(csv + ":" + (i + 1) + ": has " + values.size() + " values, not " + names.size());
            }
            decisions.add(new Decision(values.get(at[0]), values.get(at[1]), values.get(at[2]), values.get(at[3])));
        }
        return decisions;
    }

    /** The values of a line; a comma within quotes parts none. */
    private static List<String> values(String line) {
        return Arrays.stream(line.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1)).map(Decision::unquoted).toList();
    }

    private static String unquoted(String value) {
        String stripped = value.strip();
        return stripped.matches("\".*\"") ? stripped.substring(1, stripped.length() - 1).replace("\"\"", "\"") : stripped;
    }
}
