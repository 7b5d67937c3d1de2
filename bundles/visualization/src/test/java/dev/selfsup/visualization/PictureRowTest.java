package dev.selfsup.visualization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.data.Image;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureRowTest {
    private static final Image COLORS = new Image(2, 1, 3, new byte[] {1, 2, 3, -1, -2, -3});

    @TempDir
    private Path folder;

    @Test
    void everyPixelIsASquareInItsColorAndImagesStandSideBySide() throws IOException {
        Path png = folder.resolve("row.png");
        new PictureRow().add("colours", COLORS).add("grey", new Image(2, 1, 1, new byte[] {0, 7})).write(png);
        BufferedImage row = ImageIO.read(png.toFile());
        int scale = PictureRow.scale(2);
        assertEquals(100, scale);
        assertEquals(3 * PictureRow.GAP + 2 * 2 * scale, row.getWidth());
        assertEquals(PictureRow.TITLE + scale + PictureRow.GAP, row.getHeight());
        int top = PictureRow.TITLE;
        assertEquals(0xff030201, row.getRGB(PictureRow.GAP, top));
        assertEquals(0xff030201, row.getRGB(PictureRow.GAP + scale - 1, top + scale - 1));
        assertEquals(0xfffdfeff, row.getRGB(PictureRow.GAP + scale, top));
        assertEquals(0xff000000, row.getRGB(2 * PictureRow.GAP + 2 * scale, top));
        assertEquals(0xff070707, row.getRGB(2 * PictureRow.GAP + 4 * scale - 1, top));
        assertEquals(0xffffffff, row.getRGB(PictureRow.GAP - 1, top));
    }

    @Test
    void largeImagesAreShownAsTheyAre() {
        assertEquals(1, PictureRow.scale(224));
        assertEquals(7, PictureRow.scale(32));
    }

    @Test
    void imagesOfAnotherSizeAreRefused() {
        PictureRow row = new PictureRow().add("original", COLORS);
        assertEquals("masked is 1x1, the first image 2x1",
                assertThrows(IllegalArgumentException.class, () -> row.add("masked", Image.create(1, 1, 3))).getMessage());
    }
}
