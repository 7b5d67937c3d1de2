package dev.selfsup.checkpoint;

import java.io.IOException;

/** Where the numbers of a PyTorch file lie. */
interface Storages extends AutoCloseable {
    /**
     * The bytes of a storage, read when asked for.
     *
     * @param bytes how many it must have
     * @throws IOException if there is none of that name, or it is of another size
     */
    Content storage(String key, long bytes) throws IOException;

    @Override
    void close() throws IOException;
}
