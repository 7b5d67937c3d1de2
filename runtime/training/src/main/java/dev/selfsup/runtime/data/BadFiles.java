package dev.selfsup.runtime.data;

import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The image files that could not be used: each is told to the user once, with the reason. A run lists them in its {@code bad_files.txt}, too, once even where it is resumed.
 * When there are at least twenty, and more than good ones, something else is wrong, and {@link #add} ends it. Of several datasets, good files at the same place count once.
 */
public final class BadFiles {
    private static final int ENOUGH = 20;

    private final Optional<Path> list;
    private final Consumer<String> messages;
    private final Set<Path> known = new HashSet<>();
    private final BitSet good = new BitSet();
    private int goods;

    private BadFiles(Optional<Path> list, Consumer<String> messages) {
        this.list = list;
        this.messages = messages;
    }

    /**
     * None yet, those of a run.
     *
     * @param list file to write, made when the first bad file is met
     * @param messages told one line a file
     */
    public BadFiles(Path list, Consumer<String> messages) {
        this(Optional.of(list), messages);
    }

    /**
     * None yet, those of a command that leaves no list of them behind.
     *
     * @param messages told one line a file
     */
    public BadFiles(Consumer<String> messages) {
        this(Optional.empty(), messages);
    }

    /** Notes a file that could be used, by its place in the dataset. */
    public synchronized void good(int index) {
        if (!good.get(index)) {
            good.set(index);
            goods++;
        }
    }

    /** Where the reasons stand, for messages. */
    public String reasons() {
        return list.map(file -> "they are listed with their reasons in " + file).orElse("the reasons are told above");
    }

    /** Lists a file; throws {@link UsageException} when there are too many. */
    public synchronized void add(BadImageException bad) {
        if (!known.add(bad.path())) {
            return;
        }
        String line = bad.path() + ": " + bad.getMessage();
        messages.accept("skipped " + line);
        list.ifPresent(file -> write(file, line));
        if (known.size() >= ENOUGH && known.size() > goods) {
            throw new UsageException(known.size() + " of the first " + (known.size() + goods) + " image files cannot be used; " + reasons()
                    + ". Check that data_root names a folder of images", 1);
        }
    }

    private static void write(Path file, String line) {
        try {
            if (!Files.exists(file) || !Files.readAllLines(file).contains(line)) {
                Files.writeString(file, line + System.lineSeparator(), StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        } catch (IOException e) {
            throw new UsageException("cannot list the bad file in " + file + ": " + e.getMessage() + "; make room or choose another --work-dir", 1);
        }
    }

    /** Number of bad files. */
    public synchronized int count() {
        return known.size();
    }
}
