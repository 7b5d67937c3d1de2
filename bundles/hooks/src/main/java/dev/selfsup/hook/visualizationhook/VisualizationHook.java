package dev.selfsup.hook.visualizationhook;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Priority;
import dev.selfsup.api.run.Run;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** Shows what the model sees: every so many iterations, the transformed images of the first samples of a batch, a row per sample, a column per view. */
public final class VisualizationHook implements Hook {
    private static final int ROWS = 8;
    private static final int GAP = 4;
    /** Small images are shown this large, pixels as squares. */
    private static final int CELL = 112;

    /**
     * Options of the pictures.
     *
     * @param enable whether pictures are made
     * @param interval iterations between pictures
     * @param show must be false: a run has no window
     * @param waitTime accepted; only windows wait
     * @param priority order among hooks
     */
    public record Config(@Default("false") boolean enable, @Default("5000") int interval, @Default("false") boolean show,
            @Default("0.0") double waitTime, @Default("NORMAL") Priority priority) {
        public Config {
            check(interval > 0, "interval must be positive, not %d", interval);
            check(!show, "show must be false: a run has no window; look at the pictures of vis_backends");
        }
    }

    private final Config config;

    private VisualizationHook(Config config) {
        this.config = config;
    }

    @Override
    public Priority priority() {
        return config.priority();
    }

    @Override
    public void afterTrainIter(Run run) {
        List<Sample> samples = run.samples();
        boolean due = run.iteration() == 1 || run.iteration() % config.interval() == 0;
        if (config.enable() && due && !samples.isEmpty() && !samples.get(0).images().isEmpty()) {
            run.visualizer().addImage("views", sheet(samples.subList(0, Math.min(ROWS, samples.size()))), run.iteration());
        }
    }

    private static BufferedImage sheet(List<Sample> samples) {
        int columns = samples.get(0).images().size();
        int largest = samples.stream().flatMap(s -> s.images().stream()).mapToInt(i -> Math.max(i.width(), i.height())).max().orElse(1);
        int factor = Math.max(1, CELL / largest);
        int cell = factor * largest;
        BufferedImage sheet = new BufferedImage(columns * (cell + GAP) + GAP, samples.size() * (cell + GAP) + GAP, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        for (int row = 0; row < samples.size(); row++) {
            List<Image> images = samples.get(row).images();
            for (int column = 0; column < Math.min(columns, images.size()); column++) {
                BufferedImage view = picture(images.get(column));
                graphics.drawImage(view, GAP + column * (cell + GAP), GAP + row * (cell + GAP), factor * view.getWidth(),
                        factor * view.getHeight(), null);
            }
        }
        graphics.dispose();
        return sheet;
    }

    private static BufferedImage picture(Image image) {
        BufferedImage picture = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        byte[] data = image.data();
        int channels = image.channels();
        for (int i = 0; i < image.width() * image.height(); i++) {
            int blue = data[i * channels] & 0xFF;
            int green = data[i * channels + (channels > 1 ? 1 : 0)] & 0xFF;
            int red = data[i * channels + (channels > 2 ? 2 : 0)] & 0xFF;
            picture.setRGB(i % image.width(), i / image.width(), red << 16 | green << 8 | blue);
        }
        return picture;
    }

    /** {@code VisualizationHook}. */
    @Component
    @TypeName(kind = "hook", name = "VisualizationHook", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new VisualizationHook(config);
        }
    }

    /** {@code SelfSupVisualizationHook}. */
    @Component
    @TypeName(kind = "hook", name = "SelfSupVisualizationHook")
    public static final class SelfSup implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new VisualizationHook(config);
        }
    }
}
