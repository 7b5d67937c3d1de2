package dev.selfsup.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What lies in a folder of checkpoints: the committed ones and the leftovers of saves that were killed. */
final class CheckpointFolder {
    private static final Pattern JSON = Pattern.compile(Sidecar.TAG + "\\.json");
    private static final Pattern UNCOMMITTED = Pattern.compile("\\." + Sidecar.TAG + "\\.json\\.[0-9a-f]{8}\\.tmp");

    private final Path path;
    private final Disk disk;
    private final Consumer<String> messages;

    CheckpointFolder(Path path, Disk disk, Consumer<String> messages) {
        this.path = path;
        this.disk = disk;
        this.messages = messages;
    }

    Path path() {
        return path;
    }

    /** The readable sidecars, newest first. One that vanishes meanwhile is left out. */
    List<Sidecar> read(Consumer<DamagedFileException> damaged) {
        List<Sidecar> sidecars = new ArrayList<>();
        for (Path json : files()) {
            if (JSON.matcher(json.getFileName().toString()).matches()) {
                try {
                    sidecars.add(Sidecar.read(json));
                } catch (DamagedFileException e) {
                    if (Files.exists(json)) {
                        damaged.accept(e);
                    }
                }
            }
        }
        sidecars.sort(Comparator.comparingLong(Sidecar::sequence).reversed());
        return sidecars;
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(path)) {
            return files.sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new DamagedFileException(path, "cannot be listed: " + Reason.of(e));
        }
    }

    /** A number above that of every checkpoint here. */
    long nextSequence() {
        return 1 + read(damaged -> { }).stream().mapToLong(Sidecar::sequence).max().orElse(0);
    }

    /** Whether another checkpoint has taken the place of one that was read, or none has. */
    boolean changed(Sidecar sidecar) {
        try {
            return !Sidecar.read(sidecar.path()).tensors().equals(sidecar.tensors());
        } catch (DamagedFileException e) {
            return !Files.exists(sidecar.path());
        }
    }

    /** Deletes some of the checkpoints; the JSON first, so that what is left of one is a leftover. */
    void delete(UnaryOperator<Stream<Sidecar>> choice) {
        if (Files.isDirectory(path)) {
            locked(() -> {
                choice.apply(read(damaged -> { }).stream()).forEach(sidecar -> {
                    delete(sidecar.path());
                    delete(sidecar.tensorPath());
                });
                return path;
            });
        }
    }

    /** Deletes a file, if it is there; tells if it cannot. */
    void delete(Path file) {
        try {
            disk.delete(file);
        } catch (IOException e) {
            messages.accept("cannot delete " + file + ": " + Reason.of(e));
        }
    }

    /** Runs while nobody writes. */
    <T> T locked(Supplier<T> action) {
        try {
            FolderLock lock = FolderLock.take(path);
            try {
                return action.get();
            } finally {
                lock.close();
            }
        } catch (IOException e) {
            throw new DamagedFileException(path, "cannot be locked: " + Reason.of(e));
        }
    }

    /** Deletes leftovers unless somebody is writing. */
    void clean() {
        if (Files.exists(path)) {
            try (FolderLock lock = FolderLock.tryTake(path)) {
                clean(lock);
            } catch (IOException e) {
                messages.accept("cannot tidy " + path + ": " + Reason.of(e));
            }
        }
    }

    /**
     * Deletes leftovers: JSON files never renamed, and tensor files that no JSON names. A tensor file beside a damaged
     * JSON of its tag stays.
     *
     * @param lock must be exclusive: without it one cannot tell a leftover from a file being written
     */
    void clean(FolderLock lock) {
        if (!lock.exclusive()) {
            return;
        }
        List<String> damagedTags = new ArrayList<>();
        var named = read(e -> damagedTags.add(e.path().getFileName().toString().replace(".json", "")))
                .stream().map(Sidecar::tensors).collect(Collectors.toSet());
        for (Path file : files()) {
            String name = file.getFileName().toString();
            String tag = Sidecar.tagOfTensors(name);
            if (UNCOMMITTED.matcher(name).matches() || tag != null && !named.contains(name) && !damagedTags.contains(tag)) {
                delete(file);
            }
        }
    }
}
