package dev.selfsup.visbackend.tensorboardvisbackend;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.api.run.VisBackend;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.osgi.service.component.annotations.Component;

/**
 * Writes figures, config and pictures of a run for TensorBoard, into its folder {@code vis_data}; look at them with
 * {@code tensorboard --logdir work_dirs}. A resumed run begins another file, which TensorBoard joins to the earlier ones.
 */
public final class TensorboardVisBackend implements VisBackend {
    private static final int RGB = 3;
    private static final int DT_STRING = 7;

    private final Config config;
    private final InstantSource clock;
    private Path path;
    private EventFile file;

    /**
     * The keys in a config.
     *
     * @param saveDir folder in place of the run's {@code vis_data}
     */
    public record Config(Optional<String> saveDir) {}

    /** The backend of a config; events carry the time of the clock. */
    public TensorboardVisBackend(Config config, InstantSource clock) {
        this.config = config;
        this.clock = clock;
    }

    @Override
    public void open(Path workDir) {
        Path folder = config.saveDir().map(Path::of).orElse(workDir.resolve("vis_data"));
        String name = "events.out.tfevents.%d.%s.%d.".formatted(clock.millis() / 1000, host(), ProcessHandle.current().pid());
        int number = 0;
        while (Files.exists(folder.resolve(name + number))) {
            number++;
        }
        path = folder.resolve(name + number);
        run(() -> {
            Files.createDirectories(folder);
            file = new EventFile(path, seconds());
        });
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9.-]", "_");
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /** Shows the config as text: an indented block of Markdown. */
    @Override
    public void addConfig(String yaml) {
        Proto plugin = new Proto().message(1, new Proto().text(1, "text"));
        Proto shape = new Proto().message(2, new Proto().varint(1, 1));
        Proto tensor = new Proto().varint(1, DT_STRING).message(2, shape).text(8, yaml.indent(4));
        add(0, new Proto().message(1, new Proto().text(1, "config/text_summary").message(8, tensor).message(9, plugin)));
    }

    @Override
    public void addScalars(Map<String, Double> values, int iteration) {
        Proto summary = new Proto();
        values.forEach((name, value) -> summary.message(1, new Proto().text(1, name).fixed(2, value.floatValue())));
        add(iteration, summary);
    }

    @Override
    public void addImage(String name, BufferedImage image, int iteration) {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        run(() -> ImageIO.write(image, "png", png));
        Proto picture = new Proto().varint(1, image.getHeight()).varint(2, image.getWidth()).varint(3, RGB).bytes(4, png.toByteArray());
        add(iteration, new Proto().message(1, new Proto().text(1, name).message(4, picture)));
    }

    @Override
    public void close() {
        run(file::close);
    }

    private void add(int iteration, Proto summary) {
        run(() -> file.add(seconds(), iteration, summary));
    }

    private double seconds() {
        return clock.millis() / 1000.0;
    }

    private interface Writing {
        void run() throws IOException;
    }

    private void run(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            throw new UsageException("cannot write " + path + ": " + e.getMessage(), 1);
        }
    }

    /** Makes {@link TensorboardVisBackend}. */
    @Component
    @TypeName(kind = "vis_backend", name = "TensorboardVisBackend", scope = "mmengine")
    public static final class Factory implements ComponentFactory<VisBackend, Config> {
        @Override
        public VisBackend create(Config config) {
            return new TensorboardVisBackend(config, InstantSource.system());
        }
    }
}
