package dev.selfsup.runtime.train;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.runtime.runs.RunHold;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of a run, held by one run at a time. A run that begins anew puts what an earlier one left there into {@code earlier/<n>}; whatever
 * else lies in the folder stays.
 */
final class RunFolder implements AutoCloseable {
    private static final Path EARLIER = Path.of("earlier");
    private static final Pattern OF_A_RUN = Pattern.compile("config\\.yaml|log\\.jsonl|bad_files\\.txt|loss\\.png|knn\\.png|vis_data|cluster_epoch_\\d+\\.npy"
            + "|\\.?(epoch|iter|best|nonfinite_iter)_.*\\.(json|safetensors|tmp)");

    private final Path path;
    private final RunHold hold;

    private RunFolder(Path path, RunHold hold) {
        this.path = path;
        this.hold = hold;
    }

    /**
     * Makes the folder, where it is missing, and holds it.
     *
     * @param config the config of the run, as it was named
     * @throws UsageException if another run holds it, or it cannot be written
     */
    static RunFolder take(Path path, String config) {
        try {
            makeFolder(path);
            return new RunFolder(path, RunHold.take(path, config));
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }

    private static void makeFolder(Path path) throws IOException {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new UsageException("the folder of the run cannot be " + path + ", which is a file: choose another --work-dir");
        }
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            if (full(e)) {
                throw e;
            }
            throw new UsageException("cannot make the folder of the run, " + path + ": " + reason(e) + "; choose another --work-dir");
        }
    }

    /** Whether somebody asks the run to end, by a file in its folder. */
    boolean stopRequested() {
        return hold.stopRequested();
    }

    /** What whoever has asked for the end is told. */
    void lastWords(String line) {
        hold.lastWords(line);
    }

    /** Whether a checkpoint belongs to the run in this folder. */
    boolean holds(Path checkpoint) {
        try {
            Path here = path.toRealPath();
            Path there = checkpoint.toRealPath();
            return there.startsWith(here) && !there.startsWith(here.resolve(EARLIER));
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }

    /** Puts aside what an earlier run left. */
    void begin(Consumer<String> messages) {
        try {
            List<Path> left = left();
            if (left.isEmpty()) {
                return;
            }
            Path aside = aside();
            for (Path file : left) {
                Files.move(file, aside.resolve(file.getFileName()));
            }
            messages.accept("what an earlier run left in " + path + " is now in " + aside);
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }

    private List<Path> left() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> OF_A_RUN.matcher(file.getFileName().toString()).matches()).sorted().toList();
        }
    }

    private Path aside() throws IOException {
        Path earlier = Files.createDirectories(path.resolve(EARLIER));
        int number = 1;
        while (Files.exists(earlier.resolve(Integer.toString(number)))) {
            number++;
        }
        return Files.createDirectory(earlier.resolve(Integer.toString(number)));
    }

    /** Writes the resolved config. */
    void write(String yaml) {
        try {
            RunHold.replace(path.resolve("config.yaml"), yaml);
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }

    private static boolean full(IOException e) {
        String said = e instanceof FileSystemException file ? file.getReason() : e.getMessage(); // the message of the former names the path
        return String.valueOf(said).matches("(?is).*(no space left|file too large|quota exceeded).*");
    }

    private static UsageException unwritable(Path path, IOException e) {
        return new UsageException("cannot write into the folder of the run, " + path + ": " + reason(e) + "; make room or choose another --work-dir",
                full(e) ? 1 : 2);
    }

    private static String reason(IOException e) {
        return e instanceof AccessDeniedException ? "permission denied" : e.getMessage();
    }

    @Override
    public void close() {
        try {
            hold.close();
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }
}
