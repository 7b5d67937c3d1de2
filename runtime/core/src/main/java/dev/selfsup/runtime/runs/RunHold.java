package dev.selfsup.runtime.runs;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A folder held by one run: a lock on {@code .run.lock}, and {@value RunPid#FILE} that says by whom. Where the file system has no locks, {@value RunPid#FILE} alone
 * decides; one that an ended process has left is in nobody's way.
 */
public final class RunHold implements AutoCloseable {
    private static final String LOCK = ".run.lock";
    private static final long LOOKED_FOR_AFTER = 1_000_000_000L;
    /** Folders held by this process: closing a second channel to a locked file would give up the lock of the first. */
    private static final Set<Path> OF_THIS_PROCESS = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final Optional<FileChannel> lock;
    private final RunPid pid;
    private long looked = System.nanoTime();
    private boolean stop;
    private String lastWords = "";

    private RunHold(Path folder, Optional<FileChannel> lock, RunPid pid) {
        this.folder = folder;
        this.lock = lock;
        this.pid = pid;
    }

    /**
     * Holds a folder.
     *
     * @param path the folder, which exists
     * @param config the config of the run, as it was named
     * @throws UsageException if a run holds it already
     * @throws IOException if the folder cannot be written
     */
    public static RunHold take(Path path, String config) throws IOException {
        Path folder = path.toRealPath();
        if (!OF_THIS_PROCESS.add(folder)) {
            throw inUse("another run of this process", path);
        }
        Optional<FileChannel> lock = Optional.empty();
        try {
            lock = lock(folder, path);
            RunHold hold = new RunHold(folder, lock, RunPid.begun(config));
            Files.deleteIfExists(folder.resolve(StopRequest.FILE));
            replace(folder.resolve(RunPid.FILE), hold.pid.json());
            return hold;
        } catch (IOException | RuntimeException e) {
            if (lock.isPresent()) {
                lock.get().close();
            }
            OF_THIS_PROCESS.remove(folder);
            throw e;
        }
    }

    /** The lock; empty where the file system has none. */
    private static Optional<FileChannel> lock(Path folder, Path path) throws IOException {
        FileChannel channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean free;
        try {
            free = channel.tryLock() != null;
        } catch (IOException e) {
            channel.close();
            if (RunPid.in(folder).filter(RunPid::lives).isPresent()) {
                throw inUse("another process", path);
            }
            return Optional.empty();
        }
        if (!free) {
            channel.close();
            throw inUse("another process", path);
        }
        return Optional.of(channel);
    }

    private static UsageException inUse(String who, Path path) {
        String by = RunPid.in(path).map(run -> " (" + run.named() + ", " + run.config() + ", since " + since(run) + ")").orElse("");
        return new UsageException(who + " trains in " + path + by + ": wait for its end, end it with 'selfsup stop " + path
                + "', or choose another --work-dir");
    }

    private static String since(RunPid run) {
        return run.started().atZone(ZoneId.systemDefault()).format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss"));
    }

    /** The run that holds a folder, if one does. The pid file that an ended run has left is removed. */
    public static Optional<RunPid> holder(Path folder) {
        Optional<RunPid> run = RunPid.in(folder);
        try {
            return run.isPresent() && isHeld(folder, run.get()) ? run : Optional.empty();
        } catch (IOException e) {
            return run.filter(RunPid::lives); // a folder that cannot be written, as another user's
        }
    }

    /**
     * Whether a run holds a folder. The pid file that an ended run has left is removed.
     *
     * @param path a folder with a pid file
     * @param run what the file says
     */
    static boolean isHeld(Path path, RunPid run) throws IOException {
        Path folder = path.toRealPath();
        if (OF_THIS_PROCESS.contains(folder) || run.here() && run.lives()) {
            return true;
        }
        try (FileChannel channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (!free(channel, run)) {
                return true;
            }
            remove(folder, run);
            return false;
        }
    }

    private static boolean free(FileChannel channel, RunPid run) {
        try {
            return channel.tryLock() != null;
        } catch (IOException e) {
            return !run.lives();
        }
    }

    private static void remove(Path folder, RunPid run) throws IOException {
        if (RunPid.in(folder).filter(run::equals).isPresent()) {
            Files.delete(folder.resolve(RunPid.FILE));
        }
    }

    /** Whether somebody asks the run to end; looks at most once a second, so it can be asked after every iteration. */
    public boolean stopRequested() {
        long now = System.nanoTime();
        if (!stop && now - looked >= LOOKED_FOR_AFTER) {
            looked = now;
            stop = StopRequest.isMade(folder, pid);
        }
        return stop;
    }

    /** What whoever has asked for the end is told. */
    public void lastWords(String line) {
        lastWords = line;
    }

    /** Lets go of the folder, and answers a request to. */
    @Override
    public void close() throws IOException {
        try {
            if (!lastWords.isEmpty() && StopRequest.isMade(folder, pid)) {
                replace(folder.resolve(StopRequest.FILE), lastWords);
            }
        } finally {
            letGo();
        }
    }

    private void letGo() throws IOException {
        try {
            remove(folder, pid);
        } finally {
            if (lock.isPresent()) {
                lock.get().close();
            }
            OF_THIS_PROCESS.remove(folder);
        }
    }

    /**
     * Writes a file so that nobody reads half of it, and what it held before stays where there is no room.
     *
     * @param file the file, made or replaced
     * @param text what it shall hold
     * @throws IOException if it cannot be written; it is as it was
     */
    public static void replace(Path file, String text) throws IOException {
        Path whole = file.resolveSibling("." + file.getFileName() + "-" + ProcessHandle.current().pid() + "-" + System.nanoTime() + ".tmp");
        try {
            Files.writeString(whole, text);
            move(whole, file);
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
