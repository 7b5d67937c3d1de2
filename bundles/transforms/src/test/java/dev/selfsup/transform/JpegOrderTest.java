package dev.selfsup.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JpegOrderTest {
    @TempDir
    Path folder;

    @Test
    void aColorJpegOfAnyWidthIsWhatImageIoReadsPixelForPixel() throws IOException {
        for (int width = 1; width < 40; width += 3) {
            BufferedImage image = new BufferedImage(width, 7, BufferedImage.TYPE_3BYTE_BGR);
            new Random(width).nextBytes(((DataBufferByte) image.getRaster().getDataBuffer()).getData());
            Path file = folder.resolve(width + ".jpg");
            ImageIO.write(image, "jpg", file.toFile());
            Sample sample = new Sample(0, file, OptionalInt.empty());
            InstalledTransforms.transform("{type: LoadImageFromFile}").apply(sample, SampleRandom.of(1));
            assertArrayEquals(((DataBufferByte) ImageIO.read(file.toFile()).getRaster().getDataBuffer()).getData(), sample.image().data());
        }
    }
}
