package dev.selfsup.runtime.export;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.data.Transform;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/** An image on which an export is tried, of the size for which it is made; blue, green, red. */
final class ExampleImage {
    private ExampleImage() {}

    /** The first usable image of a data set, as its pipeline makes it. */
    static Image of(Dataset.Images images) {
        for (int i = 0; i < images.size(); i++) {
            try {
                return images.load(i, SampleRandom.of(0, 0, i)).images().get(0);
            } catch (BadImageException e) {
                if (i == images.size() - 1) {
                    throw new UsageException("none of the " + images.size() + " images of train_dataloader.dataset can be used, the last, "
                            + e.path() + ": " + e.getMessage() + "; name one with --image");
                }
            }
        }
        throw new UsageException("train_dataloader.dataset has no images; name one with --image");
    }

    /** An image from a file, read as pipelines do. */
    static Image of(Path file, Components components) {
        Sample sample = new Sample(0, file, OptionalInt.empty());
        try {
            Config.parse("reading the image", "load: {type: mmcv.LoadImageFromFile}").bind("load", Transform.class, components).apply(sample, SampleRandom.of(0, 0, 0));
        } catch (BadImageException e) {
            throw new UsageException("--image " + file + " cannot be used: " + e.getMessage());
        }
        return sample.image();
    }

    /** The image, brought to a square. */
    static Image square(Image image, int side) {
        if (image.channels() != 3) {
            throw new UsageException("--size works for colour images, not for those of " + image.channels() + " channels that the pipeline makes; name one with --image");
        }
        BufferedImage whole = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_3BYTE_BGR);
        System.arraycopy(image.data(), 0, ((DataBufferByte) whole.getRaster().getDataBuffer()).getData(), 0, image.width() * image.height() * 3);
        BufferedImage scaled = new BufferedImage(side, side, BufferedImage.TYPE_3BYTE_BGR);
        Graphics2D graphics = scaled.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(whole, 0, 0, side, side, null);
        graphics.dispose();
        return new Image(side, side, 3, ((DataBufferByte) scaled.getRaster().getDataBuffer()).getData());
    }

    /** The model's input. */
    static float[] preprocessed(Image image, DataPreprocessor preprocessor) {
        int[] shape = preprocessor.shapes(List.of(image)).get(0);
        float[] values = new float[DataPreprocessor.length(shape)];
        preprocessor.write(List.of(image), 0, values, 0);
        return values;
    }
}
