package dev.selfsup.runtime.parity;

/** A case whose files are missing, unreadable or contradict each other. */
final class BrokenCaseException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BrokenCaseException(String reason) {
        super(reason);
    }
}
