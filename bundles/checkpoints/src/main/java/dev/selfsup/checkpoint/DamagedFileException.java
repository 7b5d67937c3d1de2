package dev.selfsup.checkpoint;

import dev.selfsup.api.run.UsageException;
import java.nio.file.Path;

/** A file that cannot be read, or that is not what it should be: truncated, altered, of another format. Exit status 2. */
public final class DamagedFileException extends UsageException {
    private static final long serialVersionUID = 1;
    private final transient Path path;

    /**
     * @param path the file; the message begins with it
     * @param reason what is wrong with it
     */
    public DamagedFileException(Path path, String reason) {
        super(path + ": " + reason);
        this.path = path;
    }

    /** The file. */
    public Path path() {
        return path;
    }
}
