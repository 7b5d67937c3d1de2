package dev.selfsup.runtime.data;

import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The image files that could not be used: each is listed once in {@code bad_files.txt}, with the reason, also by a run that is resumed, and told to the user. When more than
 * half of at least twenty files are bad, something else is wrong, and the run ends.
 */
public final class BadFiles {
    private static final int ENOUGH = 20;

    private final Path list;
    private final Consumer<String> messages;
    private final Set<Path> known = new HashSet<>();
    private final Set<Integer> good = new HashSet<>();

    /**
     * None yet.
     *
     * @param list file to write, made when the first bad file is met
     * @param messages told one line a file
     */
    public BadFiles(Path list, Consumer<String> messages) {
        this.list = list;
        this.messages = messages;
    }

    /** Notes a file that could be used. */
    public synchronized void good(int index) {
        if (good.size() < ENOUGH) {
            good.add(index);
        }
    }

    /** Lists a file; throws {@link UsageException} when there are too many. */
    public synchronized void add(BadImageException bad) {
        if (!known.add(bad.path())) {
            return;
        }
        String line = bad.path() + ": " + bad.getMessage();
        messages.accept("skipped " + line);
        try {
            if (!Files.exists(list) || !Files.readAllLines(list).contains(line)) {
                Files.writeString(list, line + System.lineSeparator(), StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        } catch (IOException e) {
            throw new UsageException("cannot list the bad file in " + list + ": " + e.getMessage() + "; make room or choose another --work-dir", 1);
        }
        if (known.size() >= ENOUGH && known.size() > good.size()) {
            throw new UsageException(known.size() + " of the first image files cannot be used; they are listed with their reasons in " + list
                    + ". Check that data_root names a folder of images", 1);
        }
    }

    /** Number of bad files. */
    public synchronized int count() {
        return known.size();
    }
}
