package dev.selfsup.runtime.model;

import dev.selfsup.checkpoint.Checkpoint;
import dev.selfsup.checkpoint.Checkpoints;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.checkpoint.TensorFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Tensors of a checkpoint, each weight's moving average in its place: the weights by which a run with EMAHook validated, and which are to be judged and passed on. */
public final class AveragedWeights implements TensorFile {
    /** The hook that averages weights, under which checkpoints keep them. */
    private static final String HOOK = "EMAHook";

    private final TensorFile file;

    private AveragedWeights(TensorFile file) {
        this.file = file;
    }

    /**
     * Opens a checkpoint, or weights that come from elsewhere, to judge them or to pass them on.
     *
     * @param path see {@link Checkpoints#load(Path)}
     * @param messages told, in a line, where weights are averages
     * @return the checkpoint, to be closed by the caller; with averaged weights if the run's EMAHook has averaged some
     */
    public static Checkpoint load(Path path, Consumer<String> messages) {
        Checkpoint loaded = Checkpoints.load(path);
        if (loaded.metadata().path("hooks").path(HOOK).path("updates").path(0).asDouble() == 0) {
            return loaded;
        }
        messages.accept("weights averaged by " + HOOK);
        return new Checkpoint(loaded.path(), loaded.metadata(), new AveragedWeights(loaded.tensors()));
    }

    @Override
    public Path path() {
        return file.path();
    }

    @Override
    public Set<String> names() {
        return file.names();
    }

    @Override
    public Optional<Tensor> tensor(String name) {
        return file.tensor("hook/" + HOOK + "/" + name).map(average -> average.withName(name)).or(() -> file.tensor(name));
    }

    @Override
    public void close() {
        file.close();
    }
}
