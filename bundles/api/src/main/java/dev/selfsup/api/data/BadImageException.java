package dev.selfsup.api.data;

import java.nio.file.Path;

/** An image file that cannot be used; it is skipped, counted and listed in {@code bad_files.txt}. */
public final class BadImageException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient Path path;

    /**
     * @param path the file
     * @param reason what is wrong with it, in a few words
     */
    public BadImageException(Path path, String reason) {
        super(reason);
        this.path = path;
    }

    /** The file. */
    public Path path() {
        return path;
    }
}
