package dev.selfsup.visualizer.selfsupvisualizer;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.VisBackend;
import dev.selfsup.api.run.Visualizer;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/** Shows a run at each of its backends, in their order. */
public final class SelfSupVisualizer implements Visualizer {
    private final Config config;

    /**
     * The keys in a config.
     *
     * @param name name of the visualizer
     * @param visBackends where the run is shown; nowhere if empty
     * @param saveDir folder for the backends' files, in place of the run's
     */
    public record Config(
            @Default("visualizer") String name,
            @Default("[]") List<VisBackend> visBackends,
            Optional<String> saveDir) {}

    /** The visualizer of a config. */
    public SelfSupVisualizer(Config config) {
        this.config = config;
    }

    @Override
    public void open(Path workDir) {
        Path folder = config.saveDir().map(Path::of).orElse(workDir);
        config.visBackends().forEach(backend -> backend.open(folder));
    }

    @Override
    public void addConfig(String yaml) {
        config.visBackends().forEach(backend -> backend.addConfig(yaml));
    }

    @Override
    public void addScalars(Map<String, Double> values, int iteration) {
        config.visBackends().forEach(backend -> backend.addScalars(values, iteration));
    }

    @Override
    public void addImage(String name, BufferedImage image, int iteration) {
        config.visBackends().forEach(backend -> backend.addImage(name, image, iteration));
    }

    /** Closes every backend, and then throws what failing ones threw, the first with the others suppressed. */
    @Override
    public void close() {
        RuntimeException failed = null;
        for (VisBackend backend : config.visBackends()) {
            try {
                backend.close();
            } catch (RuntimeException e) {
                if (failed == null) {
                    failed = e;
                } else {
                    failed.addSuppressed(e);
                }
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    /** Makes {@link SelfSupVisualizer}. */
    @Component
    @TypeName(kind = "visualizer", name = "SelfSupVisualizer", scope = "mmselfsup")
    public static final class Factory implements ComponentFactory<Visualizer, Config> {
        @Override
        public Visualizer create(Config config) {
            return new SelfSupVisualizer(config);
        }
    }

    /** {@code mmcls.ClsVisualizer}, which configs of classifiers name. */
    @Component
    @TypeName(kind = "visualizer", name = "ClsVisualizer", scope = "mmcls")
    public static final class ClsFactory implements ComponentFactory<Visualizer, Config> {
        @Override
        public Visualizer create(Config config) {
            return new SelfSupVisualizer(config);
        }
    }
}
