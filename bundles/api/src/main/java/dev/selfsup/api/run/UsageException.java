package dev.selfsup.api.run;

/**
 * A mistake of the user's (config, path, option), or of the machine (disk full), that ends a command. The message
 * stands alone: what is wrong, where, what to do. It is printed without a stack trace.
 */
public class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int status;

    /** A mistake in usage or config: exit status 2. */
    public UsageException(String message) {
        this(message, 2);
    }

    /**
     * @param message what is wrong, where, what to do
     * @param status exit status of the process: 1 for a run that failed, 2 for bad usage or config
     */
    public UsageException(String message, int status) {
        super(message);
        this.status = status;
    }

    /** Exit status of the process. */
    public int status() {
        return status;
    }
}
