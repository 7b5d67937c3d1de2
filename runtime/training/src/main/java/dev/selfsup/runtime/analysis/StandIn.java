package dev.selfsup.runtime.analysis;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.data.Transform;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/**
 * What the training pipeline of a config makes of an image of noise: of the sizes and with the masks and labels of any other, where no dataset is at hand.
 *
 * @param config with {@code train_dataloader.dataset.pipeline}
 * @param components what types can be named
 */
record StandIn(Config config, Components components) {
    private static final String PIPELINE = "train_dataloader.dataset.pipeline";
    private static final int WIDTH = 500;
    private static final int HEIGHT = 375;

    /** The sample. */
    Sample sample() {
        List<Transform> pipeline = new ArrayList<>();
        while (config.find(PIPELINE + "." + pipeline.size()).isPresent()) {
            pipeline.add(config.bind(PIPELINE + "." + pipeline.size(), Transform.class, components));
        }
        if (pipeline.isEmpty()) {
            throw new UsageException(PIPELINE + " is missing: it tells the size of images, and makes masks where the method takes them from there");
        }
        BufferedImage noise = noise();
        byte[] png = png(noise);
        Sample sample = new Sample(0, Path.of("noise.png"), OptionalInt.of(0), () -> png);
        sample.setImages(decoded(noise));                                            // for pipelines of datasets that load nothing, as CIFAR's
        sample.fields().put("clustering_label", new Sample.Field(new double[] {0}, true));
        try {
            pipeline.forEach(transform -> transform.apply(sample, SampleRandom.of(0, 0, 0)));
        } catch (BadImageException e) {
            throw new UsageException(PIPELINE + " does not take an image of " + WIDTH + "x" + HEIGHT + ": " + e.getMessage());
        }
        return sample;
    }

    private static BufferedImage noise() {
        SplittableRandom random = new SplittableRandom(0);
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            image.setRGB(i % WIDTH, i / WIDTH, random.nextInt());
        }
        return image;
    }

    private static Image decoded(BufferedImage noise) {
        Image image = Image.create(WIDTH, HEIGHT, 3);
        for (int i = 0; i < image.data().length; i++) {
            image.data()[i] = (byte) (noise.getRGB(i / 3 % WIDTH, i / 3 / WIDTH) >> 8 * (i % 3));   // [H, W, BGR]
        }
        return image;
    }

    private static byte[] png(BufferedImage image) {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", png);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return png.toByteArray();
    }
}
