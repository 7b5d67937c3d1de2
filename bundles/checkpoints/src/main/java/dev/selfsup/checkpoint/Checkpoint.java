package dev.selfsup.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;

/**
 * A checkpoint whose checksums, where it has some, were right when it was opened. Its tensors are read from the file when asked for;
 * close it when they are read.
 *
 * @param path the JSON file, or the file of weights where there is no JSON
 * @param metadata what the run stored; empty where there is no JSON
 * @param tensors the tensors
 */
public record Checkpoint(Path path, ObjectNode metadata, TensorFile tensors) implements AutoCloseable {
    @Override
    public void close() {
        tensors.close();
    }
}
