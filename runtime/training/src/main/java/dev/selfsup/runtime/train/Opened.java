package dev.selfsup.runtime.train;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a run has opened, to be closed in reverse order. */
final class Opened implements AutoCloseable {
    private final Deque<Part> parts = new ArrayDeque<>();

    /** Something that closes without a checked exception. */
    interface Part {
        void close();
    }

    void add(Part part) {
        parts.push(part);
    }

    /** Closes everything, even if some of it fails; the first failure is thrown, the others go with it. */
    @Override
    public void close() {
        RuntimeException failure = null;
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
