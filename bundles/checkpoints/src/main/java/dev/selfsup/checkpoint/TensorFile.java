package dev.selfsup.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A file of named tensors, of whatever format. Tensors are read when asked for, while the file is open. */
public interface TensorFile extends AutoCloseable {
    /** The file. */
    Path path();

    /** The tensors' names, in the file's order. */
    Set<String> names();

    /** A tensor, which can be read until this file is closed; empty if there is none of that name. */
    Optional<Tensor> tensor(String name);

    /** All tensors, in the file's order. */
    default List<Tensor> tensors() {
        return names().stream().map(name -> tensor(name).orElseThrow()).toList();
    }

    @Override
    void close();
}
