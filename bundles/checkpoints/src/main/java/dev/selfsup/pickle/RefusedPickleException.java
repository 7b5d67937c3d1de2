package dev.selfsup.pickle;

import java.io.IOException;

/** A pickle that is not read: damaged, of unreasonable size, or one that names what is no data. */
public final class RefusedPickleException extends IOException {
    private static final long serialVersionUID = 1;

    /** @param reason the end of a sentence that begins with the file */
    public RefusedPickleException(String reason) {
        super(reason);
    }
}
