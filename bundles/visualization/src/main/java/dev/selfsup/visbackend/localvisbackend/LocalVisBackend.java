package dev.selfsup.visbackend.localvisbackend;

import dev.selfsup.api.component.Check;
import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.api.run.VisBackend;
import dev.selfsup.visualization.JsonLines;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.osgi.service.component.annotations.Component;

/**
 * Keeps figures, config and pictures of a run in its folder {@code vis_data}: JSON lines that end in the iteration as
 * {@code step}, YAML, and PNG files called {@code NAME_ITERATION.png}.
 */
public final class LocalVisBackend implements VisBackend {
    private final Config config;
    private Path folder;
    private JsonLines scalars;

    /**
     * The keys in a config.
     *
     * @param saveDir folder in place of the run's {@code vis_data}
     * @param imgSaveDir folder of the pictures, in that folder
     * @param configSaveFile file of the config, in that folder
     * @param scalarSaveFile file of the figures, in that folder
     */
    public record Config(
            Optional<String> saveDir,
            @Default("vis_image") String imgSaveDir,
            @Default("config.yaml") String configSaveFile,
            @Default("scalars.json") String scalarSaveFile) {
        /** Checks the values. */
        public Config {
            Check.check(configSaveFile.endsWith(".yaml"), "config_save_file must end in .yaml, not %s", configSaveFile);
            Check.check(scalarSaveFile.endsWith(".json"), "scalar_save_file must end in .json, not %s", scalarSaveFile);
        }
    }

    /** The backend of a config. */
    public LocalVisBackend(Config config) {
        this.config = config;
    }

    @Override
    public void open(Path workDir) {
        folder = config.saveDir().map(Path::of).orElse(workDir.resolve("vis_data"));
        scalars = new JsonLines(folder.resolve(config.scalarSaveFile()));
    }

    @Override
    public void addConfig(String yaml) {
        Path file = folder.resolve(config.configSaveFile());
        try {
            Files.writeString(file, yaml);
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    @Override
    public void addScalars(Map<String, Double> values, int iteration) {
        Map<String, Object> line = new LinkedHashMap<>(values);
        line.put("step", iteration);
        scalars.write(line);
    }

    @Override
    public void addImage(String name, BufferedImage image, int iteration) {
        String safe = name.replaceAll("[^A-Za-z0-9_.-]", "_");
        Path file = folder.resolve(config.imgSaveDir()).resolve(safe + "_" + iteration + ".png");
        try {
            Files.createDirectories(file.getParent());
            ImageIO.write(image, "png", file.toFile());
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    @Override
    public void close() {
        scalars.close();
    }

    private static UsageException failed(Path file, IOException e) {
        return new UsageException("cannot write " + file + ": " + e.getMessage(), 1);
    }

    /** Makes {@link LocalVisBackend}. */
    @Component
    @TypeName(kind = "vis_backend", name = "LocalVisBackend", scope = "mmengine")
    public static final class Factory implements ComponentFactory<VisBackend, Config> {
        @Override
        public VisBackend create(Config config) {
            return new LocalVisBackend(config);
        }
    }
}
