package dev.selfsup.runtime.train;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.Checkpoint;
import dev.selfsup.checkpoint.Checkpoints;
import dev.selfsup.config.RunConfig;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Updates;
import dev.selfsup.shell.Call;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * How a run is run, beside its config.
 *
 * @param name of the config, as the user gave it
 * @param workDir folder of the run, made where it is missing
 * @param yaml the resolved config, kept in checkpoints
 * @param resume whether a checkpoint is continued
 * @param from the checkpoint to continue; the newest of the work folder where it is not given
 * @param allowMissing whether {@code load_from} and {@code init_cfg} may leave weights as they are
 * @param seed seed that replaces the config's
 * @param kernels fast kernels
 * @param updates passes over weights
 * @param interrupted asked after every iteration whether the run shall stop
 * @param call where the run prints
 */
public record TrainingOptions(String name, Path workDir, String yaml, boolean resume, Optional<Path> from, boolean allowMissing, OptionalLong seed, Kernels kernels,
        Updates updates, BooleanSupplier interrupted, Call call) {

    /** The checkpoint to continue, null where a new run begins. */
    Checkpoint resumed(Checkpoints checkpoints, Consumer<String> messages) {
        if (from.isPresent()) {
            return own(Checkpoints.load(from.get()));
        }
        if (!resume) {
            return null;
        }
        Optional<Checkpoint> newest = checkpoints.latest();
        if (newest.isEmpty()) {
            messages.accept("no checkpoint in " + workDir + " to resume: the run begins anew");
        }
        return newest.orElse(null);
    }

    private static Checkpoint own(Checkpoint checkpoint) {
        if (checkpoint.metadata().isEmpty()) {
            checkpoint.close();
            throw new UsageException("checkpoint " + checkpoint.path() + " was not saved by a training run, so it cannot be resumed; use load_from to begin a "
                    + "new run with its weights");
        }
        return checkpoint;
    }

    /** The seed: that of the resumed run, else as given, else drawn. */
    long seed(RunConfig config, Checkpoint resumed, Consumer<String> messages) {
        OptionalLong asked = seed.isPresent() ? seed : config.randomness().seed();
        if (resumed != null) {
            long kept = resumed.metadata().path("seed").asLong();
            if (asked.isPresent() && asked.getAsLong() != kept) {
                messages.accept("the run goes on with its own seed " + kept + ", not " + asked.getAsLong());
            }
            return kept;
        }
        long drawn = asked.orElseGet(() -> new SecureRandom().nextInt(Integer.MAX_VALUE));
        messages.accept("seed " + drawn);
        return drawn;
    }
}
