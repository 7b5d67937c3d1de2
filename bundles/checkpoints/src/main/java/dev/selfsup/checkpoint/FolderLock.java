package dev.selfsup.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** The right to write into a folder, held by one thread of one process; the system takes it back when the process dies. */
final class FolderLock implements AutoCloseable {
    private static final Map<Path, ReentrantLock> HERE = new ConcurrentHashMap<>();

    private final ReentrantLock here;
    private final FileChannel file;
    private final boolean exclusive;

    private FolderLock(ReentrantLock here, FileChannel file, boolean exclusive) {
        this.here = here;
        this.file = file;
        this.exclusive = exclusive;
    }

    /**
     * Waits for the lock.
     *
     * @param folder an existing folder
     * @return the lock; not exclusive where the file system has no locks, or no room for one
     */
    static FolderLock take(Path folder) throws IOException {
        return take(folder, true);
    }

    /** Takes the lock if nobody holds it; what comes back is otherwise not exclusive. */
    static FolderLock tryTake(Path folder) throws IOException {
        return take(folder, false);
    }

    private static FolderLock take(Path folder, boolean wait) throws IOException {
        ReentrantLock here = HERE.computeIfAbsent(folder.toRealPath(), f -> new ReentrantLock());
        if (wait) {
            here.lock();
        } else if (!here.tryLock()) {
            return new FolderLock(null, null, false);
        }
        FileChannel file = null;
        try {
            file = FileChannel.open(folder.resolve(".checkpoints.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            return new FolderLock(here, file, lock(file, wait) != null);
        } catch (FileLockInterruptionException e) {
            Thread.interrupted();
            new FolderLock(here, file, false).close();
            try {
                return take(folder, wait);
            } finally {
                Thread.currentThread().interrupt();
            }
        } catch (IOException | OverlappingFileLockException e) {
            return new FolderLock(here, file, false);
        }
    }

    private static FileLock lock(FileChannel file, boolean wait) throws IOException {
        return wait ? file.lock() : file.tryLock();
    }

    /** Whether nobody else can hold this lock now. */
    boolean exclusive() {
        return exclusive;
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
        if (here != null) {
            here.unlock();
        }
    }
}
