package dev.selfsup.sample;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.osgi.service.component.annotations.Component;

/** Holds a run at its first iteration until a file appears; only then it touches another class of its bundle, and that a resource. */
public final class SampleLate implements Hook {
    /** File in the folder of the run that says that the run is held. */
    public static final String HELD = "held";
    /** File in the folder of the run with what the resource said. */
    public static final String SAID = "said.txt";

    /**
     * Keys of the sample hook.
     *
     * @param gate file that lets the run go on
     */
    public record Config(Path gate) {}

    private final Config config;

    private SampleLate(Config config) {
        this.config = config;
    }

    @Override
    public void afterTrainIter(Run run) {
        if (run.iteration() > 1) {
            return;
        }
        try {
            Files.createFile(run.workDir().resolve(HELD));
            while (Files.notExists(config.gate())) {
                Thread.onSpinWait();
            }
            Files.writeString(run.workDir().resolve(SAID), LateWords.text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes sample hooks. */
    @Component
    @TypeName(kind = "hook", name = "SampleLate", scope = "sample")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new SampleLate(config);
        }
    }
}
