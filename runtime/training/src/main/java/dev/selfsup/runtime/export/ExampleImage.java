package dev.selfsup.runtime.export;

import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.run.UsageException;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

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
                    throw new UsageException("none of the " + images.size() + " images of train_dataloader.dataset can be used: " + e.getMessage() + "; name one with --image");
                }
            }
        }
        throw new UsageException("train_dataloader.dataset has no images; name one with --image");
    }

    /** An image from a file. */
    static Image of(Path file) {
        try {
            BufferedImage read = ImageIO.read(file.toFile());
            if (read == null) {
                throw new UsageException(file + ": is no image that can be read; give a JPEG or PNG file");
            }
            return scaled(read, read.getWidth(), read.getHeight());
        } catch (IOException e) {
            throw new UsageException(file + ": cannot be read: " + e.getMessage());
        }
    }

    /** The image, brought to a square. */
    static Image square(Image image, int side) {
        if (image.channels() != 3) {
            throw new UsageException("--size works for colour images, not for those of " + image.channels() + " channels that the pipeline makes; name one with --image");
        }
        BufferedImage whole = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_3BYTE_BGR);
        System.arraycopy(image.data(), 0, ((DataBufferByte) whole.getRaster().getDataBuffer()).getData(), 0, image.width() * image.height() * 3);
        return scaled(whole, side, side);
    }

    private static Image scaled(BufferedImage image, int width, int height) {
        BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        Graphics2D graphics = scaled.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(image, 0, 0, width, height, null);
        graphics.dispose();
        return new Image(width, height, 3, ((DataBufferByte) scaled.getRaster().getDataBuffer()).getData());
    }

    /** The model's input. */
    static float[] preprocessed(Image image, DataPreprocessor preprocessor) {
        int[] shape = preprocessor.shapes(List.of(image)).get(0);
        float[] values = new float[DataPreprocessor.length(shape)];
        preprocessor.write(List.of(image), 0, values, 0);
        return values;
    }
}
