package dev.selfsup.runtime.train;

import dev.selfsup.api.run.VisBackend;
import dev.selfsup.api.run.Visualizer;
import dev.selfsup.config.RunConfig;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Shows a run at the backends of {@code vis_backends}, where the config has no visualizer. */
record Shown(List<VisBackend> backends) implements Visualizer {
    static Visualizer visualizer(RunConfig config) {
        return config.visualizer().orElseGet(() -> new Shown(config.visBackends()));
    }

    @Override
    public void open(Path workDir) {
        backends.forEach(b -> b.open(workDir));
    }

    @Override
    public void addConfig(String yaml) {
        backends.forEach(b -> b.addConfig(yaml));
    }

    @Override
    public void addScalars(Map<String, Double> values, int iteration) {
        backends.forEach(b -> b.addScalars(values, iteration));
    }

    @Override
    public void addImage(String name, BufferedImage image, int iteration) {
        backends.forEach(b -> b.addImage(name, image, iteration));
    }

    @Override
    public void close() {
        backends.forEach(VisBackend::close);
    }
}
