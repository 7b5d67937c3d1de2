package dev.selfsup.hook.reconstructionhook;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Priority;
import dev.selfsup.api.run.Run;
import java.util.Locale;
import java.util.Map;
import org.osgi.service.component.annotations.Component;

/**
 * Tells at the end of a run how well hidden patches of images are predicted that the network has not been trained on: the mean squared error of a method that reconstructs, as MAE, and beside
 * it that of filling hidden patches with the mean of the image's visible ones. Both compare what the loss compares: patches by their own mean and variance where the head normalises
 * them. Before training it tells the same of the untrained network. What is hidden depends on the run's seed alone.
 */
public final class ReconstructionHook implements Hook {
    /**
     * Options of the measurement.
     *
     * @param images images whose patches are hidden, with masks where the method takes them from the pipeline
     * @param priority order among hooks; by default before KnnHook, whose line then stands last
     */
    public record Config(Dataset images, @Default("ABOVE_NORMAL") Priority priority) {}

    private final Config config;

    private ReconstructionHook(Config config) {
        this.config = config;
    }

    @Override
    public Priority priority() {
        return config.priority();
    }

    @Override
    public void beforeTrain(Run run) {
        if (run.iteration() == 0) {
            measure(run, "untrained network");
        }
    }

    @Override
    public void afterTrain(Run run) {
        measure(run, "after " + run.epoch() + " epochs");
    }

    private void measure(Run run, String when) {
        HiddenError error = new HiddenError();
        run.reconstruct(config.images().open(), error::add);
        run.report(Map.of("masked_error", error.predicted(), "masked_error_of_mean", error.filled()));
        run.print(String.format(Locale.ROOT, "%s, masked patches of %d images: mean squared error %.3f; filled with the mean of the visible patches %.3f", when, error.images(),
                error.predicted(), error.filled()));
    }

    /** {@code ReconstructionHook}. */
    @Component
    @TypeName(kind = "hook", name = "ReconstructionHook")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new ReconstructionHook(config);
        }
    }
}
