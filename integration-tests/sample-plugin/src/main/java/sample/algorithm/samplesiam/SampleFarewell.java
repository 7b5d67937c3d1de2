package sample.algorithm.samplesiam;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/**
 * Needs its bundle late in a run, when the jar may be gone: a class and a resource that nothing touches before print a line after some iteration and another at the
 * end of the run.
 */
public final class SampleFarewell implements Hook {
    /**
     * Options of the hook.
     *
     * @param after iteration after which the first line is printed
     * @param gate file for which the run waits after its first iteration, until it exists; by default it does not wait
     */
    public record Config(int after, Optional<String> gate) {}

    private final Config config;

    private SampleFarewell(Config config) {
        this.config = config;
    }

    @Override
    public void afterTrainIter(Run run) {
        if (run.iteration() == 1 && config.gate().isPresent()) {
            pass(run, Path.of(config.gate().get()));
        }
        if (run.iteration() == config.after()) {
            run.print("iteration " + run.iteration() + ": " + Farewell.words());
        }
    }

    private static void pass(Run run, Path gate) {
        run.print("waits for " + gate);
        while (!Files.exists(gate)) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void afterTrain(Run run) {
        run.print("end: " + Farewell.words());
    }

    /** {@code sample.SampleFarewell}. */
    @Component
    @TypeName(kind = "hook", name = "SampleFarewell", scope = "sample")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new SampleFarewell(config);
        }
    }
}
