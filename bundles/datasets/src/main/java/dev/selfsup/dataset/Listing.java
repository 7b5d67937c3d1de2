package dev.selfsup.dataset;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The files of a dataset and their labels.
 *
 * @param base folder that the files are relative to
 * @param files the files, in order
 * @param labels a label for each file, from 0, or no label for any
 * @param classes names of the classes by label, empty if unknown
 */
public record Listing(Path base, List<String> files, Optional<int[]> labels, List<String> classes) {
    public Listing {
        files = List.copyOf(files);
        classes = List.copyOf(classes);
    }

    /**
     * With the class names of a config.
     *
     * @param names names by label; empty to leave them; a single one that ends in {@code .txt} is a file of one name a line
     * @throws UsageException if there are labels beyond the names, or another number of class folders
     */
    public Listing named(List<String> names) {
        List<String> given = names(names);
        if (given.isEmpty() || labels.isEmpty()) {
            return this;
        }
        if (!classes.isEmpty() && classes.size() != given.size()) {
            throw new UsageException("classes: there must be one name for each of the " + classes.size() + " class folders in "
                    + Location.absolute(base) + ", not " + given.size());
        }
        int largest = Arrays.stream(labels.get()).max().orElse(-1);
        if (largest >= given.size()) {
            throw new UsageException("classes: there must be a name for every label up to " + largest + ", not only " + given.size());
        }
        return new Listing(base, files, labels, given);
    }

    /** Names of classes, of which a single one that ends in {@code .txt} is a file of one name a line. */
    public static List<String> names(List<String> names) {
        return names.size() == 1 && names.get(0).endsWith(".txt") ? read(Location.path(names.get(0))) : names;
    }

    private static List<String> read(Path file) {
        try {
            return Files.readAllLines(file).stream().map(String::strip).filter(line -> !line.isEmpty()).toList();
        } catch (IOException e) {
            throw new UsageException("classes: the file " + Location.absolute(file) + " cannot be read: " + e.getMessage());
        }
    }

    /**
     * Some of the files.
     *
     * @param count the first ones; negative for the last ones; empty for all
     */
    public Listing some(OptionalInt count) {
        if (count.isEmpty()) {
            return this;
        }
        int size = Math.min(Math.abs(count.getAsInt()), files.size());
        int from = count.getAsInt() < 0 ? files.size() - size : 0;
        return new Listing(base, files.subList(from, from + size), labels.map(all -> Arrays.copyOfRange(all, from, from + size)), classes);
    }
}
