package dev.selfsup.launcher;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.osgi.framework.BundleException;

/** Why the container cannot start, in words for the user. */
final class StartFailure extends Exception {
    private static final long serialVersionUID = 1;
    private static final int FAILED = 1;
    private static final int BAD_USAGE = 2;

    private final int status;

    private StartFailure(String message, Throwable cause) {
        super(message, cause);
        this.status = full(cause) ? FAILED : BAD_USAGE;
    }

    /** Exit status of the process: 1 for a full disk, 2 for a folder that cannot be used. */
    int status() {
        return status;
    }

    /** The folder that holds the caches of processes cannot be written. */
    static StartFailure cache(Path folder, IOException cause) {
        return new StartFailure("cannot write the cache of the container, " + folder + ": " + reason(cause)
                + "; make room there, or set TMPDIR to a folder that can be written", cause);
    }

    /** The watched folder cannot be had. */
    static StartFailure deploy(Path folder, IOException cause) {
        return new StartFailure("cannot watch " + folder + " for plug-ins: " + reason(cause) + "; make it a folder, or set SELFSUP_DEPLOY to one", cause);
    }

    /** A jar of the distribution cannot be installed. */
    static StartFailure jar(Path jar, BundleException failure) {
        return new StartFailure("the distribution is damaged: " + jar + " is no bundle that can be installed (" + leaf(failure).getMessage()
                + "); unpack it anew, or build it anew with mvn package", failure);
    }

    /** Felix does not start, mostly because it cannot write its cache. */
    static StartFailure framework(Path cache, BundleException failure) {
        Throwable leaf = leaf(failure);
        return leaf instanceof IOException io ? cache(cache, io) : new StartFailure("the container does not start: " + leaf.getMessage(), failure);
    }

    private static Throwable leaf(Throwable failure) {
        Throwable leaf = failure;
        while (leaf.getCause() != null) {
            leaf = leaf.getCause();
        }
        return leaf;
    }

    private static String reason(IOException cause) {
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (cause instanceof FileAlreadyExistsException) {
            return "it is a file";
        }
        if (cause instanceof NoSuchFileException) {
            return "no such folder";
        }
        return cause instanceof FileSystemException file && file.getReason() != null ? file.getReason() : cause.getMessage();
    }

    private static boolean full(Throwable cause) {
        String said = cause instanceof FileSystemException file ? file.getReason() : cause.getMessage(); // the message of the former names the path
        return String.valueOf(said).matches("(?is).*(no space left|file too large|quota exceeded).*");
    }
}
