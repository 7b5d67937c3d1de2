package dev.selfsup.runtime.deploy;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has changed among the jars of a folder since the last look. A new or changed file counts once it has stayed the same for two looks: it may still be written. */
final class FolderWatch {
    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);
    private static final long PAUSE_MILLIS = 500;

    /** What tells that a file has changed. */
    private record Stamp(FileTime modified, long size, Object key) {}

    /**
     * Jars that are new or other than before, and jars that are gone.
     *
     * @param changed in order of their names
     * @param gone in no order
     */
    record Changes(List<Path> changed, List<Path> gone) {
        boolean none() {
            return changed.isEmpty() && gone.isEmpty();
        }
    }

    private final Path folder;
    private final Map<Path, Stamp> told = new HashMap<>();
    private final Thread thread = new Thread(this::follow, "deploy");
    private Map<Path, Stamp> last = Map.of();
    private volatile Consumer<Changes> listener;
    private volatile boolean stopped;

    FolderWatch(Path folder) {
        this.folder = folder;
    }

    /**
     * Tells of what lies in the folder, and from then on of all changes.
     *
     * @param told called once before this returns, later by a thread of its own; not with nothing
     */
    void start(Consumer<Changes> told) {
        listener = told;
        tell(begin());
        thread.setDaemon(true);
        thread.start();
    }

    /** Tells no more. */
    void stop() {
        stopped = true;
        thread.interrupt();
    }

    private void follow() {
        try {
            while (true) {
                Thread.sleep(PAUSE_MILLIS);
                tell(next());
            }
        } catch (InterruptedException e) {
            return; // stopped
        }
    }

    private void tell(Changes changes) {
        if (changes.none()) {
            return;
        }
        try {
            listener.accept(changes);
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
            if (!stopped) {
                LOG.warn("{}: a change of {} could not be taken over: {}; drop the jars again", folder, changes, Reason.of(e));
            }
        }
    }

    /** Looks for the first time: every jar is new, and taken as it is. */
    Changes begin() {
        last = look();
        return next();
    }

    /** Looks again. */
    Changes next() {
        Map<Path, Stamp> now = look();
        List<Path> gone = told.keySet().stream().filter(file -> !now.containsKey(file)).toList();
        gone.forEach(told::remove);
        List<Path> changed = new ArrayList<>();
        now.forEach((file, stamp) -> {
            if (stamp.equals(last.get(file)) && !Objects.equals(stamp, told.put(file, stamp))) {
                changed.add(file);
            }
        });
        last = now;
        return new Changes(changed, gone);
    }

    private Map<Path, Stamp> look() {
        Map<Path, Stamp> stamps = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jar")) {
            files.forEach(file -> stamp(file).ifPresent(stamp -> stamps.put(file, stamp)));
        } catch (IOException | DirectoryIteratorException e) {
            return Files.isDirectory(folder) ? last : Map.of();
        }
        return stamps;
    }

    private static Optional<Stamp> stamp(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey()));
        } catch (IOException e) {
            return Optional.empty(); // gone while we looked, or a link to nothing
        }
    }
}
