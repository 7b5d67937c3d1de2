package dev.selfsup.launcher;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder in which one process keeps its bundles. A lock file beside it says that the process lives: a folder whose
 * lock can be had was left by a process that was killed, and is removed by the next that starts.
 */
final class FrameworkCache {
    private static final String LOCK = ".lock";

    private final Path lockFile;
    private final FileChannel channel;
    private final Path folder;

    private FrameworkCache(Path lockFile, FileChannel channel) throws IOException {
        this.lockFile = lockFile;
        this.channel = channel;
        folder = Files.createDirectories(folder(lockFile));
    }

    /**
     * Makes a folder for this process, and removes those of dead ones.
     *
     * @param parent where the folders lie
     */
    static FrameworkCache create(Path parent) throws StartFailure {
        try {
            return begin(parent);
        } catch (IOException e) {
            throw StartFailure.cache(parent, e);
        }
    }

    private static FrameworkCache begin(Path parent) throws IOException {
        makeOwn(parent);
        removeStale(parent);
        while (true) {
            Path lockFile = Files.createTempFile(parent, ProcessHandle.current().pid() + "-", LOCK);
            FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
            if (channel.tryLock() != null && Files.exists(lockFile)) {
                return new FrameworkCache(lockFile, channel);
            }
            channel.close(); // another process took the new file for a stale one
        }
    }

    /** The folder of a user, which nobody else may write: bundles are loaded from it. */
    private static void makeOwn(Path parent) throws IOException {
        if (!Files.isDirectory(parent)) {
            Files.createDirectories(parent.toAbsolutePath().getParent());
            try {
                Files.createDirectory(parent, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } catch (FileAlreadyExistsException e) {
                if (!Files.isDirectory(parent)) {
                    throw e; // else another process has just made it
                }
            }
        }
        Path own = Files.createTempFile(parent, "", ".tmp");
        UserPrincipal user = Files.getOwner(own);
        Files.delete(own);
        if (!Files.getOwner(parent).equals(user)) {
            throw new IOException("it belongs to " + Files.getOwner(parent) + ", not to " + user);
        }
    }

    Path folder() {
        return folder;
    }

    /** Removes the folder. */
    void remove() {
        remove(lockFile, channel);
    }

    private static void removeStale(Path parent) throws IOException {
        try (DirectoryStream<Path> locks = Files.newDirectoryStream(parent, "*" + LOCK)) {
            for (Path lockFile : locks) {
                removeIfStale(lockFile);
            }
        }
    }

    private static void removeIfStale(Path lockFile) {
        try {
            FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock != null) {
                remove(lockFile, channel);
            } else {
                channel.close();
            }
        } catch (IOException e) {
            return; // removed by another process, or another user's
        }
    }

    private static void remove(Path lockFile, FileChannel channel) {
        try (channel; Stream<Path> files = Files.walk(folder(lockFile))) {
            List<File> all = files.sorted(Comparator.reverseOrder()).map(Path::toFile).toList();
            all.forEach(File::delete);
            Files.deleteIfExists(lockFile);
        } catch (IOException | UncheckedIOException e) {
            return; // what is left is removed by a process that starts later
        }
    }

    private static Path folder(Path lockFile) {
        String name = lockFile.getFileName().toString();
        return lockFile.resolveSibling(name.substring(0, name.length() - LOCK.length()));
    }
}
