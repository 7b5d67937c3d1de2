package dev.selfsup.dataset;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A text file of one image a line: its path, and after a space its label, or no label on any line. Empty lines are
 * skipped; a label of -1 on every line means none.
 */
public final class AnnotationFile {
    private final Path file;
    private final List<String> paths = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();

    private AnnotationFile(Path file) {
        this.file = file;
    }

    /**
     * Reads a file.
     *
     * @param file the file
     * @param base folder that its paths are relative to
     * @param withLabel whether labels are looked for; otherwise a line is a path
     * @throws UsageException if it is empty or malformed; the message names the line
     */
    public static Listing read(Path file, Path base, boolean withLabel) {
        AnnotationFile annotations = new AnnotationFile(file);
        annotations.parse(withLabel);
        int[] labels = annotations.labels.stream().mapToInt(Integer::intValue).toArray();
        boolean labelled = labels.length > 0 && java.util.Arrays.stream(labels).anyMatch(label -> label >= 0);
        return new Listing(base, annotations.paths, labelled ? Optional.of(labels) : Optional.empty(), List.of());
    }

    private void parse(boolean withLabel) {
        List<String> lines = lines();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty()) {
                add(line, i + 1, withLabel);
            }
        }
        if (paths.isEmpty()) {
            throw new UsageException("ann_file: " + Location.absolute(file)
                    + " is empty; it needs one image a line, as \"folder/image.jpg 0\"");
        }
        if (labels.contains(-1) && labels.stream().anyMatch(label -> label >= 0)) {
            throw new UsageException("ann_file: " + Location.absolute(file) + ": either all labels are -1, or none is");
        }
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UsageException("ann_file: " + Location.absolute(file) + " cannot be read as a text file in UTF-8: " + e.getMessage());
        }
    }

    private void add(String line, int number, boolean withLabel) {
        int space = Math.max(line.lastIndexOf(' '), line.lastIndexOf('\t'));
        boolean labelled = withLabel && space > 0 && line.substring(space + 1).matches("-1|\\d{1,9}");
        if (!paths.isEmpty() && labelled == labels.isEmpty()) {
            throw new UsageException("ann_file: " + Location.absolute(file) + ":" + number
                    + ": every line or none must end in a label, a whole"
                    + " number; this one " + (labelled ? "does" : "does not") + ": " + line);
        }
        paths.add(labelled ? line.substring(0, space).strip() : line);
        if (labelled) {
            labels.add(Integer.valueOf(line.substring(space + 1)));
        }
    }
}
