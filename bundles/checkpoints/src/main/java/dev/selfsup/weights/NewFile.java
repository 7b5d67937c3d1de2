package dev.selfsup.weights;

import dev.selfsup.api.run.UsageException;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** A file that is there whole or not at all: written beside its place and renamed. */
public final class NewFile {
    private NewFile() {}

    /** What writes a file. */
    @FunctionalInterface
    public interface Body {
        /** Writes everything; the stream is closed by the caller. */
        void write(FileOutputStream out) throws IOException;
    }

    /** What writes a file by its name, and may try it. */
    @FunctionalInterface
    public interface Trial {
        /** Writes everything into a file of some name beside the one that is to be. */
        void write(Path beside) throws IOException;
    }

    /**
     * Refuses to replace a file, before there is work to lose.
     *
     * @throws UsageException if the place is taken
     */
    public static void check(Path path, boolean force) {
        if (Files.isDirectory(path)) {
            throw new UsageException(path + " is a folder: name a file in it");
        }
        if (Files.exists(path) && !force) {
            throw new UsageException(path + " exists already: choose another name, or say --force to replace it");
        }
    }

    /**
     * Writes a file.
     *
     * @param path its place; folders that are missing are made
     * @param force whether it may replace one that is there
     * @throws UsageException if the place is taken, or it cannot be written
     */
    public static void write(Path path, boolean force, Body body) {
        check(path, force);
        Path whole = path.toAbsolutePath();
        Path beside = beside(path);
        try {
            Files.createDirectories(whole.getParent());
            try (FileOutputStream out = new FileOutputStream(beside.toFile())) {
                body.write(out);
                out.getFD().sync();
            }
            Files.move(beside, whole, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failed(path, e);
        } finally {
            discard(beside);
        }
    }

    /**
     * Writes a file, as a picture, by what wants a name for it.
     *
     * @param path its place; folders that are missing are made
     * @param force whether it may replace one that is there
     * @throws UsageException if the place is taken, or it cannot be written
     */
    public static void tried(Path path, boolean force, Trial trial) {
        check(path, force);
        Path beside = beside(path);
        try {
            Files.createDirectories(beside.getParent());
            trial.write(beside);
            rename(beside, path, force);
        } catch (IOException e) {
            throw failed(path, e);
        } finally {
            discard(beside);
        }
    }

    /**
     * Gives a file that was tried its name.
     *
     * @param tried the file, in the folder of its new name
     * @param path its new name
     * @param force whether it may replace one that is there
     * @throws UsageException if the place is taken
     */
    public static void rename(Path tried, Path path, boolean force) {
        check(path, force);
        try {
            Files.move(tried, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    /** A name beside a file's for one that is to be tried first; the suffix stays. What has this name yet when the process is interrupted is deleted. */
    public static Path beside(Path path) {
        Path whole = path.toAbsolutePath();
        Path beside = whole.resolveSibling("." + UUID.randomUUID().toString().substring(0, 8) + "." + whole.getFileName());
        beside.toFile().deleteOnExit();
        return beside;
    }

    /** Deletes a file that did not get its name, if it is there. */
    public static void discard(Path beside) {
        try {
            Files.deleteIfExists(beside);
        } catch (IOException e) {
            if (Files.exists(beside)) {                                                           // not: its folder is none
                throw new UsageException("cannot delete " + beside + ": " + reason(e));
            }
        }
    }

    /** That a file cannot be written, and why. */
    public static UsageException failed(Path path, IOException e) {
        return new UsageException("cannot write " + path + ": " + reason(e));
    }

    private static String reason(IOException e) {
        if (e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException) {
            return ((FileSystemException) e).getFile() + " is no folder";
        }
        if (e instanceof NoSuchFileException missing) {
            return missing.getFile() + " cannot be made";
        }
        if (e instanceof FileNotFoundException) {
            return e.getMessage().replaceFirst(".*\\((.*)\\)$", "$1");                // PATH (REASON)
        }
        return e instanceof AccessDeniedException ? "permission denied"
                : e instanceof FileSystemException file && file.getReason() != null ? file.getReason() : e.getMessage();
    }
}
